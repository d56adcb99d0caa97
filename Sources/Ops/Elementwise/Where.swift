package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `where(c, x, y)`: `x` where the condition holds, else `y`.
  ///
  /// ∂/∂x = 1 where `c`, exactly 0 elsewhere; ∂/∂y the other way round.
  package static let select: Operation = .init(
    "where", arity: .exactly(3),
    infer: { query throws(TypeError) in
      guard query.operands[0].dtype == .bool else {
        throw TypeError(
          "the condition of 'where' is 'bool', not '\(query.operands[0].dtype.rawValue)'")
      }
      let dtype = try TypeRules.common(Array(query.operands.dropFirst()))
      return [TensorType(dtype, try TypeRules.broadcast(query.operands.map(\.shape)))]
    },
    derivative: .pointwise([
      .zero,
      .factors { _, c in [.selected(c.operands[0])] },
      .factors { b, c in [.selected(b.not(c.operands[0]))] },
    ]),
    evaluate: { context in [Operation.choose(context)] },
    lowering: Kernel.pointwise { b, c in b.select(c.operands[0], c.operands[1], c.operands[2]) },
    samples: [
      Sample(
        shapes: [[2, 3], [2, 3], [2, 3]],
        domains: [.booleans, .interval(-2, 2), .interval(-2, 2)]),
      Sample(
        shapes: [[3], [2, 1], []], domains: [.booleans, .interval(-2, 2), .interval(-2, 2)]),
    ],
    notation: .function)

  /// The chosen elements, with broadcasting.
  private static func choose(_ context: EvaluationContext) -> Tensor {
    let reads = context.operands.map { Broadcasting.indices(of: $0.shape, in: context.shape) }
    let conditions = context.operands[0].integers
    func pick<Element>(_ a: [Element], _ b: [Element]) -> [Element] {
      reads[0].indices.map { conditions[reads[0][$0]] != 0 ? a[reads[1][$0]] : b[reads[2][$0]] }
    }
    switch (context.operands[1].elements, context.operands[2].elements) {
    case (.floats(let a), .floats(let b)):
      return Tensor(context.dtype, context.shape, floats: pick(a, b))
    case (.integers(let a), .integers(let b)):
      return Tensor(context.dtype, context.shape, integers: pick(a, b))
    case (.floats, .integers), (.integers, .floats):
      preconditionFailure("operands of different types")
    }
  }
}
