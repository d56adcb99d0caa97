package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The sum along axes; of `bool` it is `any`. Linear; its transpose fills.
  package static let sum: Operation = .reduction(
    "sum", of: .all,
    reduction: Reduction(combine: .add) {
      $0.isFloat ? .float(0) : $0 == .bool ? .bool(false) : .int(0)
    },
    reference: .numbers(floats: { $0[0] + $0[1] }, integers: { $1[0] &+ $1[1] }),
    domain: .interval(-2, 2),
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.fill(c.operands[0], with: b.restoringAxes(ct, of: c))
    })
}
