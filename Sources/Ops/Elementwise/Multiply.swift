package import GraphIR
import LoopIR
import Support

extension Operation {
  /// ∂/∂x x·y = y, ∂/∂y x·y = x; integers wrap; of `bool` it is `&&`.
  package static let multiply: Operation = .pointwise(
    "mul", operands: 2, of: .all,
    derivative: .pointwise([
      .factors { _, c in [.times(c.operands[1])] },
      .factors { _, c in [.times(c.operands[0])] },
    ]),
    reference: .numbers(floats: { $0[0] * $0[1] }, integers: { $1[0] &* $1[1] }),
    domains: [.interval(-2, 2), .interval(-2, 2)], notation: .infix("*"), isCommutative: true
  ) { b, c in
    c.resultType == .bool
      ? b.binary(.and, c.operands[0], c.operands[1]) : b.multiply(c.operands[0], c.operands[1])
  }
}
