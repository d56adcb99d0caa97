import Autodiff
import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// Random graphs and their gradients mean the same after every pass of the compiler.
@Suite struct PassTests {
  typealias Pass = (name: String, run: @Sendable (inout Graph, inout Counters) -> Void)

  /// The passes in their order, as the pipeline runs them.
  static let passes: [Pass] = [
    ("simplify", { $0 = Simplify.run($0, counters: &$1) }),
    ("prune-loops", { graph, _ in graph = copied(graph) }),
    ("expand", { graph, _ in graph = Expand.run(graph) }),
    ("hoist-invariants", { graph, _ in graph = LoopPruning.run(HoistInvariants.run(graph)) }),
    ("loop-products", { graph, _ in graph = copied(LoopProducts.run(graph)) }),
    ("fuse-loops", { graph, _ in
      graph = LoopPruning.run(MergeStacks.run(FuseLoops.run(graph)))
    }),
    ("simplify-expanded", {
      $0 = Simplify.run($0, counters: &$1, rules: Catalogue.afterExpansion)
    }),
    ("join-pads", { graph, _ in graph = JoinPads.run(graph) }),
    ("block-rows", { graph, _ in graph = BlockRows.run(graph) }),
  ]

  /// A graph whose loops make no copies, and nothing for nothing.
  private static func copied(_ graph: Graph) -> Graph {
    LoopPruning.run(MergeStacks.run(LoopCopies.run(graph)))
  }

  @Test(arguments: [DType.f64, .f32], RandomGraphTests.seeds.prefix(40))
  func everyPrefix(_ dtype: DType, _ seed: UInt64) throws {
    try check(RandomGraph(dtype, count: 40, seed: seed), seed)
  }

  /// The same with loops, the reverse of some of which goes on from checkpoints.
  @Test(arguments: [DType.f64, .f32], RandomGraphTests.seeds.prefix(40))
  func everyPrefixWithLoops(_ dtype: DType, _ seed: UInt64) throws {
    try check(RandomGraph(dtype, count: 4, loops: 3, seed: seed), seed)
  }

  /// Compares the graph behind each pass with that in front of it.
  private func check(_ test: RandomGraph, _ seed: UInt64) throws {
    let source = PassTests.withGradients(test.graph)
    let values = test.values(isSpecial: false, seed: seed)
    var counters = Counters()
    var graph = try Differentiate.run(source)
    var before = try Conditioning(graph, values, sizes: RandomGraph.sizes)
    func check(_ pass: String) throws {
      try graph.verify()
      let after = try Conditioning(graph, values, sizes: RandomGraph.sizes)
      if let text = before.violation(after.results) { Issue.record("\(pass): \(text)") }
      before = after
    }
    graph = try Differentiate.run(SplitLoops.run(source))
    try check("split-loops")
    graph = try Differentiate.run(SplitLoops.run(Stabilise.run(source, counters: &counters)))
    try check("stabilise")
    let size = graph.size
    for pass in PassTests.passes {
      pass.run(&graph, &counters)
      try check(pass.name)
    }
    #expect(counters.counts["rewrites", default: 0] < 10 * size)
  }

  /// A number to which several paddings are added is stretched to their shape.
  @Test func joinedPadsStretchNumbers() throws {
    let graph = Graph.of([TensorType(.f64, [Dim(2)]), TensorType(.f64)]) { b, v in
      let zero = b.literal(.float(0), .f64)
      let front = b.pad(v[0], with: zero, [PadAxis(low: Dim(0), high: Dim(2))])
      let back = b.pad(v[0], with: zero, [PadAxis(low: Dim(2), high: Dim(0))])
      return b.add(b.add(front, v[1]), back)
    }
    let joined = JoinPads.run(graph)
    try joined.verify()
    #expect(joined.operations.contains("sum_pads"))
    let inputs = [Tensor(.f64, [2], floats: [1, 2]), Tensor(.f64, [], floats: [0.5])]
    #expect(try joined.result(inputs) == graph.result(inputs))
  }

  /// Roundings leave most results clear enough to tell a wrong rule.
  @Test func mostResultsAreClear() throws {
    let seeds = RandomGraphTests.seeds.prefix(20)
    let clarity = try seeds.reduce(0.0) { sum, seed in
      let test = RandomGraph(.f64, count: 40, seed: seed)
      let graph = try Differentiate.run(PassTests.withGradients(test.graph))
      let values = test.values(isSpecial: false, seed: seed)
      return try sum + Conditioning(graph, values, sizes: RandomGraph.sizes).clarity
    }
    #expect(clarity > 0.5 * Double(seeds.count))
  }

  /// The graph with the gradients of the sum of each floating result by each floating parameter.
  static func withGradients(_ graph: Graph) -> Graph {
    var b = Builder(graph: graph)
    let x = graph.parameters.map(\.value).filter { b.type($0).dtype.isFloat }
    for output in graph.outputs where b.type(output.value).dtype.isFloat {
      let total = b.total(output.value)
      let slopes = b.derivative(.grad, of: total, wrt: x, along: [], zeroWhereDisconnected: true)
      for slope in slopes { b.graph.addOutput("slope", slope) }
    }
    return b.graph
  }
}

extension Graph {
  /// The number of nodes, with those of its regions.
  fileprivate var size: Int {
    nodes.count + nodes.flatMap(\.regions).reduce(0) { $0 + $1.size }
  }
}
