package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// √(x² + y²) without overflow of the squares. ∂/∂x = x/√(x² + y²), 0 at the origin, and ±1 where
  /// only x is infinite
  package static let hypot: Operation = .pointwise(
    "hypot", operands: 2, of: .floats,
    derivative: .pointwise([
      .factors { b, c in b.direction(c.operands[0], c.operands[1], c.result) },
      .factors { b, c in b.direction(c.operands[1], c.operands[0], c.result) },
    ]),
    reference: .floats { Glibc.hypot($0[0], $0[1]) },
    domains: [.awayFromZero(0.3, 2), .awayFromZero(0.3, 2)], isCommutative: true
  ) { b, c in b.mathHypot(c.operands[0], c.operands[1]) }
}

extension Builder {
  /// The component of a vector over its length, or the limit of that: 0 where the length is.
  fileprivate mutating func direction(
    _ component: Value, _ other: Value, _ length: Value
  ) -> [Factor] {
    let isAlong = and(isinf(component), isfinite(other))
    return [
      .times(select(isAlong, sign(component), divide(component, length))),
      .selected(notEqual(length, literal(0, like: length))),
    ]
  }
}
