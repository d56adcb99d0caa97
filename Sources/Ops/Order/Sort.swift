package import GraphIR
import Support

extension Operation {
  /// `sort(x)`: the elements of each line along an axis in ascending order, NaNs last. Its derivative
  /// goes the way of the elements.
  package static let sort: Operation = .init(
    "sort", arity: .exactly(1),
    infer: { query throws(TypeError) in [try Order.type("sort", query)] },
    derivative: .byExpansion,
    evaluate: { context in
      let operand = context.operands[0]
      var sources = Array(0..<operand.count)
      for line in Order.lines(of: operand.shape, along: Order.axis(context.attributes)) {
        let order = operand.order(of: line, isDescending: false)
        for (place, element) in zip(line, order) { sources[place] = line[element] }
      }
      return [operand.gathering(sources, shape: operand.shape)]
    },
    lowering: Kernel.expansion { b, c in
      let places = b.emit(.argsort, [c.operands[0]], c.attributes)
      return [b.emit(.rearrange, [c.operands[0], places], c.attributes)]
    },
    samples: Order.samples, notation: .function)

  /// `rearrange(x, i)`: the elements of each line along an axis at the places that `i` has there,
  /// which name each element once. Linear; its transpose brings them back.
  package static let rearrange: Operation = .init(
    "rearrange", arity: .exactly(2),
    infer: { query throws(TypeError) in
      let type = try Order.type("rearrange", query)
      guard query.operands[1] == type.with(.i64) else {
        throw TypeError("places of type \(query.operands[1]) do not rearrange \(type)")
      }
      return [type]
    },
    // It leaves nothing out, so no mask begins here.
    derivative: .linear(operands: .only([0]), leavesOut: false) { b, c, ct, _ in
      let axis = Order.axis(c.attributes)
      let zeros = b.zeros(b.type(ct))
      let (places, picking) = b.places(c.operands[1], along: axis)
      return b.emit(.addAt, [zeros, ct] + places, picking)
    },
    evaluate: { context throws(EvaluationError) in
      let operand = context.operands[0]
      var sources = Array(0..<operand.count)
      for line in Order.lines(of: operand.shape, along: Order.axis(context.attributes)) {
        for place in line {
          let number = Int(context.operands[1].integers[place])
          let source = number < 0 ? number + line.count : number
          guard line.indices.contains(source) else { throw EvaluationError("index out of range") }
          sources[place] = line[source]
        }
      }
      return [operand.gathering(sources, shape: operand.shape)]
    },
    lowering: Kernel.expansion { b, c in
      [b.takeAlongAxis(c.operands[0], c.operands[1], axis: Order.axis(c.attributes))]
    },
    samples: [
      Sample(
        shapes: [[4], [4]], domains: [.interval(-1, 1), .integers(0, 3)], attributes: .axis(0)),
      Sample(
        shapes: [[2, 3], [2, 3]], domains: [.interval(-1, 1), .integers(0, 1)],
        attributes: .axis(0)),
    ],
    notation: .function)
}

extension Builder {
  /// Of each line along an axis the elements at the places that a value has there, whose other axes
  /// are those of `value`.
  mutating func takeAlongAxis(_ value: Value, _ places: Value, axis: Int) -> Value {
    let (places, picking) = self.places(places, along: axis)
    return emit(.gather, [value] + places, picking)
  }

  /// The positions along all axes for places along one.
  fileprivate mutating func places(
    _ places: Value, along axis: Int
  ) -> (places: [Value], picking: Attributes) {
    let shape = self.shape(places)
    let all = shape.indices.map { $0 == axis ? places : iota(shape, axis: $0) }
    return (all, .picking(Picking(axes: Array(shape.indices), place: 0)))
  }
}
