import GraphIR
import LoopIR
import Lowering
import Ops
import Support
import Testing

/// Calls of BLAS in loops that join others, and for results that callers may leave out.
struct BLASProductTests {
  private let size = Dim(64)

  /// The calls of a body.
  private func calls(_ body: Body) -> Int {
    var count = 0
    var pending = body.block.items
    while let item = pending.popLast() {
      switch item {
      case .external: count += 1
      case .loop(let id): pending += body[id].body.items
      case .branch(_, let then, let otherwise): pending += then.items + otherwise.items
      case .scalar, .store, .check, .stopIfFailed: break
      }
    }
    return count
  }

  /// A loop that has joined another one calls with positions of that.
  @Test func loopsThatCallJoin() throws {
    let turns = Dim.symbol("t")
    var graph = FusionTests.graph([[turns, size, size]]) { b, p in
      (0..<2).map { summed in
        var body = Builder(graph: Graph(name: "turn"), site: .none)
        _ = body.graph.addParameter("t", TensorType(.i64))
        let x = body.graph.addParameter("x", TensorType(.f64, [size, size]))
        let product = body.contract(x, x, Contraction(leftSummed: [summed], rightSummed: [0]))
        body.graph.addOutput("product", product)
        let form = LoopForm(count: turns, sequences: 1, carried: 0, stacked: 1)
        return b.appendRegions(.loop, [p[0]], .loop(form), [body.graph])[0]
      }
    }
    graph.symbols = ["t"]
    let function = Lowering.run(graph, usesBLAS: true)
    try function.verify()
    let body = try #require(function.bodies.first)
    let loops = body.block.items.count { if case .loop = $0 { true } else { false } }
    #expect(loops == 1 && calls(body) == 2)
    #expect(calls(try #require(Lowering.run(graph).bodies.first)) == 0)
  }

  /// No branch skips a call that writes to a result, and so the value has a body of its own.
  @Test func valuesDoNotCallForGradients() throws {
    let graph = FusionTests.graph([[size, size], [Dim(2)]]) { b, p in
      var value = p[1]
      for _ in 0..<21_000 { value = b.add(value, p[1]) }
      let pairs = Contraction(leftSummed: [1], rightSummed: [0])
      return [value, b.contract(p[0], p[0], pairs)]
    }
    for usesBLAS in [false, true] {
      let function = Lowering.run(graph, primal: [0], usesBLAS: usesBLAS)
      try function.verify()
      let values = function.bodies.filter { $0.serves == [0] }
      #expect(values.count == (usesBLAS ? 1 : 0))
      #expect(values.allSatisfy { calls($0) == 0 })
    }
  }
}
