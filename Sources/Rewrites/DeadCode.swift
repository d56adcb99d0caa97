package import GraphIR

/// Removes nodes and data that nothing needs.
package enum DeadCode {
  /// The graph with what its results, updates and assertions need; parameters stay.
  package static func removed(from source: Graph) -> Graph {
    let isLive = source.liveNodes()
    if source.data.isEmpty, isLive.allSatisfy({ $0 }) { return source }
    var graph = Graph(withoutNodesOf: source)
    graph.data = []
    var values = [Value?](repeating: nil, count: source.values.count)
    var places = [Int?](repeating: nil, count: source.data.count)
    for (node, isLive) in zip(source.nodes, isLive) where isLive {
      var attributes: Attributes?
      if case .data(let index) = node.attributes {
        attributes = .data(place(of: index, in: source, &places, &graph))
      }
      let new = graph.append(
        node, of: source, on: node.operands.map { known(values, $0) }, attributes)
      for number in 0..<node.resultCount {
        values[Int(node.firstResult) + number] = Value(Int(new.index) + number)
      }
    }
    graph.mapRoots { known(values, $0) }
    return graph
  }

  /// The number of a tensor among those that are still used.
  private static func place(
    of index: Int, in source: Graph, _ places: inout [Int?], _ graph: inout Graph
  ) -> Int {
    if let place = places[index] { return place }
    places[index] = graph.data.count
    graph.data.append(source.data[index])
    return graph.data.count - 1
  }

  private static func known(_ values: [Value?], _ value: Value) -> Value {
    guard let known = values[Int(value.index)] else {
      preconditionFailure("%\(value.index) is used but not live")
    }
    return known
  }
}
