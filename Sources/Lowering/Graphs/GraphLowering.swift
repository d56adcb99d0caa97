import GraphIR
import LoopIR
import Ops
import Support

/// Constant tensors of a function, each once.
final class ConstantPool {
  private(set) var tensors: [Tensor] = []
  private var numbers: [TensorBits: Int] = [:]

  /// The number of a tensor among the function's constants.
  func number(of tensor: Tensor) -> Int {
    let bits = TensorBits(tensor)
    if let known = numbers[bits] { return known }
    numbers[bits] = tensors.count
    tensors.append(tensor)
    return tensors.count - 1
  }
}

/// What holds for all of a function.
struct LoweringContext {
  let constants: ConstantPool
  /// The registers that tiles are made for.
  let vectors: VectorUnit
  /// Whether LAPACK factors matrices that may be large.
  let usesLAPACK: Bool
  /// Whether BLAS multiplies matrices that are large.
  var usesBLAS = false
  /// Whether turns add to what they carry one after the other, whatever that costs.
  let keepsOrder: Bool
  /// Whether threads share the turns of loops.
  var usesThreads = false
}

/// Lowers the nodes of a graph, or of a region in it, to trees.
struct GraphLowering {
  let graph: Graph
  let placing: Placing
  private(set) var reader: ElementReader
  let context: LoweringContext
  /// Where values are computed that somebody wants at a place of his own.
  private var wanted: [Value: Place]
  /// Values that are not computed where their nodes stand.
  private let skipped: Set<Value>
  /// For which results a value is computed.
  private let mask: (Value) -> DemandMask
  /// Whether the graph is a region.
  private var isRegion = false

  /// - Parameters:
  ///   - forced: values that need a buffer.
  ///   - wanted: where some of them are to be computed.
  ///   - skipped: values that somebody else computes.
  ///   - mask: for which results of the function a value is computed.
  init(
    graph: Graph, roots: [Value], forced: [Value], wanted: [Value: Place] = [:],
    skipped: Set<Value> = [], context: LoweringContext, mask: @escaping (Value) -> DemandMask = { _ in .always }
  ) {
    self.graph = graph
    self.wanted = wanted
    self.skipped = skipped
    self.context = context
    self.mask = mask
    placing = Placing(graph: graph, roots: roots, forced: forced)
    reader = ElementReader(graph: graph, places: Array(repeating: nil, count: graph.values.count))
  }

  /// What reads and writes elements, by what has a place so far.
  var nests: Nests {
    Nests(
      reader: reader, vectors: context.vectors, isInRegion: isRegion,
      isShared: context.usesThreads)
  }

  /// Says that the graph is a region of another one.
  mutating func enterRegion() { isRegion = true }

  /// Says where some values are to be computed.
  mutating func want(_ places: [Value: Place]) { wanted = places }

  /// Says where the value of a parameter is.
  mutating func bind(_ value: Value, to place: Place?) { reader.places[Int(value.index)] = place }

  /// Says that a parameter is the variable of a loop.
  mutating func bind(_ value: Value, to position: Index) { reader.positions[value] = position }

  // MARK: Nodes

  /// Lowers the nodes in order.
  mutating func lowerNodes(_ b: inout LoopBuilder, _ forest: inout Forest) {
    for node in graph.nodes
    where node.asserts || node.results.contains(where: { placing.isLive[Int($0.index)] }) {
      if node.resultCount == 1, skipped.contains(node.result) { continue }
      lower(node, &b, &forest)
    }
  }

  private mutating func lower(_ node: Node, _ b: inout LoopBuilder, _ forest: inout Forest) {
    switch node.operation.kernel {
    case .leaf: lowerLeaf(node, &b)
    case .reshape:
      let source = wholeBuffer(of: graph.whole(node.operands[0]), &b, &forest)
      assign(node.result, .alias(source), &b)
    case .contraction: lowerContraction(node, &b, &forest)
    case .pointwise, .view, .generator, .assembly, .reduction, .search, .convolution,
      .accumulation, .sumOfPieces, .gather, .scatter:
      guard placing.isRoot[Int(node.result.index)],
        reader.places[Int(node.result.index)] == nil
      else { return }
      let target = target(of: node.result, &b)
      emitNest(node, to: target, &b, &forest)
      reader.places[Int(node.result.index)] = target
    case .routine(let routine):
      let operands = node.operands.map { wholeBuffer(of: $0, &b, &forest) }
      let results = node.results.map { assign($0, .workspace, &b) }
      let isUsed = node.results.map { placing.isLive[Int($0.index)] }
      emit(&forest, mask(of: node), isOpaque: true, &b) { b in
        b.site = node.site
        routine(
          &b,
          RoutineContext(
            operands: operands, results: results, isUsed: isUsed, attributes: node.attributes))
      }
    case .regions: lowerRegions(node, &b, &forest)
    case .expansion, .request:
      preconditionFailure("'\(node.operation.name)' was not expanded")
    }
  }

  /// Emits a contraction; one that is only there to be transposed is written transposed. What BLAS
  /// computes stays together: no loop can join the calls.
  private mutating func lowerContraction(
    _ node: Node, _ b: inout LoopBuilder, _ forest: inout Forest
  ) {
    let transpose = placing.transpose(of: node.result)
    let written = transpose?.result ?? node.result
    var order: [Int]?
    if case .axes(let axes)? = transpose?.attributes { order = axes }
    let target = target(of: written, &b)
    let nests = nests
    let product = context.usesBLAS
      ? BLASProduct(node, to: target, order: order, nests, in: b.body) : nil
    emit(&forest, mask(node.result), isOpaque: product != nil, &b) { b in
      b.site = node.site
      let own = { (b: inout LoopBuilder) in nests.contract(node, to: target, order: order, &b) }
      if let product { product.emit(&b, own: own) } else { own(&b) }
    }
    reader.places[Int(written.index)] = target
  }

  /// Emits the nest of a node. The table of places is shared only meanwhile: behind that, a copy of it
  /// would make the next entry copy all others.
  private func emitNest(
    _ node: Node, to target: Place, _ b: inout LoopBuilder, _ forest: inout Forest
  ) {
    let nests = nests
    emit(&forest, mask(node.result), isOpaque: isSearch(node), &b) { b in
      nests.emit(node, to: target, &b)
    }
  }

  /// The results for which any of a node's results is computed.
  func mask(of node: Node) -> DemandMask {
    node.asserts ? .always : DemandMask(bits: node.results.reduce(0) { $0 | mask($1).bits })
  }

  private func isSearch(_ node: Node) -> Bool {
    if case .search = node.operation.kernel { true } else { false }
  }

  private mutating func lowerLeaf(_ node: Node, _ b: inout LoopBuilder) {
    switch node.attributes {
    case .parameter(let number):
      // The parameters of a region have been bound.
      if reader.places[Int(node.result.index)] == nil, reader.positions[node.result] == nil,
        !reader.literals.keys.contains(node.result)
      {
        assign(node.result, .parameter(number), &b)
      }
    case .data(let number):
      assign(node.result, .constant(context.constants.number(of: graph.data[number])), &b)
    default: break
    }
  }

  /// Says that a parameter of a region is a constant.
  mutating func bind(_ value: Value, to literal: Literal) { reader.literals[value] = literal }

  // MARK: Places

  /// Whether somebody wants a result at a place of his own whenever its node runs.
  func isWanted(_ value: Value, whenever node: Node) -> Bool {
    wanted[value] != nil && mask(value) == mask(of: node)
  }

  /// Where a value is computed: at a place that somebody wants, or in a buffer of its own.
  func target(of value: Value, _ b: inout LoopBuilder) -> Place {
    if let place = wanted[value] { return place }
    return Place(newBuffer(for: value, .workspace, &b))
  }

  /// Gives a value a buffer of its own.
  @discardableResult
  mutating func assign(
    _ value: Value, _ storage: Storage, _ b: inout LoopBuilder
  ) -> BufferID {
    let id = newBuffer(for: value, storage, &b)
    reader.places[Int(value.index)] = Place(id)
    return id
  }

  /// Makes a buffer for a value.
  func newBuffer(for value: Value, _ storage: Storage, _ b: inout LoopBuilder) -> BufferID {
    b.buffer(
      graph[value].name ?? "v\(value.index)", graph.type(value), storage,
      graph.node(of: value).site)
  }

  /// A buffer that holds a value and nothing else; a copy, where the value has none.
  mutating func wholeBuffer(
    of value: Value, _ b: inout LoopBuilder, _ forest: inout Forest
  ) -> BufferID {
    if let place = reader.places[Int(value.index)], place.prefix.isEmpty { return place.buffer }
    let id = newBuffer(for: value, .workspace, &b)
    let nests = nests
    emit(&forest, mask(value), &b) { b in nests.copy(value, to: Place(id), &b) }
    return id
  }

  /// Adds the trees that `build` emits to the forest.
  func emit(
    _ forest: inout Forest, _ mask: DemandMask, isOpaque: Bool = false, _ b: inout LoopBuilder,
    _ build: (inout LoopBuilder) -> Void
  ) {
    let block = b.block(build)
    forest.add(block, mask, isOpaque: isOpaque, in: b.body)
  }

  /// Adds a check of an assertion.
  func check(_ assertion: Assertion, _ b: inout LoopBuilder, _ forest: inout Forest) {
    let reader = reader
    emit(&forest, .always, isOpaque: true, &b) { b in
      var memo = ElementReader.Memo()
      let condition = reader.read(assertion.condition, at: [], &b, &memo)
      b.append(.check(condition, .assertion, message: assertion.message, site: assertion.site))
    }
  }
}

extension LoopBuilder {
  /// Makes a buffer.
  mutating func buffer(
    _ name: String, _ type: TensorType, _ storage: Storage, _ site: Site
  ) -> BufferID {
    body.buffers.append(
      Buffer(name: name, element: type.dtype, shape: type.shape, storage: storage, site: site))
    return BufferID(body.buffers.count - 1)
  }
}
