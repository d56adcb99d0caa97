import Autodiff
import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// Graphs that are deep, wide, or share a lot.
@Suite struct SizeTests {
  /// A chain of products and differences of so many steps.
  static func chain(_ length: Int) -> (graph: Graph, x: Value, y: Value) {
    var b = Builder(graph: Graph(name: "chain"))
    let x = b.graph.addParameter("x", TensorType(.f64))
    let half = b.literal(0.5, like: x)
    var y = x
    for step in 0..<length {
      y = step % 2 == 0 ? b.multiply(half, y) : b.subtract(y, b.exp(y))
    }
    return (b.graph, x, y)
  }

  @Test(arguments: [DerivativeRequest.Form.grad, .jvp, .hvp])
  func aChainOfAHundredThousand(_ form: DerivativeRequest.Form) throws {
    var counts: [Int] = []
    for length in [1000, 100_000] {
      let (graph, x, y) = Self.chain(length)
      var b = Builder(graph: graph)
      let along = form == .grad ? [] : [x]
      let result = b.derivative(form, of: y, wrt: [x], along: along)[0]
      b.graph.addOutput("g", result)
      let expanded = try Differentiate.run(b.graph)
      counts.append(expanded.nodes.count - graph.nodes.count)
    }
    #expect(counts[1] <= 101 * counts[0])
  }

  /// Each value is the sum of the last with itself.
  @Test func sharingCostsNothing() throws {
    var b = Builder(graph: Graph(name: "shared"))
    let x = b.graph.addParameter("x", TensorType(.f64))
    var y = x
    for _ in 0..<64 { y = b.add(y, y) }
    let g = b.gradient(of: y, wrt: x)
    b.graph.addOutput("g", g)
    let graph = try Differentiate.run(b.graph)
    #expect(graph.nodes.count < 64 * 4)
    var evaluator = Evaluator(graph: graph, sizes: [:])
    #expect(try evaluator.run([Tensor(.f64, [], floats: [1])])[0].floats == [0x1p64])
  }

  /// Many derivatives of small parts of one graph: each costs what lies between.
  @Test func derivativesOfPartsCostTheirParts() throws {
    var b = Builder(graph: Graph(name: "parts"))
    var x = b.graph.addParameter("x", TensorType(.f64))
    for _ in 0..<2000 {
      let y = b.multiply(x, x)
      x = b.gradient(of: y, wrt: x)
    }
    b.graph.addOutput("g", x)
    let graph = try Differentiate.run(b.graph)
    #expect(graph.nodes.count < 2000 * 10)
    var evaluator = Evaluator(graph: graph, sizes: [:])
    let value = try evaluator.run([Tensor(.f64, [], floats: [0x1p-1000])])[0].floats[0]
    #expect(value == 0x1p1000)
  }

  /// Derivatives of derivatives grow by a factor each, and are refused in the end.
  @Test func towersAreRefused() throws {
    var b = Builder(graph: Graph(name: "tower"))
    let x = b.graph.addParameter("x", TensorType(.f64))
    var y = b.multiply(b.sin(x), b.exp(x))
    for _ in 0..<30 { y = b.gradient(of: y, wrt: x) }
    b.graph.addOutput("g", y)
    #expect {
      _ = try Differentiate.run(b.graph, nodeLimit: 100_000)
    } throws: { error in
      (error as? Diagnostic)?.message.hasPrefix("the graph has more than 10000 operations") ?? false
    }
  }
}
