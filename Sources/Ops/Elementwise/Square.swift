package import GraphIR
import LoopIR

extension Operation {
  /// ∂/∂x x² = 2·x; integers wrap.
  package static let square: Operation = .pointwise(
    "square", operands: 1, of: .numbers,
    derivative: .pointwise([
      .factors { b, c in
        [.times(c.operands[0]), .times(b.literal(2, like: c.operands[0]))]
      }
    ]),
    reference: .numbers(floats: { $0[0] * $0[0] }, integers: { $1[0] &* $1[0] }),
    domains: [.interval(-2, 2)]
  ) { b, c in b.multiply(c.operands[0], c.operands[0]) }

  /// ∂/∂x 1/x = −(1/x)²
  package static let reciprocal: Operation = .function(
    "reciprocal", domain: .awayFromZero(0.3, 3),
    derivative: { b, _, y in [.negated, .times(b.square(y))] },
    reference: { 1 / $0 }
  ) { b, x in b.divide(b.constant(1, like: x), x) }
}
