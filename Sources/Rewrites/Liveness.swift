import GraphIR

extension Graph {
  /// For each node whether results, updates or assertions need it; parameters always stay.
  func liveNodes() -> [Bool] {
    var isLive = [Bool](repeating: false, count: nodes.count)
    for root in roots { isLive[Int(self[root].node.index)] = true }
    for index in nodes.indices.reversed() {
      if case .parameter = nodes[index].attributes { isLive[index] = true }
      if nodes[index].asserts { isLive[index] = true }
      guard isLive[index] else { continue }
      for operand in nodes[index].operands { isLive[Int(self[operand].node.index)] = true }
    }
    return isLive
  }

  /// How many roots, and operands of nodes that are live, each value is.
  func useCounts(_ isLive: [Bool]) -> [Int32] {
    var counts = [Int32](repeating: 0, count: values.count)
    for root in roots { counts[Int(root.index)] += 1 }
    for (node, isLive) in zip(nodes, isLive) where isLive {
      for operand in node.operands { counts[Int(operand.index)] += 1 }
    }
    return counts
  }

  /// A graph of the same signature and data, without nodes yet; places of values are still those
  /// of `source`.
  init(withoutNodesOf source: Graph) {
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
  mutating func mapRoots(_ map: (Value) -> Value) {
    for index in parameters.indices { parameters[index].value = map(parameters[index].value) }
    for index in outputs.indices { outputs[index].value = map(outputs[index].value) }
    for index in updates.indices { updates[index].value = map(updates[index].value) }
    for index in assertions.indices {
      assertions[index].condition = map(assertions[index].condition)
    }
  }

  /// Puts what values have become in the place of all roots.
  mutating func replaceRoots(by values: [Value?]) {
    mapRoots { value in
      guard let known = values[Int(value.index)] else { preconditionFailure("a root is gone") }
      return known
    }
  }
}
