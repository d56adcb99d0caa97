extension Graph {
  /// For each node whether results, updates or assertions need it; parameters always stay.
  package func liveNodes() -> [Bool] {
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
  package func useCounts(_ isLive: [Bool]) -> [Int32] {
    var counts = [Int32](repeating: 0, count: values.count)
    for root in roots { counts[Int(root.index)] += 1 }
    for (node, isLive) in zip(nodes, isLive) where isLive {
      for operand in node.operands { counts[Int(operand.index)] += 1 }
    }
    return counts
  }
}
