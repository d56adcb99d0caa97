package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Elements at even distances along each axis: element `i` of the result stands at
  /// `start + step * i`, where `step` may be negative. Linear; its transpose puts the elements back
  /// between zeros.
  ///
  /// What is not known to lie inside the operand, nor outside, is allowed: then the graph has a
  /// check of its sizes.
  package static let slice: Operation = .init(
    "slice", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .slice(let axes) = query.attributes else { throw TypeError("needs a slice") }
      let operand = query.operands[0]
      guard axes.count == operand.rank else {
        throw TypeError(
          "\(axes.count) slices do not fit the \(operand.rank) axes of "
            + TensorType.spelling(operand.shape), dims: operand.shape)
      }
      try TypeRules.sizes(axes.map(\.size))
      for (axis, slice) in axes.enumerated() { try Slicing.check(slice, axis, of: operand) }
      return [TensorType(operand.dtype, axes.map(\.size))]
    },
    derivative: .linear(operands: .all, leavesOut: true) { b, c, ct, _ in
      guard case .slice(let axes) = c.attributes else { return ct }
      return Slicing.transpose(&b, axes, ct, shape: b.shape(c.operands[0]))
    },
    evaluate: { context throws(EvaluationError) in [try Slicing.evaluate(context)] },
    lowering: Kernel.view { context, position in
      guard case .slice(let axes) = context.attributes else { return position }
      return zip(axes, position).map { axis, index in index * Dim(axis.step) + axis.start }
    },
    samples: Slicing.samples, notation: .function)
}

/// What makes up the record of `slice`.
private enum Slicing {
  /// Refuses a step of 0 and what lies outside whatever the symbols are.
  static func check(_ slice: SliceAxis, _ axis: Int, of operand: TensorType) throws(TypeError) {
    guard slice.step != 0 else { throw TypeError("the step of a slice is not 0") }
    guard (slice.size - 1).isKnownNonNegative else { return }
    let size = operand.shape[axis]
    for place in [slice.start, slice.start + slice.step * (slice.size - 1)] {
      if TypeRules.isNegative(place) || TypeRules.isNegative(size - place - 1) {
        throw TypeError(
          "element \(place) is outside axis \(axis) of size \(size) of "
            + TensorType.spelling(operand.shape), dims: [size, place])
      }
    }
  }

  /// The cotangent of what was sliced: along each axis from the least place on, `|step|` apart.
  static func transpose(
    _ b: inout Builder, _ axes: [SliceAxis], _ ct: Value, shape: [Dim]
  ) -> Value {
    let flipped = axes.indices.filter { axes[$0].step < 0 }
    let pads = zip(axes, shape).map { axis, size in
      let last = axis.start + axis.step * (axis.size - 1)
      let (low, high) = axis.step < 0 ? (last, axis.start) : (axis.start, last)
      return PadAxis(low: low, high: size - high - 1, interior: abs(axis.step) - 1)
    }
    // Only what has no elements may begin outside.
    if pads.contains(where: { TypeRules.isNegative($0.low) || TypeRules.isNegative($0.high) }) {
      return b.zeros(TensorType(b.dtype(ct), shape))
    }
    let ascending = b.flip(ct, axes: flipped)
    return b.pad(ascending, with: b.zeros(TensorType(b.dtype(ct))), pads)
  }

  /// The elements in their order, if they are all there.
  static func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> Tensor {
    let operand = context.operands[0]
    guard case .slice(let axes) = context.attributes else { return operand }
    let strides = Broadcasting.strides(operand.shape)
    var start = 0
    for (axis, slice) in axes.enumerated() {
      let first = try context.size(slice.start)
      let last = first + (context.shape[axis] - 1) * slice.step
      let range = 0..<operand.shape[axis]
      guard context.shape[axis] == 0 || range.contains(first) && range.contains(last) else {
        throw EvaluationError("a slice leaves axis \(axis) of size \(operand.shape[axis])")
      }
      start += first * strides[axis]
    }
    let places = Broadcasting.offsets(
      shape: context.shape, strides: zip(strides, axes).map { $0 * $1.step }, start: start)
    return operand.gathering(places, shape: context.shape)
  }

  /// Slices with every kind of step, and without elements.
  static let samples = [
    sample([4, 3], [(1, 1, 2), (0, 1, 3)]),
    sample([5, 4], [(0, 2, 3), (3, -1, 4)]),
    sample([7], [(5, -2, 3)]),
    sample([7], [(1, 3, 2)]),
    sample([3, 1], [(2, 1, 1), (0, -1, 1)]),
    sample([4], [(4, 1, 0)]),
    sample([4], [(1, -2, 0)]),
    sample([], []),
  ]

  /// A slice of an operand of that shape.
  private static func sample(_ shape: [Int], _ axes: [(start: Int, step: Int, size: Int)]) -> Sample
  {
    let slices = axes.map { SliceAxis(start: Dim($0.start), step: $0.step, size: Dim($0.size)) }
    return Sample(shapes: [shape], domains: [.interval(-1, 1)], attributes: .slice(slices))
  }
}
