import GraphIR
import LoopIR
import Ops
import Support

/// Lowers loops and branches: their regions become the blocks of loops and branches of loop IR.
///
/// What a loop carries lives in one buffer for each value, overwritten at the end of every turn by
/// the values for the next.
extension GraphLowering {
  mutating func lowerRegions(_ node: Node, _ b: inout LoopBuilder, _ forest: inout Forest) {
    if case .loop(let form) = node.attributes {
      lowerLoop(node, form, &b, &forest)
    } else {
      lowerBranch(node, &b, &forest)
    }
  }

  /// What a parameter of a region stands for.
  private enum Binding {
    case place(Place)
    case literal(Literal)
    case position(Index)
  }

  /// Binds the parameters of a region.
  private mutating func bind(_ bindings: [Binding]) {
    enterRegion()
    for (parameter, binding) in zip(graph.parameters, bindings) {
      switch binding {
      case .place(let place): bind(parameter.value, to: place)
      case .literal(let literal): bind(parameter.value, to: literal)
      case .position(let index): bind(parameter.value, to: index)
      }
    }
  }

  /// How a region gets at a value of the graph.
  private mutating func binding(
    of value: Value, _ b: inout LoopBuilder, _ forest: inout Forest
  ) -> Binding {
    if let place = reader.places[Int(value.index)] { return .place(place) }
    if let position = reader.positions[value] { return .position(position) }
    if let literal = reader.literals[value] ?? graph.literal(value) { return .literal(literal) }
    return .place(Place(wholeBuffer(of: value, &b, &forest)))
  }

  /// Where a result of a node with regions is computed: where somebody wants it, if he wants it
  /// whenever the node runs.
  private mutating func place(_ value: Value, of node: Node, _ b: inout LoopBuilder) -> Place {
    if isWanted(value, whenever: node) {
      let place = target(of: value, &b)
      bind(value, to: place)
      return place
    }
    return Place(assign(value, .workspace, &b))
  }

  // MARK: Branches

  private mutating func lowerBranch(
    _ node: Node, _ b: inout LoopBuilder, _ forest: inout Forest
  ) {
    var bindings: [Binding] = []
    for operand in node.operands.dropFirst() { bindings.append(binding(of: operand, &b, &forest)) }
    let results = node.results.map { place($0, of: node, &b) }
    let (reader, context) = (reader, context)
    emit(&forest, mask(of: node), isOpaque: true, &b) { b in
      var memo = ElementReader.Memo()
      let condition = reader.read(node.operands[0], at: [], &b, &memo)
      let blocks = node.regions.map { region in
        GraphLowering.block(of: region, bindings, to: results, context, &b)
      }
      b.append(.branch(condition, then: blocks[0], otherwise: blocks[1]))
    }
  }

  /// The block of a region whose results go to some places.
  private static func block(
    of region: Graph, _ bindings: [Binding], to results: [Place], _ context: LoweringContext,
    _ b: inout LoopBuilder
  ) -> Block {
    let values = region.outputs.map(\.value)
    var lowering = GraphLowering(
      graph: region, roots: values + region.assertions.map(\.condition), forced: [],
      context: context)
    lowering.bind(bindings)
    var forest = Forest()
    lowering.lowerNodes(&b, &forest)
    let nests = lowering.nests
    for (value, place) in zip(values, results) {
      lowering.emit(&forest, .always, &b) { b in nests.copy(value, to: place, &b) }
    }
    for assertion in region.assertions { lowering.check(assertion, &b, &forest) }
    return Block(forest.finish(&b.body))
  }

  // MARK: Loops

  private mutating func lowerLoop(
    _ node: Node, _ form: LoopForm, _ b: inout LoopBuilder, _ forest: inout Forest
  ) {
    var bindings: [Binding] = []
    for operand in node.operands { bindings.append(binding(of: operand, &b, &forest)) }
    let results = node.results.map { place($0, of: node, &b) }
    let nests = nests
    for (initial, state) in zip(node.operands[form.carriedOperands], results) {
      emit(&forest, mask(of: node), &b) { b in nests.copy(initial, to: state, &b) }
    }
    var context = context
    // Rows that are computed by blocks are meant to stay in the cache.
    if form.isBlocked { context.usesBLAS = false }
    var emission = LoopEmission(
      node: node, form: form, operands: bindings, results: results, context: context)
    let isMap = form.carried == 0 && !form.isBounded && !form.isWhile
    let reader = reader
    emit(&forest, mask(of: node), isOpaque: !isMap, &b) { b in emission.emit(reader, &b) }
  }

  /// A loop that is being emitted.
  private struct LoopEmission {
    let node: Node
    let form: LoopForm
    let operands: [Binding]
    let results: [Place]
    let context: LoweringContext

    /// What the loop carries, by its places.
    private var states: [Binding] { results[form.carriedResults].map { .place($0) } }

    private var captures: [Binding] { Array(operands[form.captures(of: operands.count)]) }

    mutating func emit(_ reader: ElementReader, _ b: inout LoopBuilder) {
      b.site = node.site
      var bound: ScalarID?
      if form.isBounded, let value = node.operands.last {
        var memo = ElementReader.Memo()
        bound = reader.read(value, at: [], &b, &memo)
      }
      guard form.isWhile else {
        b.loop("t", form.count) { b, id in
          b.body[id].bound = bound
          b.body[id].isReversed = form.isReversed
          emitTurn(id, &b)
        }
        return
      }
      let first = [condition(&b), b.constant(.i64, .int(0))]
      let last = b.loop("t", form.count, carrying: first) { b, id, entering in
        b.body[id].going = 0
        emitTurn(id, &b)
        let one = b.constant(.i64, .int(1))
        return [condition(&b), b.add(entering[1], one)]
      }
      if let turns = results.last { b.store(last[1], to: turns.buffer, turns.prefix) }
    }

    /// Whether another turn of a `while` begins.
    private func condition(_ b: inout LoopBuilder) -> ScalarID {
      let region = node.regions[1]
      let value = region.outputs[0].value
      var lowering = GraphLowering(graph: region, roots: [value], forced: [], context: context)
      lowering.bind(states + captures)
      var forest = Forest()
      lowering.lowerNodes(&b, &forest)
      for item in forest.finish(&b.body) { b.append(item) }
      var memo = ElementReader.Memo()
      return lowering.reader.read(value, at: [], &b, &memo)
    }

    /// One turn: the stacked values at its place, then the carried ones over the old.
    private func emitTurn(_ id: LoopID, _ b: inout LoopBuilder) {
      let region = node.regions[0]
      let outputs = region.outputs.map(\.value)
      let sums = TurnSums(region, form, context)
      let others = outputs.indices.filter { sums.nodes[$0] == nil }.map { outputs[$0] }
      let stacks = form.stackedResults.map { slot in
        Place(results[slot].buffer, results[slot].prefix + [Index(id)])
      }
      var wanted: [Value: Place] = [:]
      for (slot, place) in zip(form.stackedResults, stacks) where wanted[outputs[slot]] == nil {
        wanted[outputs[slot]] = place
      }
      var lowering = GraphLowering(
        graph: region,
        roots: others + sums.summands + region.assertions.map(\.condition), forced: others,
        wanted: wanted, skipped: sums.merged, context: context)
      let elements: [Binding] = operands[..<form.sequences].map { binding in
        guard case .place(let place) = binding else { preconditionFailure("a sequence has axes") }
        return .place(Place(place.buffer, place.prefix + [Index(id)]))
      }
      lowering.bind([.position(Index(id))] + elements + states + captures)
      var forest = Forest()
      lowering.lowerNodes(&b, &forest)
      for (slot, place) in zip(form.stackedResults, stacks)
      where lowering.reader.places[Int(outputs[slot].index)] != place {
        let nests = lowering.nests
        lowering.emit(&forest, .always, &b) { b in nests.copy(outputs[slot], to: place, &b) }
      }
      for assertion in region.assertions { lowering.check(assertion, &b, &forest) }
      for slot in form.carriedResults where sums.nodes[slot] != nil {
        let nests = lowering.nests
        lowering.emit(&forest, .always, &b) { b in
          sums.add(to: results, nests, slot, &b)
        }
      }
      carry(outputs, except: sums, &lowering, &b, &forest)
      for item in forest.finish(&b.body) { b.append(item) }
    }

    /// Overwrites what is carried; values that are not in buffers of their own are copied first, as
    /// they may be made of what is overwritten.
    private func carry(
      _ outputs: [Value], except sums: TurnSums, _ lowering: inout GraphLowering, _ b: inout LoopBuilder,
      _ forest: inout Forest
    ) {
      let region = node.regions[0]
      var moves: [(from: BufferID, slot: Int)] = []
      for slot in form.carriedResults where sums.nodes[slot] == nil {
        let parameter = region.parameters[1 + form.sequences + slot].value
        if outputs[slot] == parameter { continue }
        if lowering.placing.isRoot[Int(outputs[slot].index)],
          let place = lowering.reader.places[Int(outputs[slot].index)], place.prefix.isEmpty
        {
          moves.append((place.buffer, slot))
          continue
        }
        let copy = lowering.newBuffer(for: outputs[slot], .workspace, &b)
        let nests = lowering.nests
        lowering.emit(&forest, .always, &b) { b in nests.copy(outputs[slot], to: Place(copy), &b) }
        moves.append((copy, slot))
      }
      for (source, slot) in moves {
        let shape = lowering.graph.type(outputs[slot]).shape
        let nests = lowering.nests
        let state = results[slot]
        lowering.emit(&forest, .always, &b) { b in
          nests.loops(over: shape, &b) { b, position in
            b.store(b.load(source, position), to: state.buffer, state.prefix + position)
          }
        }
      }
    }
  }
}
