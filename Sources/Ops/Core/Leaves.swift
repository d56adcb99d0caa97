package import GraphIR
import Support

extension Operation {
  /// A parameter of the graph, by number; its type is the parameter's.
  package static let parameter: Operation = .init(
    "parameter", arity: .exactly(0),
    infer: { _ throws(TypeError) in throw TypeError("a parameter's type is given") },
    derivative: .zero,
    evaluate: { _ throws(EvaluationError) in throw EvaluationError("a parameter has no value") },
    lowering: Kernel.leaf, samples: [], notation: .leaf)

  /// A scalar constant.
  package static let literal: Operation = .init(
    "literal", arity: .exactly(0),
    infer: { query throws(TypeError) in
      guard case .literal(_, let dtype) = query.attributes else {
        throw TypeError("a constant has a value")
      }
      return [TensorType(dtype)]
    },
    derivative: .zero,
    evaluate: { context in
      guard case .literal(let literal, let dtype) = context.attributes else { return [] }
      return [Tensor(dtype, scalar: literal)]
    },
    lowering: Kernel.leaf, samples: [], notation: .leaf)

  /// A constant tensor of the graph's data.
  package static let data: Operation = .init(
    "data", arity: .exactly(0),
    infer: { query throws(TypeError) in
      guard let type = query.data.first else { throw TypeError("constant data is missing") }
      return [type]
    },
    derivative: .zero,
    evaluate: { context in
      guard case .data(let index) = context.attributes else { return [] }
      return [context.data[index]]
    },
    lowering: Kernel.leaf, samples: [], notation: .leaf)
}
