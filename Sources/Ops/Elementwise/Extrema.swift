package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The greater of two; NaN where either is NaN.
  ///
  /// ∂/∂a max(a, b) = 1 where a ≥ b, ∂/∂b = 1 where a < b: a tie goes to `a`.
  package static let maximum: Operation = .extremum(
    "maximum", .maximum, truth: .or,
    derivative: .pointwise([
      .factors { b, c in [.selected(b.greaterEqual(c.operands[0], c.operands[1]))] },
      .factors { b, c in [.selected(b.less(c.operands[0], c.operands[1]))] },
    ]),
    floats: { Double.greater($0, $1) }, integers: { max($0, $1) })

  /// The lesser of two; NaN where either is NaN.
  ///
  /// ∂/∂a min(a, b) = 1 where a ≤ b, ∂/∂b = 1 where a > b: a tie goes to `a`.
  package static let minimum: Operation = .extremum(
    "minimum", .minimum, truth: .and,
    derivative: .pointwise([
      .factors { b, c in [.selected(b.lessEqual(c.operands[0], c.operands[1]))] },
      .factors { b, c in [.selected(b.greater(c.operands[0], c.operands[1]))] },
    ]),
    floats: { -Double.greater(-$0, -$1) }, integers: { min($0, $1) })

  /// One of two numbers; of truth values what logic gives.
  private static func extremum(
    _ name: String, _ operation: BinaryOperation, truth: BinaryOperation, derivative: Derivative,
    floats: @escaping @Sendable (Double, Double) -> Double,
    integers: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> Operation {
    pointwise(
      name, operands: 2, of: .all, derivative: derivative,
      reference: .numbers(
        floats: { floats($0[0], $0[1]) },
        integers: { $0.ordered(integers($0.ordered($1[0]), $0.ordered($1[1]))) }),
      domains: [.interval(-2, 2), .interval(-2, 2)]
    ) { b, c in
      b.binary(c.resultType == .bool ? truth : operation, c.operands[0], c.operands[1])
    }
  }
}

extension Double {
  /// The greater of two numbers, +0 above −0; NaN where either is NaN.
  static func greater(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    return a == b ? (a.sign == .minus ? b : a) : Swift.max(a, b)
  }
}
