package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The same elements in row-major order under another shape. Linear; its transpose reshapes back.
  ///
  /// Shapes whose numbers of elements are not known to be equal, nor to differ, are allowed: then
  /// the graph has a check of its sizes.
  package static let reshape: Operation = .init(
    "reshape", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .shape(let shape) = query.attributes else { throw TypeError("needs a shape") }
      let operand = query.operands[0]
      try TypeRules.sizes(shape)
      let count = Dim.product(shape)
      if let difference = (operand.count - count).constant, difference != 0 {
        throw TypeError(
          "shape \(TensorType.spelling(operand.shape)) of \(operand.count) elements cannot become "
            + "\(TensorType.spelling(shape)) of \(count)", dims: operand.shape + shape)
      }
      return [TensorType(operand.dtype, shape)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.reshape(ct, to: b.shape(c.operands[0]))
    },
    evaluate: { context throws(EvaluationError) in
      let operand = context.operands[0]
      guard context.shape.reduce(1, *) == operand.count else {
        throw EvaluationError("shape \(operand.shape) cannot become \(context.shape)")
      }
      return [operand.gathering(Array(0..<operand.count), shape: context.shape)]
    },
    lowering: Kernel.reshape,
    samples: [
      Sample(
        shapes: [[2, 3]], domains: [.interval(-1, 1)], attributes: .shape([Dim(3), Dim(2)])),
      Sample(
        shapes: [[2, 3, 2]], domains: [.interval(-1, 1)],
        attributes: .shape([Dim(4), Dim(1), Dim(3)])),
      Sample(shapes: [[1, 1]], domains: [.interval(-1, 1)], attributes: .shape([])),
      Sample(shapes: [[]], domains: [.interval(-1, 1)], attributes: .shape([Dim(1)])),
      Sample(shapes: [[0, 3]], domains: [.interval(-1, 1)], attributes: .shape([Dim(0)])),
    ],
    notation: .function)
}
