import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// What loops lose: all that nothing uses, and what they carry for nothing.
@Suite struct PruningTests {
  private let scalar = TensorType.f64()

  /// A graph of `n` turns over scalars.
  private func graph(
    _ count: Int, _ build: (inout Builder, [Value]) -> [Value]
  ) -> Graph {
    Graph.of(Array(repeating: scalar, count: count), results: build)
  }

  /// A body with the number of the turn in front of its parameters.
  private func body(_ count: Int, _ build: (inout Builder, [Value]) -> [Value]) -> Graph {
    Graph.of([.i64()] + Array(repeating: scalar, count: count)) { b, v in
      build(&b, Array(v.dropFirst()))
    }
  }

  private func expectSame(_ graph: Graph, _ pruned: Graph) throws {
    try pruned.verify()
    for turns in [0, 1, 3] {
      let inputs = graph.parameters.indices.map { place in
        Tensor(.f64, [], floats: [0.5 + Double(place)])
      }
      var (left, right) = (
        Evaluator(graph: graph, sizes: ["n": turns]), Evaluator(graph: pruned, sizes: ["n": turns])
      )
      #expect(try left.run(inputs) == right.run(inputs))
    }
  }

  /// The Hessian of a rollout captures stacks that only dead parts of its inner loops read.
  @Test func whatInnerLoopsLeaveIsNotMadeOutside() throws {
    let saving = body(2) { b, v in [b.multiply(v[0], v[1]), v[0]] }
    let inner = body(2) { b, v in [b.exp(v[0]), b.exp(v[1])] }
    let outer = body(2) { b, v in
      let form = LoopForm(count: .n, sequences: 0, carried: 2, stacked: 0)
      return [b.loop(form, v, [inner])[0]]
    }
    let graph = graph(2) { b, v in
      let first = b.loop(
        LoopForm(count: .n, sequences: 0, carried: 1, stacked: 1), v, [saving])
      let total = b.reduceSum(first[1], axes: [0])
      return b.loop(
        LoopForm(count: .n, sequences: 0, carried: 1, stacked: 0), [v[0], total], [outer])
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.operations == ["loop"])
    #expect(pruned.loops[0].operands.count == 1)
    #expect(pruned.loops[0].regions[0].loops[0].operands.count == 1)
    try expectSame(graph, pruned)
  }

  /// Nothing is left of a loop of which only a value is used that no turn changes.
  @Test func onlyWhatNoTurnChangesIsUsed() throws {
    let body = body(2) { b, v in [v[0], b.exp(v[1])] }
    let graph = graph(2) { b, v in
      [b.loop(LoopForm(count: .n, sequences: 0, carried: 2, stacked: 0), v, [body])[0]]
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.operations.isEmpty)
    try expectSame(graph, pruned)
  }

  /// What a loop hands on without reading it is made in front of it.
  @Test func whatIsHandedOnStays() throws {
    let saving = body(1) { b, v in [b.multiply(v[0], v[0]), v[0]] }
    let idle = body(1) { _, v in v }
    let graph = graph(1) { b, v in
      let first = b.loop(
        LoopForm(count: .n, sequences: 0, carried: 1, stacked: 1), v, [saving])
      let total = b.reduceSum(first[1], axes: [0])
      return b.loop(LoopForm(count: .n, sequences: 0, carried: 1, stacked: 0), [total], [idle])
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.operations == ["loop", "sum"])
    try expectSame(graph, pruned)
  }

  @Test func loopsInAChainAreAllPruned() throws {
    let step = body(2) { b, v in [b.exp(v[0]), b.multiply(v[0], v[1])] }
    let form = LoopForm(count: .n, sequences: 0, carried: 2, stacked: 0)
    let graph = graph(2) { b, v in
      [(0..<4).reduce(v) { values, _ in b.loop(form, values, [step]) }[0]]
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.loops.map(\.operands.count) == [1, 1, 1, 1])
    try expectSame(graph, pruned)
  }

  @Test func whatNoTurnChangesIsCaptured() throws {
    let step = body(2) { b, v in [b.multiply(v[0], v[1]), v[1]] }
    let graph = graph(2) { b, v in
      b.loop(LoopForm(count: .n, sequences: 0, carried: 2, stacked: 0), v, [step])
    }
    let pruned = LoopPruning.run(graph)
    let form = try #require(pruned.loops[0].form)
    #expect(form.carried == 1)
    #expect(form.captures(of: pruned.loops[0].operands.count).count == 1)
    #expect(pruned.outputs[1].value == pruned.parameters[1].value)
    try expectSame(graph, pruned)
  }

  @Test func capturedConstantsStandInTheBody() throws {
    let step = body(2) { b, v in [b.multiply(v[0], v[1]), v[1]] }
    let graph = graph(1) { b, v in
      let one = b.literal(.float(1), .f64)
      return [
        b.loop(LoopForm(count: .n, sequences: 0, carried: 2, stacked: 0), [v[0], one], [step])[0]
      ]
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.loops[0].operands.count == 1)
    #expect(pruned.loops[0].regions[0].operations == ["literal", "mul"])
    #expect(pruned.simplified().0.loops[0].regions[0].operations == [])
    try expectSame(graph, pruned)
  }

  /// A `while` reads what it carries in its condition too.
  @Test func conditionsKeepWhatTheyRead() throws {
    let step = body(3) { b, v in [b.add(v[0], v[1]), v[1], b.exp(v[2])] }
    let test = Graph.of([scalar, scalar, scalar]) { b, v in
      b.less(v[0], b.multiply(v[1], b.literal(.float(4), .f64)))
    }
    let graph = graph(3) { b, v in
      let form = LoopForm(count: 9, sequences: 0, carried: 3, stacked: 0, isWhile: true)
      let results = b.loop(form, v, [step, test])
      return [results[0], results[1]]
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.loops[0].form?.carried == 1)
    #expect(pruned.loops[0].operands.count == 2)
    try expectSame(graph, pruned)
  }

  /// What a loop asserts is asserted where nothing uses its results.
  @Test func assertionsKeepTheirLoop() throws {
    var step = body(2) { b, v in [b.add(v[0], v[1]), v[1]] }
    var b = Builder(graph: step)
    let condition = b.less(b.graph.outputs[0].value, b.literal(.float(99), .f64))
    b.graph.assertions = [Assertion(condition: condition, message: "below", site: .none)]
    step = b.graph
    let graph = graph(2) { b, v in
      [b.loop(LoopForm(count: .n, sequences: 0, carried: 2, stacked: 0), v, [step])[1]]
    }
    let pruned = LoopPruning.run(graph)
    #expect(pruned.operations == ["loop"])
    try expectSame(graph, pruned)
  }
}

extension Graph {
  /// The loops among the nodes.
  fileprivate var loops: [Node] { nodes.filter { $0.operation == .loop } }
}

extension Node {
  /// The form of a loop.
  fileprivate var form: LoopForm? {
    if case .loop(let form) = attributes { form } else { nil }
  }
}

extension Builder {
  /// The results of a loop.
  fileprivate mutating func loop(
    _ form: LoopForm, _ operands: [Value], _ regions: [Graph]
  ) -> [Value] {
    let outputs = regions[0].outputs.map { regions[0].type($0.value) }
    let types =
      outputs[..<form.carried]
      + outputs[form.stackedResults].map { TensorType($0.dtype, [form.count] + $0.shape) }
      + (form.isWhile ? [.i64()] : [])
    let id = graph.append(
      .loop, operands, .loop(form), types: Array(types), regions: regions, site: .none)
    return graph[id].results
  }
}
