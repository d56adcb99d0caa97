package import GraphIR
import Ops

/// Puts the bodies of funcs that have derivatives of their own in the place of their calls, once all
/// derivatives are formed.
package enum InlineCalls {
  /// The graph without calls, in its regions neither.
  package static func run(_ source: Graph) -> Graph {
    guard hasCalls(source) else { return source }
    var graph = Graph(withoutNodesOf: source)
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for node in source.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      let results: [Value]
      if node.operation == .call {
        let body = run(node.regions[0])
        let inner = graph.inlineValues(body, operands)
        for assertion in body.assertions {
          var copy = assertion
          copy.condition = inner[Int(assertion.condition.index)]
          graph.assertions.append(copy)
        }
        results = body.outputs.map { inner[Int($0.value.index)] }
      } else {
        let id = graph.append(
          node.operation, operands, node.attributes,
          types: node.results.map { source.type($0) }, regions: node.regions.map { run($0) },
          site: node.site)
        results = graph[id].results
      }
      for (old, new) in zip(node.results, results) {
        if let name = source[old].name { graph.name(new, name) }
      }
      values += results
    }
    let inlined = graph.assertions[source.assertions.count...]
    graph.assertions = source.assertions
    graph.mapRoots { values[Int($0.index)] }
    graph.assertions += inlined
    return graph
  }

  /// Whether calls stand in a graph or in a region of it.
  private static func hasCalls(_ graph: Graph) -> Bool {
    graph.nodes.contains { $0.operation == .call || $0.regions.contains(where: hasCalls) }
  }
}
