package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `top_k(x, k)`: the `k` greatest elements of each line along the last axis in descending order,
  /// and their places; the attributes give `k` as a shape of one axis. Its derivative goes the way
  /// of the elements.
  package static let topK: Operation = .init(
    "top_k", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let shape = try Top.shape("top_k", query)
      return [TensorType(query.operands[0].dtype, shape), TensorType(.i64, shape)]
    },
    derivative: .byExpansion,
    evaluate: { context in
      let sources = Top.sources(context)
      let operand = context.operands[0]
      let places = sources.map { Int64($0 % max(1, operand.shape.last ?? 1)) }
      return [
        operand.gathering(sources, shape: context.shape),
        Tensor(.i64, context.shape, integers: places),
      ]
    },
    lowering: Kernel.expansion { b, c in
      let places = b.emit(.topPlaces, c.operands, c.attributes)
      let axis = b.shape(places).count - 1
      return [b.takeAlongAxis(c.operands[0], places, axis: axis), places]
    },
    samples: Top.samples, notation: .function)

  /// The places of the `k` greatest elements of each line along the last axis, as `i64`, in
  /// descending order of the elements: of equal ones the first comes first, and NaNs before all
  /// numbers, as in `max` and `argmax`.
  package static let topPlaces: Operation = .init(
    "top_places", arity: .exactly(1),
    infer: { query throws(TypeError) in
      [TensorType(.i64, try Top.shape("top_places", query))]
    },
    derivative: .zero,
    evaluate: { context in
      let length = max(1, context.operands[0].shape.last ?? 1)
      let places = Top.sources(context).map { Int64($0 % length) }
      return [Tensor(.i64, context.shape, integers: places)]
    },
    lowering: Kernel.routine { b, c in
      let shape = b.body[c.operands[0]].shape
      let search = TopSearch(c.operands[0], c.results[0], &b)
      b.loops(overLinesOf: shape, along: shape.count - 1) { b, position in
        search.emit(Array(position.dropLast()), &b)
      }
    },
    samples: Top.samples, notation: .function)
}

/// What the operations that pick the greatest elements share.
private enum Top {
  /// The shape of what is picked.
  static func shape(_ name: String, _ query: TypeQuery) throws(TypeError) -> [Dim] {
    guard case .shape(let count) = query.attributes, count.count == 1 else {
      throw TypeError("'\(name)' needs a number of elements")
    }
    guard let length = query.operands[0].shape.last else {
      throw TypeError("'\(name)' takes no scalar")
    }
    guard !TypeRules.isNegative(count[0]) else {
      throw TypeError("size \(count[0]) is negative", dims: count)
    }
    guard !TypeRules.isNegative(length - count[0]) else {
      throw TypeError(
        "\(count[0]) elements are more than the \(length) of the last axis of \(query.operands[0])",
        dims: [count[0], length])
    }
    return query.operands[0].shape.dropLast() + count
  }

  /// The row-major places of what is picked.
  static func sources(_ context: EvaluationContext) -> [Int] {
    let operand = context.operands[0]
    let count = context.shape.last ?? 0
    return Order.lines(of: operand.shape, along: operand.shape.count - 1).flatMap { line in
      operand.order(of: line, isDescending: true).prefix(count).map { line[$0] }
    }
  }

  /// Lines from which some, all, or no elements are picked.
  static let samples = [
    sample([6], 2), sample([2, 4], 3), sample([2, 3], 3), sample([2, 1], 1), sample([3], 0),
  ]

  /// An operand of that shape.
  private static func sample(_ shape: [Int], _ count: Int) -> Sample {
    Sample(shapes: [shape], domains: [.interval(-2, 2)], attributes: .shape([Dim(count)]))
  }
}

/// A search for the greatest elements of a line in one pass: candidates are gathered in twice as
/// much room as is needed, and when it is full, sorted and cut; from then on only what is greater
/// than the least of them is a candidate.
private struct TopSearch {
  private let operand: BufferID
  private let result: BufferID
  private let pairs: SortedPairs
  private let spare: SortedPairs?
  /// The number of candidates, the key below which an element is one, and whether that is known.
  private let state: BufferID
  private let count: Dim

  init(_ operand: BufferID, _ result: BufferID, _ b: inout LoopBuilder) {
    let shape = b.body[result].shape
    count = shape[shape.count - 1]
    self.operand = operand
    self.result = result
    pairs = SortedPairs("top", count * Dim(2), &b)
    spare = b.spare(for: pairs)
    state = b.scratch("state", .i64, [Dim(3)])
  }

  /// Searches one line.
  func emit(_ line: [Index], _ b: inout LoopBuilder) {
    let wanted = b.dim(count)
    let zero = b.index(0)
    for slot in 0..<3 { b.store(zero, to: state, [Index(Dim(slot))]) }
    let shape = b.body[operand].shape
    let length = b.dim(shape[shape.count - 1])
    let turns = b.select(b.compare(.greater, wanted, zero), length, zero)
    b.loop("element", atMost: shape[shape.count - 1], turns: turns) { b, place in
      consider(line + [place], wanted, &b)
    }
    b.sort(pairs, count: slot(0, &b), spare: spare)
    b.loop("element", count) { b, id in
      b.store(b.load(pairs.places, [Index(id)]), to: result, line + [Index(id)])
    }
  }

  /// Appends an element to the candidates if it is one, and cuts them if they are too many.
  private func consider(_ position: [Index], _ wanted: ScalarID, _ b: inout LoopBuilder) {
    let element = b.load(operand, position)
    let key = b.orderKey(element, of: b.body[operand].element, isDescending: true)
    let found = slot(0, &b)
    let isOpen = b.compare(.equal, slot(2, &b), b.index(0))
    let isCandidate = b.binary(.or, isOpen, b.compare(.less, key, slot(1, &b)))
    // What is no candidate is overwritten by the next that is.
    b.store(key, to: pairs.keys, [Index(found)])
    b.store(b.position(position[position.count - 1]), to: pairs.places, [Index(found)])
    let one = b.index(1)
    let next = b.add(found, b.select(isCandidate, one, b.index(0)))
    b.store(next, to: state, [Index(Dim(0))])
    let isFull = b.compare(.equal, next, b.add(wanted, wanted))
    b.branch(isFull) { b in
      b.sort(pairs, count: next, spare: spare)
      b.store(wanted, to: state, [Index(Dim(0))])
      let least = b.load(pairs.keys, [Index(b.subtract(wanted, one))])
      b.store(least, to: state, [Index(Dim(1))])
      b.store(one, to: state, [Index(Dim(2))])
    }
  }

  /// A part of the state.
  private func slot(_ number: Int, _ b: inout LoopBuilder) -> ScalarID {
    b.load(state, [Index(Dim(number))])
  }
}
