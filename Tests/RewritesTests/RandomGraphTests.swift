import GraphIR
import Rewrites
import Support
import TestSupport
import Testing

/// Random graphs mean the same before and after, and rewriting them ends.
@Suite struct RandomGraphTests {
  static let seeds = Array(UInt64(1)...150)

  /// Exact rules change no bit, whatever goes in.
  @Test(arguments: seeds)
  func strict(_ seed: UInt64) throws {
    for dtype in [DType.f64, .f32, .f16] {
      let test = RandomGraph(dtype, count: 60, seed: seed)
      let simplified = test.graph.simplified(RewriteOptions(strict: true)).0
      try simplified.verify()
      for isSpecial in [true, false] {
        try expectExact(test, simplified, isSpecial: isSpecial, seed)
      }
    }
  }

  /// On integers every rule is exact.
  @Test(arguments: seeds)
  func integers(_ seed: UInt64) throws {
    for dtype in [DType.i64, .i8, .u8] {
      let test = RandomGraph(dtype, count: 60, seed: seed)
      let simplified = test.graph.simplified().0
      try simplified.verify()
      for isSpecial in [true, false] {
        try expectExact(test, simplified, isSpecial: isSpecial, seed)
      }
    }
  }

  /// The same in the bodies of loops.
  @Test(arguments: seeds.prefix(60))
  func loops(_ seed: UInt64) throws {
    for dtype in [DType.f64, .i64] {
      let test = RandomGraph(dtype, count: 8, loops: 3, seed: seed)
      let simplified = test.graph.simplified(RewriteOptions(strict: dtype.isFloat)).0
      try simplified.verify()
      for isSpecial in [true, false] {
        try expectExact(test, simplified, isSpecial: isSpecial, seed)
      }
    }
  }

  /// Every prefix of the applications is right: what `--rewrite-limit` relies on.
  @Test(arguments: seeds.prefix(12))
  func prefixes(_ seed: UInt64) throws {
    let test = RandomGraph(.i64, count: 40, seed: seed)
    let total = test.graph.simplified().1.counts["rewrites", default: 0]
    for limit in 0...total {
      let (simplified, counters) = test.graph.simplified(RewriteOptions(limit: limit))
      try simplified.verify()
      #expect(counters.counts["rewrites", default: 0] == limit)
      try expectExact(test, simplified, isSpecial: true, seed)
    }
  }

  /// One pass leaves next to nothing to do, a few leave nothing, and the work is bounded by the
  /// size.
  @Test(arguments: seeds)
  func ends(_ seed: UInt64) throws {
    for dtype in [DType.f64, .i64] {
      let graph = RandomGraph(dtype, count: 300, seed: seed).graph
      let (once, counters) = graph.simplified()
      #expect(counters.counts["rewrites", default: 0] < 10 * graph.nodes.count)
      #expect(once.nodes.count <= graph.nodes.count)
      try expectFixpoint(once)
    }
  }

  /// What one pass leaves with a single use, the next may take apart: after three nothing applies.
  private func expectFixpoint(_ once: Graph, _ options: RewriteOptions = RewriteOptions()) throws {
    let (twice, few) = once.simplified(options)
    #expect(few.counts["rewrites", default: 0] <= 1 + once.nodes.count / 4, "\(few.table)")
    let (thrice, fewer) = twice.simplified(options)
    let (last, none) = thrice.simplified(options)
    #expect(fewer.counts["rewrites", default: 0] <= few.counts["rewrites", default: 0])
    #expect(none.counts["rewrites", default: 0] == 0, "\(none.table)")
    #expect(last.dump() == thrice.dump())
  }

  /// No rule needs another one to end, or to be right.
  @Test(arguments: Catalogue.all.map(\.name))
  func endsWithout(_ rule: String) throws {
    for seed in RandomGraphTests.seeds.prefix(3) {
      let test = RandomGraph(seed == 1 ? .i64 : .f64, count: 200, seed: seed)
      let options = RewriteOptions(strict: seed == 2, disabled: [rule])
      let (simplified, counters) = test.graph.simplified(options)
      try simplified.verify()
      #expect(counters.count(rule) == 0)
      #expect(counters.counts["rewrites", default: 0] < 10 * test.graph.nodes.count)
      try expectFixpoint(simplified, options)
      if seed < 3 { try expectExact(test, simplified, isSpecial: true, seed) }
    }
  }

  /// With all rules the results stay as near as roundings are.
  @Test(arguments: seeds)
  func rounding(_ seed: UInt64) throws {
    let test = RandomGraph(.f64, count: 40, seed: seed)
    let values = test.values(isSpecial: false, seed: seed)
    let left = try Conditioning(test.graph, values, sizes: RandomGraph.sizes)
    #expect(left.violation(try run(test.graph.simplified().0, values)) == nil)
  }

  private func expectExact(
    _ test: RandomGraph, _ simplified: Graph, isSpecial: Bool, _ seed: UInt64
  ) throws {
    let values = test.values(isSpecial: isSpecial, seed: seed)
    let left = try run(test.graph, values)
    let right = try run(simplified, values)
    for (a, b) in zip(left, right) {
      #expect(Agreement(exactness: .exact).violation(a, b) == nil)
    }
  }

  private func run(_ graph: Graph, _ values: [Tensor]) throws -> [Tensor] {
    var evaluator = Evaluator(graph: graph, sizes: RandomGraph.sizes)
    return try evaluator.run(values)
  }
}
