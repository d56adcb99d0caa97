import CodeGen
import Driver
import Foundation
import GraphIR
import LoopIR
import Ops
import Support
import Testing

/// Jacobians and Hessians against the products that the other forms give, and the work they take.
@Suite struct JacobianTests {
  /// Functions of `x: f64[n]`, with `a: f64[n, n]`.
  static let functions = [
    "exp(x) * x", "a @ x", "x @ a", "tanh(a @ x)", "a @ tanh(a @ x)", "flip(x, axis: 0) * x",
    "x[::-1] * a", "x[1:] * x[:-1]", "concatenate([x, sin(x)], axis: 0)", "x / sum(x)",
    "cumsum(x)", "softmax(x)", "where(x > 0.2, x ** 3, 0.1 * x)", "mean(outer(x, x), axis: 0)",
    "maximum(x, flip(x, axis: 0))", "max(outer(x, x), axis: 1)", "pad(x, [[1, 2]], value: 0)",
    "x[:, new] * x[new, :]", "sort(x)", "transpose(outer(x, exp(x)))[1:, :]", "sum(a * x, axis: 1)",
    "sum(a * x, axis: 1, keepdims: true)", "[x[0] * sin(x[1]), x[2], norm(x)]", "x * norm(x)",
    "reshape(outer(x, x), [-1]) * 2", "stack([x, x * x], axis: 1)", "f64(f32(1)) * x",
    "einsum(\"ij,j,k->ik\", a, x, x)", "expand_dims(x, axis: 0) * a",
    "grad(sum(tanh(a @ x) ** 2), wrt: x)",
    "log_softmax(a @ x)", "squeeze(expand_dims(x, axis: 1) * 2, axis: 1)", "x[[2, 0, 2]]",
    "jvp(tanh(a @ x), wrt: x, along: x)", "broadcast_to(x, [2, n]) * a[:2]", "sum(x) * ones([n])",
    "solve(a + 9 * eye(n), x)", "var(a * x, axis: 1)", "zeros([n]) + x[0]", "clip(x, -0.1, 0.3)",
  ]

  /// `J v` and `uᵀ J` of the Jacobian are what forward and reverse mode give, where directions are
  /// written out, where they are turns, and where their number is not known.
  @Test(arguments: functions, ["3", "n"])
  func jacobian(_ function: String, size: String) throws {
    let n = Int(size) ?? 19
    let body = function.replacingOccurrences(of: "n]", with: "\(size)]")
      .replacingOccurrences(of: "(n)", with: "(\(size))")
    var program = try TurnLaneTests.Program(
      """
      graph g(x: f64[\(size)], a: f64[\(size), \(size)], v: f64[\(size)]) -> (jv, p, uj, q) {
          y = \(body)
          j = jacobian(y, wrt: x)
          u = cos(3 * y)
          jv = tensordot(j, v, axes: 1)
          p = jvp(y, wrt: x, along: v)
          uj = sum(reshape(u, [-1, 1]) * reshape(j, [-1, \(size)]), axis: 0)
          q = vjp(y, wrt: x, along: stop_gradient(u))
      }
      """)
    let x = (0..<n).map { sin(7.1 * Double($0) + 0.4) }
    let a = (0..<n * n).map { cos(1.7 * Double($0)) }
    let v = (0..<n).map { cos(2.3 * Double($0)) }
    let found = try program.run(["x": ([n], x), "a": ([n, n], a), "v": ([n], v)])
    for (some, other) in [(found[0], found[1]), (found[2], found[3])] {
      try #require(some.count == other.count)
      let size = (some + other).map(\.magnitude).max() ?? 0
      for (s, t) in zip(some, other) { #expect(abs(s - t) <= 1e-13 * max(1, size) * Double(n)) }
    }
  }

  static let costs = [
    "sum(x * x)", "sum((a @ x) ** 2)", "sum(exp(x) * flip(x, axis: 0))", "logsumexp(a @ x)",
    "x[0] * x[1] * sin(x[2])", "sum(x[1:] * x[:-1] ** 2)", "sum(cumsum(x) ** 3)",
    "sum(tanh(a @ tanh(a @ x)))", "sum(a * x) + 0 * x[0] ** 2", "sum(where(x > 0, x ** 3, x))",
    "sum(concatenate([x, x * x], axis: 0) ** 2)", "prod(1 + 0.1 * x)",
  ]

  /// `H v` of the Hessian is what `hvp` gives.
  @Test(arguments: costs, ["3", "n"])
  func hessian(_ cost: String, size: String) throws {
    let n = Int(size) ?? 19
    var program = try TurnLaneTests.Program(
      """
      graph g(x: f64[\(size)], a: f64[\(size), \(size)], v: f64[\(size)]) -> (hv, p) {
          c = \(cost)
          hv = hessian(c, wrt: x) @ v
          p = hvp(c, wrt: x, along: v)
      }
      """)
    let x = (0..<n).map { sin(7.1 * Double($0) + 0.4) }
    let a = (0..<n * n).map { cos(1.7 * Double($0)) }
    let v = (0..<n).map { cos(2.3 * Double($0)) }
    let found = try program.run(["x": ([n], x), "a": ([n, n], a), "v": ([n], v)])
    let size = (found[0] + found[1]).map(\.magnitude).max() ?? 0
    for (s, t) in zip(found[0], found[1]) {
      #expect(abs(s - t) <= 1e-13 * max(1, size) * Double(n))
    }
  }

  // MARK: Work

  /// The rewritten graph of a text of one graph.
  private func graph(_ text: String) throws -> Graph {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("jacobian-\(UUID().uuidString).graph").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let graphs = Session.graphs(CompileOptions(input: path))
    return try #require(graphs.last { $0.pass == "prune-loops" }).graph
  }

  /// The operations of a graph and of its regions.
  private func operations(_ graph: Graph) -> [String] {
    graph.nodes.flatMap { [$0.operation.name] + $0.regions.flatMap(operations) }
  }

  /// The row of a linear map is read, not computed: its Jacobian is the matrix.
  @Test(arguments: ["a @ x", "x @ transpose(a)", "einsum(\"ij,j->i\", a, x) + a[:, 0]"])
  func linearMap(_ function: String) throws {
    let graph = try graph(
      "graph g(a: f64[m, n], x: f64[n]) -> (j) { j = jacobian(\(function), wrt: x) }")
    #expect(operations(graph) == ["parameter", "parameter"])
  }

  /// A row of the Jacobian of an elementwise function has one number to compute.
  @Test func elementwiseMap() throws {
    let graph = try graph("graph g(x: f64[n]) -> (j) { j = jacobian(tanh(x) * x, wrt: x) }")
    let loop = try #require(graph.nodes.first { $0.operation == .loop })
    for node in loop.regions[0].nodes where node.operation != .select {
      let type = loop.regions[0].type(node.result)
      #expect(type.isScalar || node.operation == .equal || node.operation == .parameter)
    }
  }

  @Test func linearCostHasAZeroHessian() throws {
    for size in ["3", "1000", "n"] {
      let graph = try graph(
        "graph g(c: f64[\(size)], x: f64[\(size)]) -> (h) { h = hessian(sum(c * x), wrt: x) }")
      #expect(operations(graph) == ["parameter", "parameter", "literal", "broadcast_to"])
    }
  }

  /// The turns take no product, and nothing but the result has the square of the size.
  @Test func sumOfSquares() throws {
    let graph = try graph(
      "graph g(x: f64[1000]) -> (h) { h = hessian(sum(x * x), wrt: x) }")
    let names = operations(graph)
    for name in ["contract", "multiply", "sum", "convert"] { #expect(!names.contains(name)) }
  }

  /// The Hessian of least squares is one product of matrices, not a product in each turn.
  @Test func leastSquares() throws {
    let graph = try graph(
      """
      graph g(a: f64[m, n], x: f64[n], b: f64[m]) -> (h) {
          h = hessian(sum((a @ x - b) ** 2), wrt: x)
      }
      """)
    let product = try #require(graph.nodes.first { $0.operation == .contract })
    #expect(product.operands.allSatisfy { graph.type($0).rank == 2 })
    for node in graph.nodes where !node.regions.isEmpty {
      #expect(!operations(node.regions[0]).contains("contract"))
    }
  }
}
