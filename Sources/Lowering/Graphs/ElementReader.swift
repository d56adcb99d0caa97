import GraphIR
import LoopIR
import Ops
import Support

/// Where a value is in memory: a buffer, or the part of one with some leading positions.
struct Place: Hashable {
  var buffer: BufferID
  var prefix: [Index]

  init(_ buffer: BufferID, _ prefix: [Index] = []) {
    self.buffer = buffer
    self.prefix = prefix
  }
}

/// Emits what gives one element of a value at a position: a load where the value has a buffer, else
/// the computation.
struct ElementReader {
  let graph: Graph
  /// Where the values are that are in memory.
  var places: [Place?]
  /// Parameters of a region that are variables of loops, or positions made of them.
  var positions: [Value: Index] = [:]
  /// Parameters of a region that are constants.
  var literals: [Value: Literal] = [:]
  /// Copies of stretches of values, which are read instead.
  var panels: [Value: Panel] = [:]
  /// Whether there is anything to read: a position that is given at run time may lie in no place of
  /// an axis that is empty.
  private var mask: ScalarID?

  init(graph: Graph, places: [Place?]) {
    self.graph = graph
    self.places = places
  }

  /// A copy of a stretch of a value, which may have its axes in another order.
  struct Panel {
    var buffer: BufferID
    /// Which of several stretches it is.
    var prefix: [Index] = []
    /// For each further axis of the copy, the axis of the value, and where the stretch begins.
    var axes: [(axis: Int, start: Index)]

    /// Where the copy has the element of a position of the value.
    func place(of position: [Index]) -> [Index] {
      prefix + axes.map { position[$0.axis] - $0.start }
    }
  }

  /// Elements that the block at hand has computed already.
  struct Memo {
    fileprivate struct Key: Hashable {
      var value: Value
      var position: [Index]

      /// Positions in a block differ mostly by their offsets.
      func hash(into hasher: inout Hasher) {
        var mixed = Int(value.index)
        for index in position { mixed = mixed &* 31 &+ (index.offset.constant ?? -1) }
        hasher.combine(mixed)
      }
    }

    fileprivate var elements: [Key: ScalarID] = [:]
  }

  /// The element of `value` at a position of its shape.
  func read(
    _ value: Value, at position: [Index], _ b: inout LoopBuilder, _ memo: inout Memo
  ) -> ScalarID {
    let key = Memo.Key(value: value, position: position)
    if let known = memo.elements[key] { return known }
    b.site = graph.node(of: value).site
    let element =
      if !panels.isEmpty, let panel = panels[value] {
        b.load(panel.buffer, panel.place(of: position))
      } else if let place = places[Int(value.index)] {
        b.load(
          place.buffer, place.prefix.isEmpty ? position : place.prefix + position,
          mask: position.isEmpty ? nil : mask)
      } else {
        compute(value, at: position, &b, &memo)
      }
    memo.elements[key] = element
    return element
  }

  /// The computation of the element of `value` at a position, even where the value has a buffer.
  func compute(
    _ value: Value, at position: [Index], _ b: inout LoopBuilder, _ memo: inout Memo
  ) -> ScalarID {
    let node = graph.node(of: value)
    let type = graph.type(value)
    b.site = node.site
    switch node.operation.kernel {
    case .leaf:
      if let position = positions[value] { return b.position(position) }
      guard let literal = literals[value] ?? graph.literal(value) else {
        preconditionFailure("a leaf has a buffer")
      }
      return b.constant(type.dtype, rounding: literal)
    case .pointwise(let body):
      let operands = node.operands.map { operand in
        read(operand, at: broadcast(position, to: graph.type(operand).shape), &b, &memo)
      }
      b.site = node.site
      let context = PointContext(
        operands: operands, operandTypes: node.operands.map { graph.type($0).dtype },
        resultType: type.dtype, attributes: node.attributes)
      let result = body(&b, context)
      guard type.dtype.arithmetic != type.dtype else { return result }
      return b.scalar(b.type(result), .round(result, to: type.dtype))
    case .view(let map):
      return read(node.operands[0], at: map(shapes(node), position), &b, &memo)
    case .generator(let body): return body(&b, shapes(node), position)
    case .gather: return gather(node, at: position, &b, &memo)
    case .reshape, .assembly, .sumOfPieces, .reduction, .search, .contraction, .convolution,
      .accumulation, .scatter, .routine, .regions, .expansion, .request:
      preconditionFailure("'\(node.operation.name)' has no buffer")
    }
  }

  // MARK: Positions that are known at run time

  private func gather(
    _ node: Node, at position: [Index], _ b: inout LoopBuilder, _ memo: inout Memo
  ) -> ScalarID {
    let (place, isInside) = picked(
      node, Array(node.operands.dropFirst()), in: graph.type(node.operands[0]).shape, at: position,
      &b, &memo)
    guard let isInside else { return read(node.operands[0], at: place, &b, &memo) }
    b.append(.check(isInside, .indexOutOfRange, message: nil, site: node.site))
    var reader = self
    let shape = graph.type(node.operands[0]).shape
    if node.picking.axes.contains(where: { shape[$0].isPerhapsNothing }) {
      reader = reading(where: isInside, &b)
    }
    return reader.read(node.operands[0], at: place, &b, &memo)
  }

  /// A reader that reads only where a condition holds.
  func reading(where condition: ScalarID, _ b: inout LoopBuilder) -> ElementReader {
    var reader = self
    reader.mask = mask.map { b.binary(.and, $0, condition) } ?? condition
    return reader
  }

  /// The position in a tensor that a position among what is picked from it stands for, and whether
  /// it lies in the tensor, unless it always does; outside it is a position at the edge.
  func picked(
    _ node: Node, _ positions: [Value], in shape: [Dim], at position: [Index],
    _ b: inout LoopBuilder, _ memo: inout Memo
  ) -> ([Index], ScalarID?) {
    let picking = node.picking
    let rank = graph.type(positions[0]).rank
    var result = [Index](repeating: Index(Dim(0)), count: shape.count)
    let inner = Array(position[picking.place..<picking.place + rank])
    var isInside: ScalarID?
    for (axis, value) in zip(picking.axes, positions) {
      if let turn = self.positions[value], b.body.keeps(turn, within: shape[axis]) {
        result[axis] = turn
        continue
      }
      let given = b.convert(read(value, at: inner, &b, &memo), to: .i64)
      b.site = node.site
      let (clamped, fits) = clamped(given, to: shape[axis], &b)
      result[axis] = Index(clamped)
      isInside = isInside.map { b.binary(.and, $0, fits) } ?? fits
    }
    let outer = position[..<picking.place] + position[(picking.place + rank)...]
    for (axis, index) in zip(picking.others(rank: shape.count), outer) { result[axis] = index }
    return (result, isInside)
  }

  /// A position counted from the beginning, moved to the nearest end if it lies outside an axis.
  private func clamped(
    _ given: ScalarID, to size: Dim, _ b: inout LoopBuilder
  ) -> (ScalarID, ScalarID) {
    let zero = b.constant(.i64, .int(0))
    let extent = b.dim(size)
    let isNegative = b.compare(.less, given, zero)
    let place = b.select(isNegative, b.add(given, extent), given)
    let fits = b.binary(
      .and, b.compare(.greaterEqual, place, zero), b.compare(.less, place, extent))
    let last = b.subtract(extent, b.constant(.i64, .int(1)))
    let clamped = b.binary(.maximum, b.binary(.minimum, place, last), zero)
    return (clamped, fits)
  }

  /// What rules about positions see of a node.
  func shapes(_ node: Node) -> ShapeContext {
    ShapeContext(
      operandShapes: node.operands.map { graph.type($0).shape },
      resultShape: graph.type(node.result).shape, attributes: node.attributes)
  }

  /// The position in an operand that an elementwise operation reads for a position of its result.
  func broadcast(_ position: [Index], to shape: [Dim]) -> [Index] {
    let added = position.count - shape.count
    if added == 0, !shape.contains(Dim(1)) { return position }
    return shape.enumerated().map { axis, dim in
      dim == Dim(1) ? Index(Dim(0)) : position[axis + added]
    }
  }

  /// Whether elements of a value are loaded, not computed.
  func isInMemory(_ value: Value) -> Bool {
    var value = value
    while places[Int(value.index)] == nil {
      let node = graph.node(of: value)
      guard case .view = node.operation.kernel else { return false }
      value = node.operands[0]
    }
    return true
  }

  /// Where an element of a value is loaded from, and its position there; nil where it is computed.
  func memory(of value: Value, _ position: [Index]) -> (place: Place, position: [Index])? {
    var (value, position) = (value, position)
    while true {
      if let place = places[Int(value.index)] { return (place, position) }
      let node = graph.node(of: value)
      guard case .view(let map) = node.operation.kernel else { return nil }
      position = map(shapes(node), position)
      value = node.operands[0]
    }
  }

  /// The axis of a value that runs along neighbouring elements of memory, if it is known.
  func unitAxis(of value: Value) -> Int? {
    var value = value
    var position = graph.type(value).shape.indices.map { Index(LoopID($0)) }
    while places[Int(value.index)] == nil {
      let node = graph.node(of: value)
      guard case .view(let map) = node.operation.kernel else { return position.last?.loop?.index }
      position = map(shapes(node), position)
      value = node.operands[0]
    }
    return position.last?.loop?.index
  }
}

extension Body {
  /// Whether the turns of a loop, counted from the first or from the last one, are places of an
  /// axis.
  fileprivate func keeps(_ turn: Index, within size: Dim) -> Bool {
    guard turn.scalars.isEmpty, turn.loops.count == 1,
      let step = turn.loops[0].coefficient.constant, abs(step) == 1
    else { return false }
    let way = self[turn.loops[0].variable].extent - 1
    let (first, last) = step > 0 ? (turn.offset, turn.offset + way) : (turn.offset - way, turn.offset)
    return first.isKnownNonNegative && (size - last - 1).isKnownNonNegative
  }
}

extension Node {
  /// What a node picks at run time.
  fileprivate var picking: Picking {
    guard case .picking(let picking) = attributes else {
      preconditionFailure("picking has axes")
    }
    return picking
  }
}
