package import GraphIR
import LoopIR

extension Operation {
  /// ∂/∂x −x = −1; integers wrap.
  package static let negate: Operation = .pointwise(
    "neg", operands: 1, of: .numbers,
    derivative: .pointwise([.factors { _, _ in [.negated] }]),
    reference: .numbers(floats: { -$0[0] }, integers: { 0 &- $1[0] }),
    domains: [.interval(-2, 2)], notation: .prefix("-")
  ) { b, c in b.negate(c.operands[0]) }
}
