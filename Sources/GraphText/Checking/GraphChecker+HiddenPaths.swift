import GraphIR
import Ops
import Support

extension GraphChecker {
  /// Refuses a derivative in a region by a value from outside on which another captured value
  /// depends: the path between them lies outside of the region.
  mutating func refuseHiddenPaths(
    into regions: [Graph], _ captures: [Value], at site: Site
  ) -> Bool {
    for region in regions {
      for node in region.nodes {
        guard case .derivative(let request) = node.attributes else { continue }
        for wrt in node.operands[1...request.wrtCount] {
          guard case .parameter(let number) = region.node(of: wrt).attributes else { continue }
          let place = number - (region.parameters.count - captures.count)
          guard place >= 0 else { continue }
          if hasDependents(captures[place], among: captures) {
            error(
              "a derivative by a value from outside of the loop or branch, on which others that it "
                + "uses depend, is not supported yet; take the derivative outside", at: node.site)
            return false
          }
        }
      }
    }
    return true
  }

  /// Whether some value is computed from another.
  private func hasDependents(_ source: Value, among values: [Value]) -> Bool {
    let graph = builder.graph
    var depends: Set<Value> = [source]
    for node in graph.nodes[Int(graph[source].node.index)...]
    where node.operands.contains(where: depends.contains) {
      depends.formUnion(node.results.filter { graph.type($0).dtype.isFloat })
    }
    return values.contains { $0 != source && depends.contains($0) }
  }
}
