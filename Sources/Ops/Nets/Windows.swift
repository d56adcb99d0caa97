package import GraphIR
import LoopIR
import Support

extension Operation {
  /// All windows of an operand along its last axes: in their place stand axes that number the
  /// windows, and behind all others axes for the places in a window. Linear; the transpose adds up
  /// what the windows share.
  package static let windows: Operation = .init(
    "windows", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .windows(let axes) = query.attributes else { throw TypeError("needs windows") }
      let operand = query.operands[0]
      try TypeRules.windows(axes)
      try TypeRules.trailing(operand.shape, are: axes.map(\.extent), "the axes of")
      let rest = operand.shape.dropLast(axes.count)
      return [TensorType(operand.dtype, rest + axes.map(\.count) + axes.map(\.size))]
    },
    derivative: .linear(operands: .all, leavesOut: true) { b, c, ct, _ in
      b.emit(.overlapAdd, [ct], c.attributes)
    },
    evaluate: { context in
      [context.operands[0].gathering(Windowing.places(context), shape: context.shape)]
    },
    lowering: Kernel.view { context, position in Windowing.position(context, position) },
    samples: Windowing.samples { shape, axes in shape + axes.map { $0.extent.constant ?? 0 } },
    notation: .function)

  /// The transpose of `windows`: each element of the result is the sum of those that stand for it in
  /// all windows, of `bool` whether any is true.
  package static let overlapAdd: Operation = .init(
    "overlap_add", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .windows(let axes) = query.attributes else { throw TypeError("needs windows") }
      let operand = query.operands[0]
      try TypeRules.windows(axes)
      try TypeRules.trailing(
        operand.shape, are: axes.map(\.count) + axes.map(\.size), "the windows of")
      let rest = operand.shape.dropLast(2 * axes.count)
      return [TensorType(operand.dtype, rest + axes.map(\.extent))]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.emit(.windows, [ct], c.attributes)
    },
    evaluate: { context in [Windowing.overlap(context)] },
    lowering: Kernel.accumulation { context, position in Windowing.position(context, position) },
    samples: Windowing.samples { shape, axes in
      shape + axes.map { $0.count.constant ?? 0 } + axes.map { $0.size.constant ?? 0 }
    },
    notation: .function)
}

/// What makes up the records of `windows` and its transpose.
private enum Windowing {
  /// The position of an element of a window in what the windows are of.
  static func position(_ context: ShapeContext, _ position: [Index]) -> [Index] {
    guard case .windows(let axes) = context.attributes else { return position }
    let numbers = position.count - 2 * axes.count
    let places = position.count - axes.count
    return position[..<numbers]
      + axes.enumerated().map { number, axis in
        position[numbers + number] * Dim(axis.stride)
          + position[places + number] * Dim(axis.dilation)
      }
  }

  /// For each element of the windows, in row-major order, its row-major place in what they are of.
  static func places(_ context: EvaluationContext) -> [Int] {
    places(windows: context.shape, of: context.operands[0].shape, context.attributes)
  }

  private static func places(
    windows: [Int], of shape: [Int], _ attributes: Attributes
  ) -> [Int] {
    guard case .windows(let axes) = attributes else { return [] }
    let strides = Broadcasting.strides(shape)
    let last = zip(strides.suffix(axes.count), axes)
    return Broadcasting.offsets(
      shape: windows,
      strides: strides.dropLast(axes.count) + last.map { $0 * $1.stride }
        + last.map { $0 * $1.dilation })
  }

  /// The sums of what stands for each place.
  static func overlap(_ context: EvaluationContext) -> Tensor {
    let operand = context.operands[0]
    let places = places(windows: operand.shape, of: context.shape, context.attributes)
    let count = context.shape.reduce(1, *)
    switch operand.elements {
    case .floats(let values):
      var sums = [Double](repeating: 0, count: count)
      for (place, value) in zip(places, values) { sums[place] += value }
      return Tensor(
        context.dtype, context.shape, floats: sums.map { context.dtype.rounded($0) })
    case .integers(let values):
      var sums = [Int64](repeating: 0, count: count)
      for (place, value) in zip(places, values) {
        sums[place] = context.dtype == .bool ? sums[place] | value : sums[place] &+ value
      }
      return Tensor(
        context.dtype, context.shape, integers: sums.map { context.dtype.wrapped($0) })
    }
  }

  /// Windows of every kind: apart, side by side, overlapping, with a rest, and without elements.
  static func samples(_ shape: ([Int], [WindowAxis]) -> [Int]) -> [Sample] {
    let kinds: [([Int], [WindowAxis])] = [
      ([2], [axis(5, 2, stride: 2)]),
      ([], [axis(6, 3)]),
      ([2], [axis(4, 2, stride: 2), axis(6, 3, stride: 3)]),
      ([1, 2], [axis(5, 3, stride: 1, dilation: 2), axis(7, 2, stride: 3)]),
      ([2], [axis(3, 3), axis(1, 1)]),
      ([0], [axis(3, 2)]),
      ([2], [axis(1, 2)]),
    ]
    return kinds.map { leading, axes in
      Sample(
        shapes: [shape(leading, axes)], domains: [.interval(-1, 1)], attributes: .windows(axes))
    }
  }

  private static func axis(
    _ extent: Int, _ size: Int, stride: Int = 1, dilation: Int = 1
  ) -> WindowAxis {
    WindowAxis(extent: Dim(extent), size: Dim(size), stride: stride, dilation: dilation)
  }
}
