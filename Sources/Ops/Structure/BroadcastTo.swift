package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The operand stretched to a shape, as NumPy does. Linear; its transpose sums.
  package static let broadcastTo: Operation = .init(
    "broadcast_to", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .shape(let shape) = query.attributes else { throw TypeError("needs a shape") }
      let operand = query.operands[0]
      try TypeRules.sizes(shape)
      guard let stretched = try? TypeRules.broadcast([shape, operand.shape]), stretched == shape
      else {
        throw TypeError(
          "shape \(TensorType.spelling(operand.shape)) cannot be broadcast to "
            + TensorType.spelling(shape), dims: operand.shape + shape)
      }
      return [TensorType(operand.dtype, shape)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.sum(ct, to: b.shape(c.operands[0]))
    },
    evaluate: { context in
      let operand = context.operands[0]
      return [
        operand.gathering(
          Broadcasting.indices(of: operand.shape, in: context.shape), shape: context.shape)
      ]
    },
    lowering: Kernel.view { context, position in
      let shape = context.operandShapes[0]
      let skipped = position.count - shape.count
      return shape.enumerated().map { axis, dim in
        dim == Dim(1) ? Index(Dim(0)) : position[axis + skipped]
      }
    },
    samples: [
      sample([2, 1], to: [4, 2, 3]), sample([], to: [2, 3]), sample([1], to: [1]),
      sample([1, 3], to: [2, 1, 3]),
    ],
    notation: .function)

  /// An operand of one shape for another.
  private static func sample(_ shape: [Int], to target: [Int]) -> Sample {
    Sample(
      shapes: [shape], domains: [.interval(-1, 1)], attributes: .shape(target.map { Dim($0) }))
  }
}
