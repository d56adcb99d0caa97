import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// Which loops become one.
@Suite struct FuseLoopTests {
  /// What is made of a turn: the summand of what is carried, and what is stacked.
  private typealias Turn = @Sendable (inout Builder, _ x: Value, _ outside: Value) -> (Value, Value)

  /// Appends a loop over `xs` that sums and stacks scalars.
  private func loop(
    _ b: inout Builder, _ xs: Value, _ first: Value, _ outside: Value, isReversed: Bool = false,
    sums: Bool = true, _ turn: Turn
  ) -> [Value] {
    let scalar = TensorType.f64()
    let body = Graph.of([.i64(), scalar, scalar, scalar], results: { b, v in
      let (summand, stacked) = turn(&b, v[1], v[3])
      return [sums ? b.add(v[2], summand) : b.multiply(v[2], summand), stacked]
    })
    let form = LoopForm(count: .n, sequences: 1, carried: 1, stacked: 1, isReversed: isReversed)
    let id = b.graph.append(
      .loop, [xs, first, outside], .loop(form), types: [scalar, .f64(.n)], regions: [body],
      site: .none)
    return b.graph[id].results
  }

  /// A loop that stacks the sums so far needs its order.
  @Test(arguments: [false, true]) func runningSumsKeepTheirOrder(_ isReversed: Bool) throws {
    let scalar = TensorType.f64()
    let body = Graph.of([.i64(), scalar, scalar], results: { b, v in
      let sum = b.add(v[2], v[1])
      return [sum, sum]
    })
    let count = try loops { b, v in
      var results: [Value] = []
      for first in [v[2], v[3]] {
        let form = LoopForm(
          count: .n, sequences: 1, carried: 1, stacked: 1, isReversed: isReversed)
        let id = b.graph.append(
          .loop, [v[0], first], .loop(form), types: [scalar, .f64(.n)], regions: [body],
          site: .none)
        results += b.graph[id].results
      }
      return results
    }
    #expect(count == 2)
  }

  /// The number of loops left, which give what they gave before but for the order of sums.
  private func loops(_ build: (inout Builder, [Value]) -> [Value]) throws -> Int {
    let graph = Graph.of([.f64(.n), .f64(.n), .f64(), .f64()], results: build)
    let result = FuseLoops.run(graph)
    try result.verify()
    for turns in [0, 1, 5] {
      let inputs = [
        Tensor(.f64, [turns], floats: (0..<turns).map { 0.5 - 0.3 * Double($0) }),
        Tensor(.f64, [turns], floats: (0..<turns).map { 0.1 + 0.2 * Double($0) }),
        Tensor(.f64, [], floats: [0.75]), Tensor(.f64, [], floats: [-1.5]),
      ]
      var before = Evaluator(graph: graph, sizes: ["n": turns])
      var after = Evaluator(graph: result, sizes: ["n": turns])
      for (a, b) in zip(try before.run(inputs), try after.run(inputs)) {
        #expect(Tensor.difference(a.floats, b.floats) <= 5 * 0x1p-52)
      }
    }
    return result.nodes.count { $0.operation == .loop }
  }

  private static let square: Turn = { b, x, o in (b.multiply(x, x), b.multiply(x, o)) }
  private static let sine: Turn = { b, x, o in (b.sin(b.multiply(x, o)), b.exp(x)) }

  @Test(arguments: [false, true]) func sumsOverOneSequence(_ isReversed: Bool) throws {
    let count = try loops { b, v in
      let first = loop(&b, v[0], v[2], v[3], Self.square)
      let between = b.exp(first[0])
      return first + [between]
        + loop(&b, v[0], v[3], v[2], isReversed: isReversed, Self.sine)
    }
    #expect(count == 1)
  }

  @Test func threeBecomeOne() throws {
    let count = try loops { b, v in
      loop(&b, v[0], v[2], v[3], Self.square) + loop(&b, v[0], v[3], v[2], Self.sine)
        + loop(&b, v[0], v[3], v[3], Self.square)
    }
    #expect(count == 1)
  }

  @Test func whatNeedsTheFirstStaysBehind() throws {
    let count = try loops { b, v in
      let first = loop(&b, v[0], v[2], v[3], Self.square)
      return loop(&b, v[0], v[3], b.exp(first[0]), Self.sine)
    }
    #expect(count == 2)
    let stacked = try loops { b, v in
      let first = loop(&b, v[0], v[2], v[3], Self.square)
      return loop(&b, b.add(v[0], first[1]), v[3], v[2], Self.sine)
    }
    #expect(stacked == 2)
  }

  @Test func recurrencesAndOtherSequencesStay() throws {
    let recurrence = try loops { b, v in
      loop(&b, v[0], v[2], v[3], sums: false, Self.square)
        + loop(&b, v[0], v[3], v[2], Self.sine)
    }
    #expect(recurrence == 2)
    let others = try loops { b, v in
      loop(&b, v[0], v[2], v[3], Self.square) + loop(&b, v[1], v[3], v[2], Self.sine)
    }
    #expect(others == 2)
  }
}
