package import GraphIR
import LoopIR
import Support

extension Operation {
  /// New axes of 1 at the places of the result that the attributes name, ascending. Linear; its
  /// transpose takes them out.
  package static let expandDims: Operation = .init(
    "expand_dims", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .axes(let axes) = query.attributes else { throw TypeError("needs axes") }
      let operand = query.operands[0]
      let rank = operand.rank + axes.count
      for axis in axes where axis < 0 || axis >= rank {
        throw TypeError("axis \(axis) is out of range for a result of \(rank) axes")
      }
      var shape = operand.shape
      var last = -1
      for axis in axes {
        guard axis > last else { throw TypeError("axes \(axes) do not ascend") }
        shape.insert(Dim(1), at: axis)
        last = axis
      }
      return [TensorType(operand.dtype, shape)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.emit(.squeeze, [ct], c.attributes)
    },
    evaluate: { context in
      let operand = context.operands[0]
      return [operand.gathering(Array(0..<operand.count), shape: context.shape)]
    },
    lowering: Kernel.view { context, position in
      guard case .axes(let axes) = context.attributes else { return position }
      return position.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
    },
    samples: [
      Sample(shapes: [[2, 3]], domains: [.interval(-1, 1)], attributes: .axes([0, 2])),
      Sample(shapes: [[2, 3]], domains: [.interval(-1, 1)], attributes: .axes([2, 3])),
      Sample(shapes: [[]], domains: [.interval(-1, 1)], attributes: .axes([0])),
    ],
    notation: .function)

  /// The axes that the attributes name, each of size 1, taken out. Linear; its transpose puts them
  /// back.
  package static let squeeze: Operation = .init(
    "squeeze", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .axes(let axes) = query.attributes else { throw TypeError("needs axes") }
      let operand = query.operands[0]
      try TypeRules.axes(axes, of: operand)
      for axis in axes where operand.shape[axis] != Dim(1) {
        throw TypeError(
          "axis \(axis) of \(TensorType.spelling(operand.shape)) has size \(operand.shape[axis]), "
            + "only an axis of 1 can be squeezed", dims: [operand.shape[axis]])
      }
      let kept = TypeRules.reduced(operand.shape, axes: axes, keepDims: false)
      return [TensorType(operand.dtype, kept)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      b.emit(.expandDims, [ct], c.attributes)
    },
    evaluate: { context in
      let operand = context.operands[0]
      return [operand.gathering(Array(0..<operand.count), shape: context.shape)]
    },
    lowering: Kernel.view { context, position in
      guard case .axes(let axes) = context.attributes else { return position }
      var result: [Index] = []
      var next = position.makeIterator()
      for axis in context.operandShapes[0].indices {
        result.append(axes.contains(axis) ? Index(Dim(0)) : next.next() ?? Index(Dim(0)))
      }
      return result
    },
    samples: [
      Sample(shapes: [[1, 2, 1]], domains: [.interval(-1, 1)], attributes: .axes([0, 2])),
      Sample(shapes: [[2, 1]], domains: [.interval(-1, 1)], attributes: .axes([1])),
      Sample(shapes: [[1]], domains: [.interval(-1, 1)], attributes: .axes([0])),
    ],
    notation: .function)
}
