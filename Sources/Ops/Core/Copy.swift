package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The operand under a name of its own: two results of one `func` are two values, even where the
  /// calls compute the same, so that derivatives tell them apart. Linear; prints as its operand.
  package static let copy: Operation = .init(
    "copy", arity: .exactly(1),
    infer: { query throws(TypeError) in [query.operands[0]] },
    derivative: .linear(operands: .all, leavesOut: false) { _, _, ct, _ in ct },
    evaluate: { context in [context.operands[0]] },
    lowering: Kernel.expansion { _, c in [c.operands[0]] },
    samples: [Sample(shapes: [[2, 3]], domains: [.interval(-1, 1)])],
    notation: .transparent)
}
