import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// The verifier sees what breaks the rules.
@Suite struct VerifierTests {
  private static func graph() -> (Graph, Value) {
    var graph = Graph(name: "f")
    let x = graph.addParameter("x", TensorType(.f64, [Dim(2)]))
    return (graph, x)
  }

  private func message(_ graph: Graph) -> String? {
    do throws(VerificationError) {
      try graph.verify()
      return nil
    } catch {
      return error.message
    }
  }

  @Test func whatIsRightPasses() {
    var (graph, x) = Self.graph()
    graph.append(.exp, [x], .none, types: [graph.type(x)], site: .none)
    #expect(message(graph) == nil)
  }

  @Test func nodesReferBackwards() {
    var (graph, _) = Self.graph()
    graph.append(.exp, [Value(1)], .none, types: [TensorType(.f64)], site: .none)
    #expect(message(graph) == "node 1 (exp): operand %1 is not computed before it")
  }

  @Test func typesAreThoseOfTheRules() {
    var (graph, x) = Self.graph()
    graph.append(.exp, [x], .none, types: [TensorType(.f64)], site: .none)
    #expect(message(graph)?.contains("its rule gives [f64[2]]") == true)
  }

  @Test func operandsFitInNumber() {
    var (graph, x) = Self.graph()
    graph.append(.add, [x], .none, types: [graph.type(x)], site: .none)
    #expect(message(graph) == "node 1 (add): takes no 1 operands")
  }

  @Test func dataAndRootsExist() {
    var (graph, _) = Self.graph()
    graph.addOutput("y", Value(7))
    #expect(message(graph) == "root %7 does not exist")
    var (other, _) = Self.graph()
    other.append(.data, [], .data(3), types: [TensorType(.f64)], site: .none)
    #expect(message(other) == "node 1 (data): has no data 3")
  }
}
