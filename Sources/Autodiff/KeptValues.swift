import GraphIR
import Ops
import Support

/// What a loop keeps of each turn for its reverse: first the carried values on entry, from which all
/// else could be computed again.
///
/// A recurrence, where something costly depends on what is carried, also keeps whatever varies and
/// costs more to compute than to write and to read once: functions beyond a few instructions,
/// reductions, products, factorisations, and the results of inner loops and branches. A map, and a
/// reduction of a map, keeps no more: its turns can be computed again next to their reverse, or
/// fused with it. So does a loop with checkpoints, as the user asks. Values that are the same in every turn are moved out of both loops instead.
struct KeptValues {
  /// The values, of the body.
  private(set) var values: [Value]

  init(_ body: Graph, _ form: LoopForm) {
    let firstCarried = 1 + form.sequences
    let carried = body.parameters[firstCarried..<firstCarried + form.carried].map(\.value)
    let varying = body.dependents(on: body.parameters[..<(firstCarried + form.carried)].map(\.value))
    let recurrent = body.dependents(on: carried)
    let costly = body.nodes.filter { node in
      node.isCostly && node.results.contains { varying[Int($0.index)] }
    }
    values = carried
    if !form.checkpoints.isEmpty { return }
    if costly.contains(where: { $0.results.contains { recurrent[Int($0.index)] } }) {
      values += costly.flatMap(\.results)
    }
  }
}

extension Node {
  /// Whether to compute the node's results costs more than to keep them.
  fileprivate var isCostly: Bool {
    switch operation.kernel {
    case .pointwise: operation.isCostlyPointwise
    case .reduction, .contraction, .convolution, .accumulation, .search, .routine, .regions,
      .expansion:
      true
    case .leaf, .view, .reshape, .generator, .assembly, .sumOfPieces, .gather, .scatter, .request:
      false
    }
  }
}

extension Graph {
  /// For each value, whether it depends on some others.
  fileprivate func dependents(on roots: [Value]) -> [Bool] {
    var depends = [Bool](repeating: false, count: values.count)
    for root in roots { depends[Int(root.index)] = true }
    for node in nodes where node.operands.contains(where: { depends[Int($0.index)] }) {
      for result in node.results { depends[Int(result.index)] = true }
    }
    return depends
  }

  /// The graph with some values in the place of others, and without the nodes of these.
  ///
  /// A derivative may ask anew for what was kept, as that of `cos(x)` asks for `sin(x)`: of nodes
  /// that compute the same the first is taken.
  func replacing(_ replaced: [Value: Value]) -> Graph {
    var graph = Graph(withoutNodesOf: self)
    var copies = [Value?](repeating: nil, count: values.count)
    var first = values.indices.map { Value($0) }
    var known: [NodeKey: Node] = [:]
    for node in nodes {
      if node.regions.isEmpty {
        let operands = node.operands.map { first[Int($0.index)] }
        let key = NodeKey(node.operation, operands, node.attributes)
        if let same = known[key] {
          for (result, other) in zip(node.results, same.results) {
            first[Int(result.index)] = other
            copies[Int(result.index)] = copies[Int(other.index)]
          }
          continue
        }
        known[key] = node
      }
      if node.results.contains(where: { replaced[$0] != nil }) {
        for result in node.results {
          copies[Int(result.index)] = replaced[result].flatMap { copies[Int($0.index)] }
        }
      } else {
        graph.copy(CollectionOfOne(node), of: self, &copies)
      }
    }
    graph.replaceRoots(by: copies)
    return graph
  }
}
