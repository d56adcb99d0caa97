import GraphIR
import LoopIR
import Ops
import Support

/// Lowers a graph to one body: buffers, nests, and what is committed at the end.
struct BodyLowering {
  private let graph: Graph
  private let outputs: Set<Int>
  private let isGuarded: Bool
  private let placing: Placing
  private let demand: Demand
  private var reader: ElementReader
  private var body = Body()
  /// Results of routines that were not computed in the caller's memory.
  private var undelivered: Set<Value> = []

  /// - Parameters:
  ///   - outputs: the numbers of the results that the body computes.
  ///   - isGuarded: whether each of them is computed only if the caller wants it.
  init(graph: Graph, outputs: Set<Int>, isGuarded: Bool) {
    self.graph = graph
    self.outputs = outputs
    self.isGuarded = isGuarded
    let always = graph.updates.map(\.value) + graph.assertions.map(\.condition)
    let wanted = outputs.sorted().map { graph.outputs[$0].value }
    placing = Placing(
      graph: graph, roots: wanted + always, forced: wanted + graph.updates.map(\.value))
    demand = Demand(graph: graph, outputs: outputs, isGuarded: isGuarded)
    reader = ElementReader(graph: graph, buffers: Array(repeating: nil, count: graph.values.count))
  }

  /// The body before accumulations are carried, stores forwarded, and the workspace planned.
  mutating func run() -> Body {
    var forest = Forest()
    for (number, node) in graph.nodes.enumerated() { lower(node, number, &forest) }
    for number in outputs.sorted() { deliver(number, &forest) }
    let sources = graph.updates.map { prepare($0, &forest) }
    for assertion in graph.assertions { check(assertion, &forest) }
    forest.finish(&body, guards: demand)
    commit(sources)
    return body
  }

  // MARK: Nodes

  private mutating func lower(_ node: Node, _ number: Int, _ forest: inout Forest) {
    if case .routine(let routine) = node.operation.kernel {
      return lower(node, routine, &forest)
    }
    for value in node.results where placing.isLive[Int(value.index)] {
      switch node.operation.kernel {
      case .leaf:
        if let storage = storage(ofLeaf: node) { assign(value, storage) }
      case .reshape:
        if let source = reader.buffers[Int(node.operands[0].index)] {
          assign(value, .alias(source))
        } else {
          // All values but scalar constants have one.
          let target = assign(value, .workspace)
          emit(&forest, demand.mask(of: value)) { nests, b in
            nests.fill(target, with: node.operands[0], &b)
          }
        }
      case .pointwise, .view, .generator, .assembly, .reduction, .search, .contraction, .gather,
        .scatter:
        guard placing.isRoot[Int(value.index)] else { continue }
        let target = assign(value, demand.direct[value].map { .result($0) } ?? .workspace)
        emit(&forest, demand.mask(of: value), isOpaque: isSearch(node)) { nests, b in
          nests.emit(node, to: target, &b)
        }
      case .routine, .expansion, .request:
        preconditionFailure("'\(node.operation.name)' was not expanded")
      }
    }
  }

  /// Lowers a routine: all results at once, wanted or not.
  private mutating func lower(
    _ node: Node, _ routine: (inout LoopBuilder, RoutineContext) -> Void, _ forest: inout Forest
  ) {
    guard node.results.contains(where: { placing.isLive[Int($0.index)] }) else { return }
    let mask = DemandMask(bits: node.results.reduce(0) { $0 | demand.mask(of: $1).bits })
    let targets = node.results.map { value in
      // A result that the caller may not want has no memory while the others are computed.
      let number = demand.mask(of: value) == mask ? demand.direct[value] : nil
      if number == nil { undelivered.insert(value) }
      return assign(value, number.map { .result($0) } ?? .workspace)
    }
    emit(&forest, mask, isOpaque: true) { nests, b in
      nests.run(routine, of: node, to: targets, &b)
    }
  }

  private func isSearch(_ node: Node) -> Bool {
    if case .search = node.operation.kernel { true } else { false }
  }

  private func storage(ofLeaf node: Node) -> Storage? {
    switch node.attributes {
    case .parameter(let number): .parameter(number)
    case .data(let number): .constant(number)
    default: nil
    }
  }

  @discardableResult
  private mutating func assign(_ value: Value, _ storage: Storage) -> BufferID {
    let type = graph.type(value)
    let id = newBuffer(
      graph[value].name ?? "v\(value.index)", type, storage, graph.node(of: value).site)
    reader.buffers[Int(value.index)] = id
    return id
  }

  private mutating func newBuffer(
    _ name: String, _ type: TensorType, _ storage: Storage, _ site: Site
  ) -> BufferID {
    body.buffers.append(
      Buffer(name: name, element: type.dtype, shape: type.shape, storage: storage, site: site))
    return BufferID(body.buffers.count - 1)
  }

  /// Adds the trees that `build` emits to the forest.
  private mutating func emit(
    _ forest: inout Forest, _ mask: DemandMask, isOpaque: Bool = false,
    _ build: (Nests, inout LoopBuilder) -> Void
  ) {
    let nests = Nests(reader: reader)
    let block = body.extend { $0.block { build(nests, &$0) } }
    forest.add(block, mask, isOpaque: isOpaque, in: body)
  }

  // MARK: Results, updates and assertions

  /// Copies a result that was not computed in its own memory.
  private mutating func deliver(_ number: Int, _ forest: inout Forest) {
    let output = graph.outputs[number]
    let isDirect = demand.direct[output.value] == number && !undelivered.contains(output.value)
    if isDirect, placing.isRoot[Int(output.value.index)] { return }
    let target = newBuffer(output.name, graph.type(output.value), .result(number), output.site)
    emit(&forest, demand.mask(ofResult: number)) { nests, b in
      b.site = output.site
      nests.copy(output.value, to: target, &b)
    }
  }

  /// The value of an update as a buffer that no other update overwrites.
  private mutating func prepare(_ update: Update, _ forest: inout Forest) -> BufferID {
    let type = graph.type(update.value)
    if let buffer = reader.buffers[Int(update.value.index)], !isCallerMemory(buffer) {
      return buffer
    }
    let copy = newBuffer(
      graph.parameters[update.parameter].name, type, .workspace, update.site)
    emit(&forest, .always) { nests, b in
      b.site = update.site
      nests.copy(update.value, to: copy, &b)
    }
    return copy
  }

  /// Whether a buffer is memory of the caller, which an update may overwrite.
  private func isCallerMemory(_ buffer: BufferID) -> Bool {
    switch body[buffer].storage {
    case .parameter, .result, .update: true
    case .alias(let source): isCallerMemory(source)
    case .constant, .workspace, .local: false
    }
  }

  private mutating func check(_ assertion: Assertion, _ forest: inout Forest) {
    emit(&forest, .always, isOpaque: true) { nests, b in
      var memo = ElementReader.Memo()
      let condition = nests.reader.read(assertion.condition, at: [], &b, &memo)
      b.append(.check(condition, .assertion, message: assertion.message, site: assertion.site))
    }
  }

  private mutating func commit(_ sources: [BufferID]) {
    let nests = Nests(reader: reader)
    let graph = graph
    body.commit = body.extend { b in
      b.block { b in
        for (update, source) in zip(graph.updates, sources) {
          b.site = update.site
          BodyLowering.write(update, of: graph, from: source, nests, &b)
        }
      }
    }
  }

  /// Copies the new value of an update to the memory of its parameter.
  private static func write(
    _ update: Update, of graph: Graph, from source: BufferID, _ nests: Nests,
    _ b: inout LoopBuilder
  ) {
    let type = graph.type(update.value)
    let target = BufferID(b.body.buffers.count)
    b.body.buffers.append(
      Buffer(
        name: graph.parameters[update.parameter].name, element: type.dtype, shape: type.shape,
        storage: .update(update.parameter), site: update.site))
    nests.loops(over: type.shape, &b) { b, position in
      b.store(b.load(source, position), to: target, position)
    }
  }
}
