package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Axis `i` of the result is the operand's axis that the attributes give at place `i`. Linear;
  /// its transpose permutes back.
  package static let transpose: Operation = .init(
    "transpose", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .axes(let axes) = query.attributes else { throw TypeError("needs axes") }
      let operand = query.operands[0]
      guard axes.sorted() == Array(0..<operand.rank) else {
        throw TypeError(
          "\(axes) is no permutation of the \(operand.rank) axes of "
            + TensorType.spelling(operand.shape), dims: operand.shape)
      }
      return [TensorType(operand.dtype, axes.map { operand.shape[$0] })]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      guard case .axes(let axes) = c.attributes else { return ct }
      return b.transpose(ct, Operation.inverse(axes))
    },
    evaluate: { context in
      guard case .axes(let axes) = context.attributes else { return context.operands }
      let operand = context.operands[0]
      let strides = Broadcasting.strides(operand.shape)
      let places = Broadcasting.offsets(shape: context.shape, strides: axes.map { strides[$0] })
      return [operand.gathering(places, shape: context.shape)]
    },
    lowering: Kernel.view { context, position in
      guard case .axes(let axes) = context.attributes else { return position }
      return Operation.inverse(axes).map { position[$0] }
    },
    samples: [
      Sample(shapes: [[2, 3]], domains: [.interval(-1, 1)], attributes: .axes([1, 0])),
      Sample(shapes: [[2, 1, 3]], domains: [.interval(-1, 1)], attributes: .axes([2, 0, 1])),
      Sample(shapes: [[2, 3]], domains: [.interval(-1, 1)], attributes: .axes([0, 1])),
      Sample(shapes: [[]], domains: [.interval(-1, 1)], attributes: .axes([])),
    ],
    notation: .function)

  /// The permutation that undoes a permutation.
  static func inverse(_ permutation: [Int]) -> [Int] {
    var result = permutation
    for (place, axis) in permutation.enumerated() { result[axis] = place }
    return result
  }
}
