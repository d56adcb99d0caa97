import Autodiff
import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// What the pass before differentiation leaves alone.
@Suite struct StabiliseTests {
  private func stabilised(_ graph: Graph, _ options: RewriteOptions = RewriteOptions()) throws
    -> Graph
  {
    var counters = Counters()
    let stable = Stabilise.run(graph, options, counters: &counters)
    try stable.verify()
    return stable
  }

  private func value(_ graph: Graph, at x: Double) throws -> Double {
    try Differentiate.run(graph).result([Tensor(.f64, [], floats: [x])]).floats[0]
  }

  @Test func namedValueIsNotLookedThrough() throws {
    let graph = Graph.of([.f64()]) { b, v in
      let y = b.exp(v[0])
      return b.gradient(of: b.log(y), wrt: y)
    }
    #expect(try value(stabilised(graph), at: 0) == 1)
    #expect(try value(stabilised(graph), at: 2) == value(graph, at: 2))
  }

  @Test func constantValueIsNotLookedThrough() throws {
    let graph = Graph.of([.f64()]) { b, v in
      let y = b.exp(v[0])
      let cost = b.multiply(b.log(y), v[0])
      return b.gradient(of: cost, wrt: v[0], constant: [y])
    }
    // d/dx (3 · x) where log(y) = 3 is held.
    #expect(try value(stabilised(graph), at: 3) == value(graph, at: 3))
    #expect(try (value(stabilised(graph), at: 3) - 3).magnitude < 1e-14)
  }

  @Test func equalValuesStayApartWhereOneIsNamed() throws {
    let graph = Graph.of([.f64()]) { b, v in
      let (y, z) = (b.exp(v[0]), b.exp(v[0]))
      return b.gradient(of: b.multiply(y, z), wrt: y)
    }
    #expect(try value(stabilised(graph), at: 1) == value(graph, at: 1))
    #expect(try (value(stabilised(graph), at: 0) - 1).magnitude < 1e-15)
  }

  @Test func namedValueThatVanishesStaysAValue() throws {
    // y is x, but the derivative by y is not that by x.
    let graph = Graph.of([.f64()]) { b, v in
      let y = b.log(b.exp(v[0]))
      return b.gradient(of: b.multiply(y, v[0]), wrt: y)
    }
    #expect(try value(stabilised(graph), at: 5) == 5)
  }

  @Test func literalThatIsNamedProfits() throws {
    let graph = Graph.of([.f64()]) { b, _ in
      let x = b.literal(.int(800), .f64)
      return b.gradient(of: b.log(b.add(b.k(1, x), b.exp(x))), wrt: x)
    }
    #expect(try value(stabilised(graph), at: 0) == 1)
  }

  @Test func literalsAreNotFoldedFirst() throws {
    let graph = Graph.of([.f64()]) { b, v in
      b.log(b.add(b.k(1, v[0]), b.exp(b.k(800, v[0]))))
    }
    #expect(try value(stabilised(graph), at: 0) == 800)
  }

  @Test func strictDoesWhatTheTextSays() throws {
    let graph = Graph.of([.f64()]) { b, v in b.log(b.add(b.k(1, v[0]), b.exp(v[0]))) }
    let strict = try stabilised(graph, RewriteOptions(strict: true))
    #expect(strict.operations == graph.operations)
    #expect(strict.simplified(RewriteOptions(strict: true)).0.operations.contains("log"))
  }

  /// A matrix, the logarithm of its determinant, and the slope.
  static let determinants: [([Double], Double, [Double])] = [
    ([1e200, 0, 0, 1e200], 921.0340371976183, [1e-200, 0, 0, 1e-200]),
    ([1e-200, 0, 0, 1e-200], -921.0340371976183, [1e200, 0, 0, 1e200]),
    ([0, 1e200, 1e200, 0], .nan, [0, 1e-200, 1e-200, 0]),
    ([0, -1, 1, 0], 0, [0, -1, 1, 0]),
  ]

  @Test(arguments: determinants)
  func logarithmOfADeterminant(_ x: [Double], _ value: Double, _ slope: [Double]) throws {
    let graph = Graph.of([.f64(2, 2)]) { b, v in b.log(b.emit(.determinant, [v[0]])) }
    let slopes = Graph.of([.f64(2, 2)]) { b, v in
      let y = b.log(b.emit(.determinant, [v[0]]))
      return b.gradient(of: y, wrt: v[0])
    }
    let point = [Tensor(.f64, [2, 2], floats: x)]
    let logarithm = try stabilised(graph).result(point).floats[0]
    #expect(value.isNaN ? logarithm.isNaN : (logarithm - value).magnitude <= 1e-12)
    let gradient = try Differentiate.run(stabilised(slopes)).result(point).floats
    for (a, b) in zip(gradient, slope) { #expect((a - b).magnitude <= 1e-15 * b.magnitude) }
  }

  @Test func logarithmOfASingularDeterminant() throws {
    let graph = Graph.of([.f64(2, 2)]) { b, v in b.log(b.emit(.determinant, [v[0]])) }
    let point = [Tensor(.f64, [2, 2], floats: [1, 2, 2, 4])]
    #expect(try stabilised(graph).result(point).floats == [-.infinity])
  }

  @Test func ruleCanBeSwitchedOff() throws {
    let graph = Graph.of([.f64()]) { b, v in b.log(b.exp(v[0])) }
    let off = RewriteOptions(disabled: ["log-exp", "log-of-exponentials"])
    #expect(try stabilised(graph, off).operations.contains("log"))
  }

  @Test func sharedGraphsAndChainsTakeLinearTime() throws {
    let graph = Graph.of([.f64()]) { b, v in
      var y = v[0]
      for _ in 0..<20_000 {
        let e = b.exp(y)
        y = b.log(b.add(b.multiply(e, e), b.add(b.k(1, y), e)))
      }
      return y
    }
    var counters = Counters()
    let stable = Stabilise.run(graph, counters: &counters)
    #expect(counters.counts["rewrites", default: 0] < 20 * 20_000)
    #expect(stable.nodes.count < 20 * 20_000)
  }

  @Test func expansionIsNotUndone() throws {
    let graph = Graph.of([.f64(.n)]) { b, v in b.logSumExp(v[0], axes: [0]) }
    var counters = Counters()
    let final = Simplify.run(
      Expand.run(graph), counters: &counters, rules: Catalogue.afterExpansion)
    for node in final.nodes {
      if case .expansion = node.operation.kernel { Issue.record("\(node.operation.name) is back") }
    }
  }
}
