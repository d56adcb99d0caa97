import GraphIR
import Ops
import Support
import Testing

/// `@`, `dot` and `outer` by NumPy's rules.
@Suite struct StructureProductTests {
  @Test(arguments: Reference.products)
  func multiplies(_ reference: Reference) throws {
    var bench = Bench()
    let a = bench.input(reference.operands[0])
    let b = bench.input(reference.operands[1])
    let product =
      switch reference.name {
      case "matmul": try bench.builder.matmul(a, b)
      case "dot": try bench.builder.dot(a, b)
      default: try bench.builder.outer(a, b)
      }
    #expect(try bench.run([product])[0] == reference.expected)
  }

  @Test func refusesShapes() {
    let (m, n, k) = (Dim.symbol("m"), Dim.symbol("n"), Dim.symbol("k"))
    expect(
      [m, k], [n, k], "shapes [m, k] and [n, k] cannot be multiplied: k along axis 1 against n "
        + "along axis 0", [k, n])
    expect([], [k], "shapes [] and [k] cannot be multiplied: '@' takes no scalars", [])
    expect(
      [m, Dim(2), k], [n, k, Dim(4)],
      "shapes [m, 2, k] and [n, k, 4] cannot be multiplied: shapes [m] and [n] do not fit "
        + "together: m against n along axis 0", [m, n])
  }

  /// Expects that operands of these shapes are refused.
  private func expect(_ left: [Dim], _ right: [Dim], _ message: String, _ dims: [Dim]) {
    var graph = Graph(name: "bad")
    let types = [TensorType(.f64, left), TensorType(.f64, right)]
    let values = types.enumerated().map { number, type in
      let id = graph.append(.parameter, [], .parameter(number), types: [type], site: .none)
      return graph[id].result
    }
    var builder = Builder(graph: graph)
    let error = #expect(throws: TypeError.self) {
      _ = try builder.matmul(values[0], values[1])
    }
    #expect(error == TypeError(message, dims: dims))
  }
}
