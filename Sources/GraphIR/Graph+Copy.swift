extension Graph {
  /// A graph of the same signature and data, without nodes yet; places of values are still those
  /// of `source`.
  package init(withoutNodesOf source: Graph) {
    self.init(name: source.name)
    doc = source.doc
    site = source.site
    symbols = source.symbols
    parameters = source.parameters
    outputs = source.outputs
    updates = source.updates
    assertions = source.assertions
    sizeChecks = source.sizeChecks
    data = source.data
  }

  /// Lets parameters, results, updates and assertions use the values that took the place of theirs.
  package mutating func mapRoots(_ map: (Value) -> Value) {
    for index in parameters.indices { parameters[index].value = map(parameters[index].value) }
    for index in outputs.indices { outputs[index].value = map(outputs[index].value) }
    for index in updates.indices { updates[index].value = map(updates[index].value) }
    for index in assertions.indices {
      assertions[index].condition = map(assertions[index].condition)
    }
  }

  /// Puts what values have become in the place of all roots.
  package mutating func replaceRoots(by values: [Value?]) {
    mapRoots { value in
      guard let known = values[Int(value.index)] else { preconditionFailure("a root is gone") }
      return known
    }
  }

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
      let new = append(node, of: source, on: operands)
      for number in 0..<node.resultCount {
        values[Int(node.firstResult) + number] = Value(Int(new.index) + number)
      }
    }
  }

  /// The graph made anew, node by node: `append` gets each node with what its operands have become,
  /// and gives what its results become. What it makes keeps the names.
  package func rebuilt(
    _ append: (Node, [Value], inout Builder) -> [Value]
  ) -> Graph {
    var builder = Builder(graph: Graph(withoutNodesOf: self))
    var values: [Value] = []
    values.reserveCapacity(self.values.count)
    for node in nodes {
      builder.site = node.site
      let first = builder.graph.values.count
      let results = append(node, node.operands.map { values[Int($0.index)] }, &builder)
      for (old, new) in zip(node.results, results)
      where Int(new.index) >= first && builder.graph[new].name == nil {
        if let name = self[old].name { builder.graph.name(new, name) }
      }
      values += results
    }
    builder.graph.mapRoots { values[Int($0.index)] }
    return builder.graph
  }
}

extension Builder {
  /// Appends a node of another graph on other operands, and with other attributes or regions; gives
  /// its results, which have the types that they had.
  package mutating func append(
    _ node: Node, of source: Graph, on operands: [Value], _ attributes: Attributes? = nil,
    regions: [Graph]
  ) -> [Value] {
    let id = graph.append(
      node.operation, operands, attributes ?? node.attributes,
      types: node.results.map { source.type($0) }, regions: regions, site: node.site)
    return graph[id].results
  }
}
