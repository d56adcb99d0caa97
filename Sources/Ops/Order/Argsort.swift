package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `argsort(x)`: for each line along an axis the places, as `i64`, of its elements in ascending
  /// order. Equal elements keep their order, ±0 among them; NaNs come last.
  package static let argsort: Operation = .init(
    "argsort", arity: .exactly(1),
    infer: { query throws(TypeError) in [try Order.type("argsort", query).with(.i64)] },
    derivative: .zero,
    evaluate: { context in
      let operand = context.operands[0]
      let axis = Order.axis(context.attributes)
      var places = [Int64](repeating: 0, count: operand.count)
      for line in Order.lines(of: operand.shape, along: axis) {
        let order = operand.order(of: line, isDescending: false)
        for (place, element) in zip(line, order) { places[place] = Int64(element) }
      }
      return [Tensor(.i64, context.shape, integers: places)]
    },
    lowering: Kernel.routine { b, c in
      let shape = b.body[c.operands[0]].shape
      let axis = Order.axis(c.attributes)
      let pairs = SortedPairs("line", shape[axis], &b)
      let spare = b.spare(for: pairs)
      b.loops(overLinesOf: shape, along: axis) { b, position in
        b.argsort(c.operands[0], to: c.results[0], pairs, spare, axis, position)
      }
    },
    samples: Order.samples, notation: .function)
}

extension LoopBuilder {
  /// Sorts one line; the position's element at the axis stands for all.
  fileprivate mutating func argsort(
    _ operand: BufferID, to result: BufferID, _ pairs: SortedPairs, _ spare: SortedPairs?,
    _ axis: Int, _ position: [Index]
  ) {
    let dtype = body[operand].element
    loop("element", pairs.extent) { b, id in
      var position = position
      position[axis] = Index(id)
      let element = b.load(operand, position)
      let key = b.orderKey(element, of: dtype, isDescending: false)
      b.store(key, to: pairs.keys, [Index(id)])
      b.store(b.position(Index(id)), to: pairs.places, [Index(id)])
    }
    sort(pairs, count: dim(pairs.extent), spare: spare)
    loop("element", pairs.extent) { b, id in
      var position = position
      position[axis] = Index(id)
      b.store(b.load(pairs.places, [Index(id)]), to: result, position)
    }
  }
}
