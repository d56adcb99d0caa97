import GraphIR
import LoopIR
import Ops
import Support

/// Lowers a graph to one body: its nodes, its results, and what is committed at the end.
struct BodyLowering {
  private let graph: Graph
  private let outputs: Set<Int>
  private let demand: Demand
  private var lowering: GraphLowering

  /// - Parameters:
  ///   - outputs: the numbers of the results that the body computes.
  ///   - isGuarded: whether each of them is computed only if the caller wants it.
  ///   - certain: those that every caller wants.
  init(
    graph: Graph, outputs: Set<Int>, isGuarded: Bool, certain: Set<Int> = [],
    context: LoweringContext
  ) {
    self.graph = graph
    self.outputs = outputs
    let demand = Demand(
      graph: graph, outputs: outputs, isGuarded: isGuarded, certain: certain)
    self.demand = demand
    let always = graph.updates.map(\.value) + graph.assertions.map(\.condition)
    let results = outputs.sorted().map { graph.outputs[$0].value }
    lowering = GraphLowering(
      graph: graph, roots: results + always, forced: results + graph.updates.map(\.value),
      context: context, mask: { demand.mask(of: $0) })
  }

  /// The body before accumulations are carried, stores forwarded, and the workspace planned.
  mutating func run() -> Body {
    var b = LoopBuilder(body: Body())
    b.usesLAPACK = lowering.context.usesLAPACK
    // Both are what `--math=strict` asks for.
    b.callsLibrary = lowering.context.keepsOrder
    var forest = Forest()
    let results = outputs.sorted().map { number in
      let output = graph.outputs[number]
      return b.buffer(output.name, graph.type(output.value), .result(number), output.site)
    }
    var wanted: [Value: Place] = [:]
    for (number, buffer) in zip(outputs.sorted(), results) {
      let value = graph.outputs[number].value
      if demand.direct[value] == number { wanted[value] = Place(buffer) }
    }
    lowering.want(wanted)
    lowering.lowerNodes(&b, &forest)
    for (number, buffer) in zip(outputs.sorted(), results) {
      deliver(number, to: Place(buffer), &b, &forest)
    }
    let sources = graph.updates.map { prepare($0, &b, &forest) }
    for assertion in graph.assertions { lowering.check(assertion, &b, &forest) }
    let items = forest.finish(&b.body, guards: demand)
    let committed = commit(sources, &b)
    var body = b.finish()
    body.block = Block(items)
    body.commit = committed
    return body
  }

  /// The buffer of a value; nil where it is computed when it is read.
  func buffer(of value: Value) -> BufferID? { lowering.reader.places[Int(value.index)]?.buffer }

  // MARK: Results and updates

  /// Copies a result that was not computed in its own memory.
  private func deliver(
    _ number: Int, to place: Place, _ b: inout LoopBuilder, _ forest: inout Forest
  ) {
    let output = graph.outputs[number]
    if lowering.reader.places[Int(output.value.index)] == place { return }
    let nests = lowering.nests
    lowering.emit(&forest, demand.mask(ofResult: number), &b) { b in
      b.site = output.site
      nests.copy(output.value, to: place, &b)
    }
  }

  /// The value of an update as a buffer that no other update overwrites.
  private func prepare(
    _ update: Update, _ b: inout LoopBuilder, _ forest: inout Forest
  ) -> BufferID {
    if let place = lowering.reader.places[Int(update.value.index)],
      !isCallerMemory(place.buffer, b.body)
    {
      return place.buffer
    }
    let name = graph.parameters[update.parameter].name
    let copy = b.buffer(name, graph.type(update.value), .workspace, update.site)
    let nests = lowering.nests
    lowering.emit(&forest, .always, &b) { b in
      b.site = update.site
      nests.copy(update.value, to: Place(copy), &b)
    }
    return copy
  }

  /// Whether a buffer is memory of the caller, which an update may overwrite.
  private func isCallerMemory(_ buffer: BufferID, _ body: Body) -> Bool {
    switch body[body.owner(of: buffer)].storage {
    case .parameter, .result, .update: true
    case .constant, .workspace, .local, .alias: false
    }
  }

  /// Copies the new values of updates to the memory of their parameters.
  private func commit(_ sources: [BufferID], _ b: inout LoopBuilder) -> Block {
    let nests = lowering.nests
    return b.block { b in
      for (update, source) in zip(graph.updates, sources) {
        b.site = update.site
        let type = graph.type(update.value)
        let name = graph.parameters[update.parameter].name
        let target = b.buffer(name, type, .update(update.parameter), update.site)
        nests.loops(over: type.shape, &b) { b, position in
          b.store(b.load(source, position), to: target, position)
        }
      }
    }
  }
}
