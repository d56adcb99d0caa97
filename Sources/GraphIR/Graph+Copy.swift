extension Graph {
  /// Copies nodes of another graph, in order, with the values that those of it have become; notes
  /// what their results become, and keeps their names.
  ///
  /// - Requires: All operands have become values here.
  package mutating func copy(
    _ nodes: some Sequence<Node>, of source: Graph, _ values: inout [Value?]
  ) {
    for node in nodes {
      let operands = node.operands.compactMap { values[Int($0.index)] }
      precondition(operands.count == node.operands.count, "an operand is gone")
      let id = append(
        node.operation, operands, node.attributes, types: node.results.map { source.type($0) },
        regions: node.regions, site: node.site)
      for (old, new) in zip(node.results, self[id].results) {
        values[Int(old.index)] = new
        if let known = source[old].name { name(new, known) }
      }
    }
  }
}
