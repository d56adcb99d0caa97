package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The elements of operand 0 at the positions that the operands behind it give, one for each axis
  /// of `Picking`; negative positions count from the end. Linear; its transpose adds up.
  package static let gather: Operation = .init(
    "gather", arity: .atLeast(2),
    infer: { query throws(TypeError) in
      let positions = Array(query.operands.dropFirst())
      let shape = try Picked.shape(query, of: query.operands[0], positions)
      return [TensorType(query.operands[0].dtype, shape)]
    },
    derivative: .linear(operands: .only([0]), leavesOut: true) { b, c, ct, _ in
      let zeros = b.zeros(b.type(c.operands[0]).with(b.dtype(ct)))
      return b.emit(.addAt, [zeros, ct] + c.operands.dropFirst(), c.attributes)
    },
    evaluate: { context throws(EvaluationError) in
      let places = try Picked.places(
        context, in: context.operands[0].shape, Array(context.operands.dropFirst()))
      return [context.operands[0].gathering(places, shape: context.shape)]
    },
    lowering: Kernel.gather, samples: Picked.samples(hasUpdate: false), notation: .function)

  /// Operand 0 with the elements of operand 1 added at the positions that the operands behind it
  /// give; repeated positions accumulate. Of `bool` the sum is `any`.
  package static let addAt: Operation = .init(
    "add_at", arity: .atLeast(3),
    infer: { query throws(TypeError) in try Picked.updated(query) },
    derivative: .linear(operands: .only([0, 1]), leavesOut: false) { b, c, ct, operand in
      operand == 0 ? ct : b.emit(.gather, [ct] + c.operands.dropFirst(2), c.attributes)
    },
    evaluate: { context throws(EvaluationError) in
      let places = try Picked.places(
        context, in: context.shape, Array(context.operands.dropFirst(2)))
      return [context.operands[0].adding(context.operands[1], at: places)]
    },
    lowering: Kernel.scatter(.add), samples: Picked.samples(hasUpdate: true), notation: .function)

  /// Operand 0 with the elements of operand 1 in place of those at the positions that the operands
  /// behind it give; of repeated positions the last one wins.
  package static let setAt: Operation = .init(
    "set_at", arity: .atLeast(3),
    infer: { query throws(TypeError) in try Picked.updated(query) },
    derivative: .linear(operands: .only([0, 1]), leavesOut: true) { b, c, ct, operand in
      let positions = Array(c.operands.dropFirst(2))
      if operand == 0 {
        let zeros = b.zeros(b.type(c.operands[1]).with(b.dtype(ct)))
        return b.emit(.setAt, [ct, zeros] + positions, c.attributes)
      }
      let picked = b.emit(.gather, [ct] + positions, c.attributes)
      let winners = b.winners(c, positions)
      return b.select(winners, picked, b.zeros(TensorType(b.dtype(ct))))
    },
    evaluate: { context throws(EvaluationError) in
      let places = try Picked.places(
        context, in: context.shape, Array(context.operands.dropFirst(2)))
      return [context.operands[0].replacing(places, with: context.operands[1])]
    },
    lowering: Kernel.scatter(nil), samples: Picked.samples(hasUpdate: true), notation: .function)
}

extension Builder {
  /// Which elements of the update of a `set_at` are those that stay: the last of each position.
  fileprivate mutating func winners(_ c: DerivativeContext, _ positions: [Value]) -> Value {
    let shape = self.shape(c.operands[1])
    let number = reshape(arange(Dim.product(shape)), to: shape)
    let none = zeros(TensorType(.i64, self.shape(c.operands[0])))
    let last = emit(.setAt, [none, number] + positions, c.attributes)
    return equal(emit(.gather, [last] + positions, c.attributes), number)
  }
}

/// What `gather`, `add_at` and `set_at` share.
private enum Picked {
  /// The shape of what is picked, if the operands fit.
  static func shape(
    _ query: TypeQuery, of tensor: TensorType, _ positions: [TensorType]
  ) throws(TypeError) -> [Dim] {
    guard case .picking(let picking) = query.attributes else { throw TypeError("needs axes") }
    guard picking.axes.count == positions.count, Set(picking.axes).count == picking.axes.count,
      picking.axes.allSatisfy({ $0 >= 0 && $0 < tensor.rank }), picking.place >= 0,
      picking.place <= tensor.rank - picking.axes.count
    else { throw TypeError("positions do not fit the \(tensor.rank) axes of \(tensor)") }
    for type in positions {
      guard type.dtype.isInteger else {
        throw TypeError("positions are integers, not '\(type.dtype.rawValue)'")
      }
      guard type.shape == positions[0].shape else {
        throw TypeError("positions of shapes \(positions.map(\.description)) do not match")
      }
    }
    return picking.shape(of: tensor.shape, positions: positions[0].shape)
  }

  /// The type of operand 0, if operand 1 has the shape of what is picked.
  static func updated(_ query: TypeQuery) throws(TypeError) -> [TensorType] {
    let (tensor, update) = (query.operands[0], query.operands[1])
    let wanted = try shape(query, of: tensor, Array(query.operands.dropFirst(2)))
    guard update == TensorType(tensor.dtype, wanted) else {
      throw TypeError(
        "an update of type \(update) does not fit \(TensorType(tensor.dtype, wanted))",
        dims: wanted + update.shape)
    }
    return [tensor]
  }

  /// The row-major places of the picked elements.
  static func places(
    _ context: EvaluationContext, in shape: [Int], _ positions: [Tensor]
  ) throws(EvaluationError) -> [Int] {
    guard case .picking(let picking) = context.attributes else { return [] }
    let strides = Broadcasting.strides(shape)
    let others = picking.others(rank: shape.count)
    let before = Broadcasting.offsets(
      shape: others[..<picking.place].map { shape[$0] },
      strides: others[..<picking.place].map { strides[$0] })
    let behind = Broadcasting.offsets(
      shape: others[picking.place...].map { shape[$0] },
      strides: others[picking.place...].map { strides[$0] })
    var picked = [Int](repeating: 0, count: positions[0].count)
    for (axis, tensor) in zip(picking.axes, positions) {
      for (number, position) in tensor.integers.enumerated() {
        let place = Int(position) + (position < 0 ? shape[axis] : 0)
        guard place >= 0, place < shape[axis] else {
          throw EvaluationError("index out of range")
        }
        picked[number] += place * strides[axis]
      }
    }
    return before.flatMap { a in picked.flatMap { p in behind.map { a + p + $0 } } }
  }

  /// Operands with repeated and negative positions.
  static func samples(hasUpdate: Bool) -> [Sample] {
    func sample(_ shape: [Int], _ positions: [Int], _ picking: Picking) -> Sample {
      let picked = picking.shape(of: shape.map { Dim($0) }, positions: positions.map { Dim($0) })
      let update = hasUpdate ? [picked.compactMap(\.constant)] : []
      let least = picking.axes.map { shape[$0] }.min() ?? 1
      return Sample(
        shapes: [shape] + update + picking.axes.map { _ in positions },
        domains: Array(repeating: .interval(-1, 1), count: hasUpdate ? 2 : 1)
          + picking.axes.map { _ in .integers(-least, least - 1) },
        attributes: .picking(picking))
    }
    return [
      sample([4], [6], Picking(axes: [0], place: 0)),
      sample([3, 2], [4], Picking(axes: [0], place: 0)),
      sample([2, 3, 2], [2, 2], Picking(axes: [1], place: 1)),
      sample([3, 4], [5], Picking(axes: [0, 1], place: 0)),
      sample([2, 3, 4], [], Picking(axes: [0, 2], place: 0)),
    ]
  }
}
