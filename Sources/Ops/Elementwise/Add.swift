package import GraphIR
import LoopIR
import Support

extension Operation {
  /// ∂/∂x (x + y) = ∂/∂y (x + y) = 1; integers wrap; of `bool` it is `||`.
  package static let add: Operation = .pointwise(
    "add", operands: 2, of: .all,
    derivative: .pointwise([.factors { _, _ in [] }, .factors { _, _ in [] }]),
    reference: .numbers(
      floats: { $0[0] + $0[1] },
      integers: { type, x in type == .bool ? x[0] | x[1] : x[0] &+ x[1] }),
    domains: [.interval(-2, 2), .interval(-2, 2)], notation: .infix("+"), isCommutative: true
  ) { b, c in
    c.resultType == .bool
      ? b.binary(.or, c.operands[0], c.operands[1]) : b.add(c.operands[0], c.operands[1])
  }
}
