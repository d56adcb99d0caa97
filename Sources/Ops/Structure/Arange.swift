package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `arange(n)`: the `i64` numbers from 0 to `n - 1`; the attributes give the one axis.
  package static let arange: Operation = .init(
    "arange", arity: .exactly(0),
    infer: { query throws(TypeError) in
      guard case .shape(let shape) = query.attributes, shape.count == 1 else {
        throw TypeError("needs one size")
      }
      try TypeRules.sizes(shape)
      return [TensorType(.i64, shape)]
    },
    derivative: .zero,
    evaluate: { context in
      [Tensor(.i64, context.shape, integers: (0..<context.shape[0]).map { Int64($0) })]
    },
    lowering: Kernel.generator { b, _, position in b.position(position[0]) },
    samples: [
      Sample(shapes: [], domains: [], attributes: .shape([Dim(4)])),
      Sample(shapes: [], domains: [], attributes: .shape([Dim(0)])),
    ],
    notation: .function)

  /// A size as an `i64` scalar; the attributes give it as a shape of one axis.
  package static let size: Operation = .init(
    "size", arity: .exactly(0),
    infer: { query throws(TypeError) in
      guard case .shape(let shape) = query.attributes, shape.count == 1 else {
        throw TypeError("needs one size")
      }
      return [TensorType(.i64)]
    },
    derivative: .zero,
    evaluate: { context throws(EvaluationError) in
      guard case .shape(let shape) = context.attributes else { return [] }
      return [Tensor(.i64, scalar: .int(Int64(try context.size(shape[0]))))]
    },
    lowering: Kernel.generator { b, context, _ in
      guard case .shape(let shape) = context.attributes else {
        preconditionFailure("a size is given")
      }
      return b.dim(shape[0])
    },
    samples: [Sample(shapes: [], domains: [], attributes: .shape([Dim(4)]))],
    notation: .function)
}
