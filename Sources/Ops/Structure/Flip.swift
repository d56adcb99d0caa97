package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The elements in reverse order along axes. Linear; it is its own transpose.
  package static let flip: Operation = .init(
    "flip", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .axes(let axes) = query.attributes else { throw TypeError("needs axes") }
      try TypeRules.axes(axes, of: query.operands[0])
      return [query.operands[0]]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.emit(.flip, [ct], c.attributes)
    },
    evaluate: { context in
      guard case .axes(let axes) = context.attributes else { return context.operands }
      var strides = Broadcasting.strides(context.shape)
      var start = 0
      for axis in axes {
        start += strides[axis] * (context.shape[axis] - 1)
        strides[axis] = -strides[axis]
      }
      let places = Broadcasting.offsets(shape: context.shape, strides: strides, start: start)
      return [context.operands[0].gathering(places, shape: context.shape)]
    },
    lowering: Kernel.view { context, position in
      guard case .axes(let axes) = context.attributes else { return position }
      return position.enumerated().map { axis, index in
        axes.contains(axis) ? index.flipped(context.operandShapes[0][axis]) : index
      }
    },
    samples: [
      Sample(shapes: [[4]], domains: [.interval(-1, 1)], attributes: .axes([0])),
      Sample(shapes: [[2, 1, 3]], domains: [.interval(-1, 1)], attributes: .axes([0, 2])),
      Sample(shapes: [[2, 1]], domains: [.interval(-1, 1)], attributes: .axes([1])),
      Sample(shapes: [[0, 2]], domains: [.interval(-1, 1)], attributes: .axes([0, 1])),
    ],
    notation: .function)
}
