import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// Large graphs: nothing recurses on their depth, and work is counted, not timed.
@Suite struct ScaleTests {
  static let size = 100_000

  @Test func longChain() throws {
    let graph = Graph.of([.f64()]) { b, v in
      let one = b.literal(.int(1), .f64)
      return (0..<ScaleTests.size).reduce(v[0]) { value, turn in
        turn % 2 == 0 ? b.emit(.sin, [value]) : b.multiply(value, one)
      }
    }
    let (simplified, counters) = graph.simplified()
    #expect(simplified.operations.count == ScaleTests.size / 2)
    #expect(counters.count("mul-one") == ScaleTests.size / 2)
  }

  @Test func chainThatCollapses() {
    let graph = Graph.of([.f64()]) { b, v in
      (0..<10_000).reduce(v[0]) { value, _ in b.add(value, b.literal(.int(1), .f64)) }
    }
    let (simplified, counters) = graph.simplified()
    #expect(PrettyPrinter.text(of: simplified.outputs[0].value, in: simplified)
      == "(10000.0 + x0)")
    #expect(counters.counts["rewrites", default: 0] < 40_000)
  }

  @Test func wideTree() throws {
    let graph = Graph.of([.f64()]) { b, v in
      var level = (0..<ScaleTests.size / 2).map { place in
        b.multiply(v[0], b.literal(.float(Double(place) + 0.5), .f64))
      }
      while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map { place in
          place + 1 < level.count ? b.maximum(level[place], level[place + 1]) : level[place]
        }
      }
      return level[0]
    }
    let (simplified, counters) = graph.simplified()
    try simplified.verify()
    #expect(simplified.nodes.count <= graph.nodes.count)
    #expect(counters.count("constants-first") == ScaleTests.size / 2)
  }

  /// Each level is the level below, twice: as a tree there would be 2^1000 nodes.
  @Test func heavySharing() {
    let graph = Graph.of([.f64()]) { b, v in
      (0..<1000).reduce(v[0]) { value, _ in
        b.multiply(b.add(b.exp(value), b.sqrt(value)), b.add(b.sqrt(value), b.exp(value)))
      }
    }
    let (simplified, counters) = graph.simplified()
    #expect(simplified.operations.count == 4000)
    #expect(counters.count("common-subexpression") == 3000)
  }

  @Test func onePassIsEnough() {
    let graph = Graph.of([.f64()]) { b, v in
      (0..<1000).reduce(v[0]) { value, turn in
        let literal = b.literal(.int(Int64(turn % 5 - 2)), .f64)
        return turn % 3 == 0
          ? b.power(value, literal)
          : turn % 3 == 1 ? b.subtract(literal, value) : b.multiply(value, literal)
      }
    }
    let (once, _) = graph.simplified()
    let (_, counters) = once.simplified()
    #expect(counters.counts["rewrites", default: 0] == 0)
  }
}
