import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// Which products leave loops, and what is stacked once.
@Suite struct LoopProductTests {
  /// What a body reads: an element `x`, the carried `h` and `s`, and `w` from outside.
  private typealias Turn = (x: Value, h: Value, s: Value, w: Value)

  /// A loop over `n` elements that carries a vector and a matrix, and stacks vectors.
  private func loop(
    stacks: Int = 0, isReversed: Bool = false, size: Dim = .m,
    _ body: (inout Builder, Turn) -> (h: Value, s: Value, stacks: [Value])
  ) -> Graph {
    let (x, w) = (TensorType.f64(size), TensorType.f64(size, size))
    let inner = Graph.of([.i64(), x, x, w, w], results: { b, v in
      let next = body(&b, (v[1], v[2], v[3], v[4]))
      return [next.h, next.s] + next.stacks
    })
    return Graph.of([.f64(.n, size), x, w, w], results: { b, v in
      let form = LoopForm(
        count: .n, sequences: 1, carried: 2, stacked: stacks, isReversed: isReversed)
      let types = [x, w] + Array(repeating: TensorType.f64(.n, size), count: stacks)
      let id = b.graph.append(
        .loop, v, .loop(form), types: types, regions: [inner], site: .none)
      return b.graph[id].results
    })
  }

  /// The operations outside and inside of the loop, which gives the same for every number of turns.
  private func parts(
    _ graph: Graph, size: Int = 2
  ) throws -> (outside: [String], inside: [String], form: LoopForm) {
    let result = DeadCode.removed(
      from: LoopPruning.run(MergeStacks.run(LoopCopies.run(LoopProducts.run(graph)))))
    try result.verify()
    for turns in [0, 1, 3] {
      let inputs = [[turns, size], [size], [size, size], [size, size]].map(Self.tensor)
      let sizes = ["m": size, "n": turns]
      var (before, after) = (
        Evaluator(graph: graph, sizes: sizes), Evaluator(graph: result, sizes: sizes)
      )
      for (a, b) in zip(try before.run(inputs), try after.run(inputs)) {
        #expect(Tensor.difference(a.floats, b.floats) <= 1e-15 * Double(8 * size))
      }
    }
    let node = try #require(result.nodes.first { $0.operation == .loop })
    guard case .loop(let form) = node.attributes else { preconditionFailure("no loop") }
    return (result.operations, node.regions[0].operations, form)
  }

  /// A tensor of small numbers.
  private static func tensor(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    let floats = (0..<count).map { (place: Int) -> Double in
      let step = (place * 7 + shape.count) % 5
      return Double(step) / 4 - 0.5
    }
    return Tensor(.f64, shape, floats: floats)
  }

  private static let matrixTimes = Contraction(leftSummed: [1], rightSummed: [0])
  private static let timesMatrix = Contraction(leftSummed: [0], rightSummed: [0])
  private static let outer = Contraction(leftSummed: [], rightSummed: [])

  @Test func productsOfElementsMoveToTheFront() throws {
    let parts = try parts(loop { b, turn in
      let z = b.contract(turn.x, turn.w, Self.timesMatrix)
      return (b.emit(.tanh, [b.add(z, turn.h)]), turn.s, [])
    })
    #expect(parts.outside == ["contract", "loop"])
    #expect(parts.inside == ["add", "tanh"])
  }

  /// With the matrix on the left.
  @Test func productsKeepTheirAxes() throws {
    let parts = try parts(loop { b, turn in
      let z = b.contract(turn.w, turn.x, Self.matrixTimes)
      return (b.add(b.contract(turn.w, turn.h, Self.matrixTimes), z), turn.s, [])
    })
    #expect(parts.outside == ["contract", "loop"])
    #expect(parts.inside == ["contract", "add"])
  }

  @Test(arguments: [false, true]) func stackedProductsMoveBehind(_ isReversed: Bool) throws {
    let parts = try parts(loop(stacks: 1, isReversed: isReversed) { b, turn in
      let h = b.emit(.tanh, [b.add(turn.x, turn.h)])
      return (h, turn.s, [b.contract(turn.w, h, Self.matrixTimes)])
    })
    #expect(parts.outside == ["loop", "contract"])
    #expect(parts.inside == ["add", "tanh"])
  }

  @Test(arguments: [false, true]) func sumsOfProductsMoveBehind(_ isReversed: Bool) throws {
    let parts = try parts(loop(isReversed: isReversed) { b, turn in
      let h = b.emit(.tanh, [b.add(turn.x, turn.h)])
      let product = b.contract(turn.x, turn.h, Self.outer)
      return (h, b.add(turn.s, b.transpose(product, [1, 0])), [])
    })
    #expect(parts.outside == ["loop", "contract", "transpose", "add"])
    #expect(parts.inside == ["add", "tanh"])
    #expect(parts.form.carried == 1 && parts.form.stacked == 1)
  }

  /// What a turn does with the sum, or with what it carries, needs the product there and then.
  @Test func productsThatTurnsNeedStay() throws {
    let uses: [(inout Builder, Turn) -> (Value, Value, [Value])] = [
      { b, turn in
        let sum = b.add(turn.s, b.contract(turn.x, turn.h, Self.outer))
        return (b.contract(sum, turn.h, Self.matrixTimes), sum, [])
      },
      { b, turn in (b.contract(turn.w, turn.h, Self.matrixTimes), turn.s, []) },
    ]
    for use in uses {
      let parts = try parts(loop { b, turn in use(&b, turn) })
      #expect(parts.outside.filter { $0 != "copy" } == ["loop"])
      #expect(parts.inside.contains("contract"))
    }
  }

  /// A few elements stay in registers.
  @Test func smallProductsStay() throws {
    let parts = try parts(loop(size: Dim(3)) { b, turn in
      let z = b.contract(turn.x, turn.w, Self.timesMatrix)
      return (b.add(z, turn.h), b.add(turn.s, b.contract(turn.x, turn.h, Self.outer)), [])
    }, size: 3)
    #expect(parts.outside == ["loop"])
  }

  @Test func stacksOfOneValueAreOne() throws {
    let parts = try parts(loop(stacks: 3) { b, turn in
      let h = b.emit(.tanh, [b.add(turn.x, turn.h)])
      return (h, turn.s, [h, turn.x, h])
    })
    #expect(parts.form.stacked == 1)
    #expect(parts.outside == ["loop"])
  }
}
