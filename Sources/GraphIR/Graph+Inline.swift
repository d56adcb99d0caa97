extension Graph {
  /// Copies the nodes of another graph whose parameters have these values here; gives the values
  /// that its values have become.
  ///
  /// - Requires: `arguments` have the types of the parameters.
  package mutating func inlineValues(_ other: Graph, _ arguments: [Value]) -> [Value] {
    let firstData = data.count
    data += other.data
    var copies: [Value] = []
    copies.reserveCapacity(other.values.count)
    for node in other.nodes {
      var attributes = node.attributes
      if case .parameter(let number) = attributes {
        copies.append(arguments[number])
        continue
      }
      if case .data(let number) = attributes { attributes = .data(firstData + number) }
      let id = append(
        node.operation, node.operands.map { copies[Int($0.index)] }, attributes,
        types: node.results.map { other.type($0) }, regions: node.regions, site: node.site)
      for (old, new) in zip(node.results, self[id].results) {
        copies.append(new)
        if let known = other[old].name { name(new, known) }
      }
    }
    return copies
  }
}

extension Builder {
  /// Copies the nodes of a graph whose parameters have these values; gives its results. What it
  /// asserts is left to the graph itself.
  package mutating func inline(_ other: Graph, _ arguments: [Value]) -> [Value] {
    let copies = graph.inlineValues(other, arguments)
    return other.outputs.map { copies[Int($0.value.index)] }
  }
}
