import GraphIR
import LoopIR
import Ops
import Support

/// Emits the loop nest that writes one value to its buffer.
struct Nests {
  let reader: ElementReader
  let vectors: VectorUnit
  /// Whether the nests stand in a region, which may not run whatever the sizes are.
  let isInRegion: Bool
  /// Whether threads share the turns of loops.
  let isShared: Bool

  /// The graph whose values are read.
  var graph: Graph { reader.graph }

  /// The nest of a node's result, written to its place.
  func emit(_ node: Node, to target: Place, _ b: inout LoopBuilder) {
    b.site = node.site
    switch node.operation.kernel {
    case .pointwise, .view, .generator, .gather:
      loops(over: graph.type(node.result).shape, &b) { b, position in
        var memo = ElementReader.Memo()
        let element = reader.compute(node.result, at: position, &b, &memo)
        b.store(element, to: target.buffer, target.prefix + position)
      }
    case .reduction(let reduction): reduce(node, reduction, to: target, &b)
    case .search(let comparison): search(node, comparison, to: target, &b)
    case .convolution(let role): convolve(node, making: role, to: target, &b)
    case .accumulation(let map): accumulate(node, map, to: target, &b)
    case .assembly(let pieces): assemble(node, pieces(reader.shapes(node)), to: target, &b)
    case .sumOfPieces(let pieces):
      copy(node.operands[0], to: target, &b)
      assemble(node, pieces(reader.shapes(node)), combining: .add, to: target, &b)
    case .scatter(let combining): scatter(node, combining, to: target, &b)
    case .leaf, .reshape, .contraction, .routine, .regions, .expansion, .request:
      preconditionFailure("'\(node.operation.name)' has no nest of this kind")
    }
  }

  /// Adds to what stands at a place, or overwrites elements of it, as a node does to its operand
  /// `base`, which stands there.
  func add(_ node: Node, onto base: Value, at target: Place, _ b: inout LoopBuilder) {
    switch node.operation.kernel {
    case .sumOfPieces(let pieces):
      assemble(node, pieces(reader.shapes(node)), combining: .add, to: target, &b)
    case .scatter(let combining): update(node, combining, at: target, &b)
    case .pointwise:
      guard let summand = node.operands.first(where: { $0 != base }) else { break }
      if reader.places[Int(summand.index)] == nil, addSum(graph.node(of: summand), at: target, &b) {
        break
      }
      loops(over: graph.type(summand).shape, &b) { b, position in
        var memo = ElementReader.Memo()
        let element = reader.read(summand, at: position, &b, &memo)
        b.store(element, to: target.buffer, target.prefix + position, combining: .add)
      }
    case .leaf, .view, .reshape, .generator, .assembly, .reduction, .search, .contraction,
      .convolution, .accumulation, .gather, .routine, .regions, .expansion, .request:
      preconditionFailure("'\(node.operation.name)' does not add to an operand")
    }
  }

  /// Adds a sum that has no buffer to what stands at a place, term by term; false for what is no sum.
  private func addSum(_ node: Node, at target: Place, _ b: inout LoopBuilder) -> Bool {
    switch node.operation.kernel {
    case .contraction: contract(node, to: target, adds: true, &b)
    case .reduction(let reduction): reduce(node, reduction, to: target, adds: true, &b)
    case .leaf, .pointwise, .view, .reshape, .generator, .assembly, .sumOfPieces, .search,
      .convolution, .accumulation, .gather, .scatter, .routine, .regions, .expansion, .request:
      return false
    }
    return true
  }

  /// Writes every element of a value to another buffer than its own.
  func copy(_ value: Value, to target: Place, _ b: inout LoopBuilder) {
    loops(over: graph.type(value).shape, &b) { b, position in
      var memo = ElementReader.Memo()
      let element = reader.read(value, at: position, &b, &memo)
      b.store(element, to: target.buffer, target.prefix + position)
    }
  }

  /// Loops over a shape, the last axis innermost; axes of 1 need none.
  func loops(
    over shape: [Dim], _ b: inout LoopBuilder, _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    loops(over: ArraySlice(shape), [], &b, body)
  }

  private func loops(
    over shape: ArraySlice<Dim>, _ position: [Index], _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    guard let extent = shape.first else { return body(&b, position) }
    if extent == Dim(1) {
      return loops(over: shape.dropFirst(), position + [Index(Dim(0))], &b, body)
    }
    b.loop("i\(position.count)", extent) { b, id in
      loops(over: shape.dropFirst(), position + [Index(id)], &b, body)
    }
  }

  /// Combines elements along axes; the leading axes that stay are outer loops around the beginning
  /// and the steps of each result.
  ///
  /// - Parameter adds: whether the results are combined with what stands at the target.
  private func reduce(
    _ node: Node, _ reduction: Reduction, to target: Place, adds: Bool = false,
    _ b: inout LoopBuilder
  ) {
    guard case .reduction(let axes, let keep) = node.attributes else {
      preconditionFailure("a reduction has axes")
    }
    if let sum = TiledSum(node, in: graph),
      let tiles = SumTiles(sum, nests: self, target: target, adds: adds)
    {
      return tiles.emit(&b)
    }
    let operand = node.operands[0]
    let shape = graph.type(operand).shape
    let dtype = graph.type(operand).dtype
    let outer = axes.min() ?? shape.count
    func reduced(_ position: [Index]) -> [Index] {
      var result: [Index] = []
      for (axis, index) in position.enumerated() {
        if !axes.contains(axis) { result.append(index) } else if keep { result.append(Index(Dim(0))) }
      }
      return result
    }
    loops(over: Array(shape[..<outer]), &b) { b, prefix in
      let kept = shape.indices.map { axis in
        axis < outer || axes.contains(axis) ? Dim(1) : shape[axis]
      }
      if !adds {
        loops(over: Array(kept[outer...]), &b) { b, rest in
          let start = b.constant(dtype.arithmetic, reduction.identity(dtype))
          b.store(start, to: target.buffer, target.prefix + reduced(prefix + rest))
        }
      }
      loops(over: Array(shape[outer...]), &b) { b, rest in
        var memo = ElementReader.Memo()
        let element = reader.read(operand, at: prefix + rest, &b, &memo)
        b.store(
          element, to: target.buffer, target.prefix + reduced(prefix + rest),
          combining: Nests.combination(reduction.combine, dtype))
      }
    }
  }

  /// The combination for elements of a type: sums and products of `bool` are `or` and `and`.
  private static func combination(_ operation: BinaryOperation, _ dtype: DType) -> BinaryOperation {
    guard dtype == .bool else { return operation }
    switch operation {
    case .add, .maximum: return .or
    case .multiply, .minimum: return .and
    default: return operation
    }
  }

  /// Carries the best element and its place along one axis; NaN comes before all others.
  private func search(
    _ node: Node, _ comparison: Comparison, to target: Place, _ b: inout LoopBuilder
  ) {
    guard case .reduction(let axes, let keep) = node.attributes else {
      preconditionFailure("a search has axes")
    }
    let operand = node.operands[0]
    let shape = graph.type(operand).shape
    let kept = shape.enumerated().map { axes.contains($0) ? Dim(1) : $1 }
    let isThere = isInRegion ? checkedPresence(of: axes.map { shape[$0] }, node, &b) : nil
    let first = isThere.map { reader.reading(where: $0, &b) } ?? reader
    loops(over: kept, &b) { b, position in
      let place = keep ? position : position.enumerated().filter { !axes.contains($0.offset) }
        .map(\.element)
      var memo = ElementReader.Memo()
      let first = first.read(operand, at: position, &b, &memo)
      let zero = b.constant(.i64, .int(0))
      let extents = axes.map { shape[$0] }
      let found = best(
        of: operand, position, axes[...], extents[...], comparison, [first, zero, zero], &b)
      b.store(found[1], to: target.buffer, target.prefix + place)
    }
  }

  /// Checks that axes have elements, and gives whether they do, unless that is known.
  private func checkedPresence(
    of extents: [Dim], _ node: Node, _ b: inout LoopBuilder
  ) -> ScalarID? {
    var isThere: ScalarID?
    for extent in extents where extent.isPerhapsNothing {
      let isLong = b.compare(.greaterEqual, b.dim(extent), b.constant(.i64, .int(1)))
      isThere = isThere.map { b.binary(.and, $0, isLong) } ?? isLong
    }
    guard let isThere else { return nil }
    b.append(.check(isThere, .indexOutOfRange, message: nil, site: node.site))
    return isThere
  }

  /// Loops over the axes that are left; carries the best element, its place, and the running place.
  private func best(
    of operand: Value, _ position: [Index], _ axes: ArraySlice<Int>, _ extents: ArraySlice<Dim>,
    _ comparison: Comparison, _ state: [ScalarID], _ b: inout LoopBuilder
  ) -> [ScalarID] {
    guard let axis = axes.first, let extent = extents.first else {
      return step(of: operand, position, comparison, state, &b)
    }
    return b.loop("i\(axis)", extent, carrying: state) { b, id, state in
      var position = position
      position[axis] = Index(id)
      return best(
        of: operand, position, axes.dropFirst(), extents.dropFirst(), comparison, state, &b)
    }
  }

  /// One step of a search.
  private func step(
    of operand: Value, _ position: [Index], _ comparison: Comparison, _ state: [ScalarID],
    _ b: inout LoopBuilder
  ) -> [ScalarID] {
    var memo = ElementReader.Memo()
    let element = reader.read(operand, at: position, &b, &memo)
    var isBetter = b.compare(comparison, element, state[0])
    if b.type(element).element.isFloat {
      let isNaN = b.compare(.notEqual, element, element)
      let wasNumber = b.compare(.equal, state[0], state[0])
      isBetter = b.binary(.or, isBetter, b.binary(.and, isNaN, wasNumber))
    }
    let one = b.constant(.i64, .int(1))
    return [
      b.select(isBetter, element, state[0]), b.select(isBetter, state[2], state[1]),
      b.add(state[2], one),
    ]
  }

  /// Copies a tensor, then writes the update's elements at their positions.
  private func scatter(
    _ node: Node, _ combining: BinaryOperation?, to target: Place, _ b: inout LoopBuilder
  ) {
    copy(node.operands[0], to: target, &b)
    update(node, combining, at: target, &b)
  }

  /// Writes the elements of an update at their positions.
  private func update(
    _ node: Node, _ combining: BinaryOperation?, at target: Place, _ b: inout LoopBuilder
  ) {
    let type = graph.type(node.result)
    loops(over: graph.type(node.operands[1]).shape, &b) { b, position in
      var memo = ElementReader.Memo()
      let element = reader.read(node.operands[1], at: position, &b, &memo)
      let (place, isInside) = reader.picked(
        node, Array(node.operands.dropFirst(2)), in: type.shape, at: position, &b, &memo)
      b.site = node.site
      if let isInside {
        b.append(.check(isInside, .indexOutOfRange, message: nil, site: node.site))
      }
      b.store(
        element, to: target.buffer, target.prefix + place,
        combining: combining.map { Nests.combination($0, type.dtype) }, mask: isInside)
    }
  }

  /// Fills the regions of a result one after the other, or combines them with what stands there.
  private func assemble(
    _ node: Node, _ pieces: [Piece], combining: BinaryOperation? = nil, to target: Place,
    _ b: inout LoopBuilder
  ) {
    let combination = combining.map { Nests.combination($0, graph.type(node.result).dtype) }
    for piece in pieces {
      let operand = node.operands[piece.operand]
      let isScalar = graph.type(operand).isScalar && !piece.region.isEmpty
      loops(over: piece.region.map(\.size), &b) { b, position in
        var memo = ElementReader.Memo()
        let element = reader.read(operand, at: isScalar ? [] : position, &b, &memo)
        let place = zip(piece.region, position).map { axis, index in
          index * Dim(axis.step) + axis.start
        }
        b.store(element, to: target.buffer, target.prefix + place, combining: combination)
      }
    }
  }
}
