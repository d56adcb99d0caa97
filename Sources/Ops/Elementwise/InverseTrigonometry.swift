package import GraphIR
import Glibc
import LoopIR

extension Operation {
  /// ∂/∂x asin x = 1 / √((1 − x)(1 + x))
  package static let asin: Operation = .function(
    "asin", domain: .interval(-0.9, 0.9),
    derivative: { b, x, _ in [.over(b.cosineOfArcsine(x))] },
    reference: { Glibc.asin($0) }
  ) { b, x in b.call(.asin, x) }

  /// ∂/∂x acos x = −1 / √((1 − x)(1 + x))
  package static let acos: Operation = .function(
    "acos", domain: .interval(-0.9, 0.9),
    derivative: { b, x, _ in [.negated, .over(b.cosineOfArcsine(x))] },
    reference: { Glibc.acos($0) }
  ) { b, x in b.call(.acos, x) }

  /// ∂/∂x atan x = 1 / (1 + x²)
  package static let atan: Operation = .function(
    "atan", domain: .interval(-3, 3),
    derivative: { b, x, _ in [.over(b.add(b.literal(1, like: x), b.square(x)))] },
    reference: { Glibc.atan($0) }
  ) { b, x in b.call(.atan, x) }

  /// The angle of the point (x, y), for operands y, x.
  ///
  /// ∂/∂y = x/(x² + y²), ∂/∂x = −y/(x² + y²), with squares that cannot overflow.
  package static let atan2: Operation = .pointwise(
    "atan2", operands: 2, of: .floats,
    derivative: .pointwise([
      .factors { b, c in
        let radius = b.hypot(c.operands[0], c.operands[1])
        return [.times(b.divide(c.operands[1], radius)), .over(radius)]
      },
      .factors { b, c in
        let radius = b.hypot(c.operands[0], c.operands[1])
        return [.negated, .times(b.divide(c.operands[0], radius)), .over(radius)]
      },
    ]),
    reference: .floats { Glibc.atan2($0[0], $0[1]) },
    domains: [.awayFromZero(0.3, 2), .awayFromZero(0.3, 2)]
  ) { b, c in b.call(.atan2, c.operands[0], c.operands[1]) }
}

extension Builder {
  /// √(1 − x²) as a product, which keeps its digits where x is near ±1.
  fileprivate mutating func cosineOfArcsine(_ x: Value) -> Value {
    let one = literal(1, like: x)
    return sqrt(multiply(subtract(one, x), add(one, x)))
  }
}
