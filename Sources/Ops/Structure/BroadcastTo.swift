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
      guard try TypeRules.broadcast([shape, operand.shape]) == shape else {
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
      Sample(
        shapes: [[2, 1]], domains: [.interval(-1, 1)], attributes: .shape([Dim(4), Dim(2), Dim(3)]))
    ],
    notation: .function)
}
