import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// What moves out of loops, and what stays.
@Suite struct HoistTests {
  /// A loop of `count` turns that carries `h`, from `h`, `w` and `x`, which are captured.
  private func loop(
    _ count: Dim = .n, _ body: (inout Builder, _ h: Value, _ w: Value, _ x: Value) -> Value
  ) -> Graph {
    let types = [TensorType.f64(.m), .f64(.m, .m), .f64(.m)]
    let inner = Graph.of([.i64()] + types) { b, v in body(&b, v[1], v[2], v[3]) }
    return Graph.of(types) { b, v in
      let form = LoopForm(count: count, sequences: 0, carried: 1, stacked: 0)
      return b.loop(form, v, [inner], [types[0]])
    }
  }

  private func hoisted(_ graph: Graph) throws -> (outside: [String], inside: [String]) {
    let result = HoistInvariants.run(graph)
    try result.verify()
    let loops = result.nodes.filter { $0.operation == .loop }
    let inside = LoopPruning.run(result).nodes.first { !$0.regions.isEmpty }?.regions[0].operations
    #expect(loops.count == 1)
    try expectSame(graph, result)
    return (result.operations.filter { $0 != "loop" }, inside ?? [])
  }

  /// Also where there is no turn at all.
  private func expectSame(_ graph: Graph, _ other: Graph) throws {
    for turns in [0, 1, 3] {
      let sizes = ["m": 2, "n": turns]
      let inputs = [
        Tensor(.f64, [2], floats: [0.5, -1]), Tensor(.f64, [2, 2], floats: [1, 0.25, -0.5, 0.75]),
        Tensor(.f64, [2], floats: [0.1, 2]),
      ]
      #expect(try graph.result(inputs, sizes: sizes) == other.result(inputs, sizes: sizes))
    }
  }

  @Test func productsAndFunctionsOfCapturesMove() throws {
    let graph = loop { b, h, w, x in
      let product = b.contract(w, b.exp(x), Contraction(leftSummed: [1], rightSummed: [0]))
      return b.emit(.tanh, [b.add(h, b.multiply(b.literal(.float(2), .f64), product))])
    }
    let parts = try hoisted(graph)
    #expect(parts.outside == ["exp", "contract"])
    #expect(parts.inside == ["literal", "mul", "add", "tanh"])
  }

  @Test func whatDependsOnTheTurnStays() throws {
    let graph = loop { b, h, w, _ in
      b.contract(w, b.exp(h), Contraction(leftSummed: [1], rightSummed: [0]))
    }
    #expect(try hoisted(graph).outside == [])
  }

  @Test func cheapFunctionsStay() throws {
    let graph = loop { b, h, _, x in b.add(h, b.multiply(x, x)) }
    #expect(try hoisted(graph).outside == [])
  }

  /// A loop without a turn must not fail.
  @Test func whatMayFailStays() throws {
    let graph = loop { b, h, w, x in
      let factor = b.emit(.cholesky, [b.identity(like: w)])
      let place = b.literal(.int(5), .i64)
      let picked = b.emit(.gather, [x, place], .picking(Picking(axes: [0], place: 0)))
      let sum = b.reduceSum(factor, axes: [0, 1])
      return b.select(b.less(sum, b.literal(.float(-1), .f64)), b.add(h, picked), h)
    }
    let result = HoistInvariants.run(graph)
    #expect(result.operations == ["loop"])
  }

  @Test func resultsThatAreInvariantMove() throws {
    let graph = loop { b, _, _, x in b.exp(x) }
    let parts = try hoisted(graph)
    #expect(parts.outside == ["exp"])
    #expect(parts.inside == [])
  }

  @Test func loopsWithConditionsCaptureInBothRegions() throws {
    let types = [TensorType.f64(), .f64()]
    let body = Graph.of([.i64()] + types) { b, v in b.add(v[1], b.exp(v[2])) }
    let test = Graph.of(types) { b, v in b.less(v[0], v[1]) }
    let graph = Graph.of(types) { b, v in
      let form = LoopForm(count: 50, sequences: 0, carried: 1, stacked: 0, isWhile: true)
      return b.loop(form, v, [body, test], [types[0], .i64()])
    }
    let result = HoistInvariants.run(graph)
    try result.verify()
    #expect(result.operations == ["exp", "loop"])
    let inputs = [Tensor(.f64, [], floats: [0]), Tensor(.f64, [], floats: [2])]
    #expect(try graph.result(inputs) == result.result(inputs))
  }
}

extension Builder {
  /// The first result of a loop over some operands.
  fileprivate mutating func loop(
    _ form: LoopForm, _ operands: [Value], _ regions: [Graph], _ types: [TensorType]
  ) -> Value {
    let id = graph.append(
      .loop, operands, .loop(form), types: types, regions: regions, site: .none)
    return graph[id].results[0]
  }
}
