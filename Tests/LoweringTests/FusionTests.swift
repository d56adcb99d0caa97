import GraphIR
import LoopIR
import Lowering
import Ops
import Support
import Testing

/// What becomes of small graphs: how many loops, which buffers.
struct FusionTests {
  /// A graph with f64 parameters of some shapes; `build` gives the results.
  static func graph(
    _ shapes: [[Dim]], _ build: (inout Builder, [Value]) -> [Value]
  ) -> Graph {
    var builder = Builder(graph: Graph(name: "test"))
    var values: [Value] = []
    for (number, shape) in shapes.enumerated() {
      let id = builder.graph.append(
        .parameter, [], .parameter(number), types: [TensorType(.f64, shape)], site: .none)
      let value = builder.graph[id].result
      builder.graph.parameters.append(
        GraphIR.Parameter(name: "p\(number)", site: .none, value: value))
      values.append(value)
    }
    for (number, value) in build(&builder, values).enumerated() {
      builder.graph.outputs.append(Output(name: "r\(number)", value: value, site: .none))
    }
    return builder.graph
  }

  static let m = Dim.symbol("m")
  static let n = Dim.symbol("n")

  @Test func sumAndElementsShareOnePass() throws {
    var graph = FusionTests.graph([[FusionTests.m, FusionTests.n]]) { b, p in
      let e = b.exp(p[0])
      let s = b.emit(.sum, [e], .reduction(axes: [0, 1], keepDims: false))
      return [s, b.multiply(e, e)]
    }
    graph.symbols = ["m", "n"]
    let function = Lowering.run(graph)
    try function.verify()
    let nests = function.bodies[0].block.items.count { item in
      if case .loop = item { true } else { false }
    }
    #expect(nests == 1)
  }

  /// Constants are one where all their bits are the same: −0 is not 0, and a NaN is itself.
  @Test func constantsByBits() throws {
    let data = [[0.0, 1], [-0.0, 1], [.nan, 1], [.nan, 1], [0, 1]]
    let graph = FusionTests.graph([[Dim(2)]]) { b, p in
      data.map { elements in
        b.graph.data.append(Tensor(.f64, [2], floats: elements))
        return b.divide(p[0], b.emit(.data, [], .data(b.graph.data.count - 1)))
      }
    }
    let function = Lowering.run(graph)
    try function.verify()
    #expect(function.constants.count == 3)
  }
}
