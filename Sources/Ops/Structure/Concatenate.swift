package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Tensors one behind the other along an axis. Linear; its transposes slice.
  package static let concatenate: Operation = .init(
    "concatenate", arity: .atLeast(1),
    infer: { query throws(TypeError) in
      guard case .axis(let axis) = query.attributes else { throw TypeError("needs an axis") }
      let dtype = try TypeRules.common(query.operands)
      let first = query.operands[0]
      try TypeRules.axes([axis], of: first)
      var shape = first.shape
      for operand in query.operands.dropFirst() {
        try Concatenation.check(operand, with: first, axis)
        shape[axis] = shape[axis] + operand.shape[axis]
      }
      return [TensorType(dtype, shape)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, number in
      guard case .axis(let axis) = c.attributes else { return ct }
      let start = c.operands[..<number].reduce(Dim(0)) { $0 + b.shape($1)[axis] }
      return b.slice(ct, axis: axis, from: start, size: b.shape(c.operands[number])[axis])
    },
    evaluate: { context in [Concatenation.evaluate(context)] },
    lowering: Kernel.assembly { context in
      guard case .axis(let axis) = context.attributes else { return [] }
      var start = Dim(0)
      return context.operandShapes.enumerated().map { number, shape in
        var region = shape.map { SliceAxis.whole($0) }
        region[axis].start = start
        start = start + shape[axis]
        return Piece(operand: number, region: region)
      }
    },
    samples: [
      Concatenation.sample([[2, 3], [1, 3]], axis: 0),
      Concatenation.sample([[2, 1], [2, 3], [2, 2]], axis: 1),
      Concatenation.sample([[2], [0], [1]], axis: 0),
      Concatenation.sample([[2, 2]], axis: 1),
    ],
    notation: .function)
}

/// What makes up the record of `concatenate`.
private enum Concatenation {
  /// Refuses operands that differ along another axis.
  static func check(_ operand: TensorType, with first: TensorType, _ axis: Int) throws(TypeError) {
    let shapes =
      "shapes \(TensorType.spelling(first.shape)) and \(TensorType.spelling(operand.shape)) "
      + "cannot be concatenated along axis \(axis)"
    guard operand.rank == first.rank else {
      throw TypeError(
        shapes + ": \(first.rank) axes against \(operand.rank)", dims: first.shape + operand.shape)
    }
    for other in 0..<first.rank where other != axis && operand.shape[other] != first.shape[other] {
      throw TypeError(
        shapes + ": \(first.shape[other]) against \(operand.shape[other]) along axis \(other)",
        dims: [first.shape[other], operand.shape[other]])
    }
  }

  /// The operands, put where they belong.
  static func evaluate(_ context: EvaluationContext) -> Tensor {
    guard case .axis(let axis) = context.attributes else { return context.operands[0] }
    var result = Tensor.filled(context.dtype, context.shape, with: .int(0))
    let strides = Broadcasting.strides(context.shape)
    var start = 0
    for operand in context.operands {
      let places = Broadcasting.offsets(shape: operand.shape, strides: strides, start: start)
      result = result.replacing(places, with: operand)
      start += operand.shape[axis] * strides[axis]
    }
    return result
  }

  /// Operands of these shapes.
  static func sample(_ shapes: [[Int]], axis: Int) -> Sample {
    Sample(
      shapes: shapes, domains: shapes.map { _ in .interval(-1, 1) }, attributes: .axis(axis))
  }
}
