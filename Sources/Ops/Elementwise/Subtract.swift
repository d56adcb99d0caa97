package import GraphIR
import LoopIR

extension Operation {
  /// ∂/∂x (x − y) = 1, ∂/∂y (x − y) = −1; integers wrap.
  package static let subtract: Operation = .pointwise(
    "sub", operands: 2, of: .numbers,
    derivative: .pointwise([.factors { _, _ in [] }, .factors { _, _ in [.negated] }]),
    reference: .numbers(floats: { $0[0] - $0[1] }, integers: { $1[0] &- $1[1] }),
    domains: [.interval(-2, 2), .interval(-2, 2)], notation: .infix("-")
  ) { b, c in b.subtract(c.operands[0], c.operands[1]) }
}
