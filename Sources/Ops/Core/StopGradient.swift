package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `stop_gradient(x)`: `x`, with derivative zero.
  package static let stopGradient: Operation = .init(
    "stop_gradient", arity: .exactly(1),
    infer: { query throws(TypeError) in [query.operands[0]] },
    derivative: .zero,
    evaluate: { context in [context.operands[0]] },
    lowering: Kernel.expansion { _, c in [c.operands[0]] },
    samples: [Sample(shapes: [[2, 3]], domains: [.interval(-1, 1)])],
    notation: .function)
}
