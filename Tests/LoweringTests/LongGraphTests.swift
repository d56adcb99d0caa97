import GraphIR
import LoopIR
import Lowering
import Ops
import Support
import Testing

/// What becomes of graphs of thousands of operations.
struct LongGraphTests {
  /// A chain of vectors with two results: the sum of the last one, and its product with the first.
  private static func function(steps: Int) -> LoopFunction {
    var graph = FusionTests.graph([[FusionTests.n]]) { b, p in
      var s = p[0]
      for step in 0..<steps {
        let factor = b.emit(.literal, [], .literal(.float(1 + Double(step) / 1000), .f64))
        let wide = b.emit(.broadcastTo, [factor], .shape([FusionTests.n]))
        s = b.add(b.emit(.sin, [s]), b.multiply(wide, p[0]))
      }
      let sum = b.emit(.sum, [s], .reduction(axes: [0], keepDims: false))
      return [sum, b.multiply(s, p[0])]
    }
    graph.symbols = ["n"]
    return Lowering.run(graph, primal: [0])
  }

  private static let function = function(steps: 700)

  @Test func theValueAloneAndTheRest() throws {
    let function = LongGraphTests.function
    try function.verify()
    #expect(function.bodies.map(\.serves) == [[0], [], nil])
    let last = function.bodies[2]
    #expect(LongGraphTests.stores(in: last.block.items, last, guarded: true) == [0])
    #expect(LongGraphTests.stores(in: last.block.items, last, guarded: false) == [1])
  }

  @Test func hugeCodeStandsOnce() throws {
    let function = LongGraphTests.function(steps: 5_000)
    try function.verify()
    #expect(function.bodies.map(\.serves) == [[], nil])
    let last = function.bodies[1]
    #expect(last.scalars.count > 20_000)
    #expect(LongGraphTests.stores(in: last.block.items, last, guarded: true) == [0, 1])
    #expect(LongGraphTests.stores(in: last.block.items, last, guarded: false) == [])
  }

  @Test func anArgumentIsReadOnce() {
    for body in LongGraphTests.function.bodies where body.serves != [] {
      let loads = body.scalars.count { scalar in
        guard case .load(let access, _) = scalar.instruction else { return false }
        return body[access.buffer].storage == .parameter(0)
      }
      #expect(loads == 1)
    }
  }

  /// The results that are stored to under a condition, or under none.
  private static func stores(in items: [Item], _ body: Body, guarded: Bool) -> Set<Int> {
    var found: Set<Int> = []
    var pending = items.map { ($0, false) }
    while let (item, isGuarded) = pending.popLast() {
      switch item {
      case .store(let store):
        if case .result(let number) = body[store.access.buffer].storage, isGuarded == guarded {
          found.insert(number)
        }
      case .loop(let id): pending += body[id].body.items.map { ($0, isGuarded) }
      case .branch(_, let then, let otherwise):
        pending += (then.items + otherwise.items).map { ($0, true) }
      case .scalar, .check, .external, .stopIfFailed: break
      }
    }
    return found
  }
}
