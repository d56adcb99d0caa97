package import GraphIR
import Ops
import Support

/// Takes out of loops what nothing uses: stacks, carried values, sequences and captures. What every
/// turn hands on as it is becomes a capture, and a captured constant one of the body.
///
/// Differentiation lets every loop save what it carries; where no reverse loop reads that, nothing
/// is saved.
package enum LoopPruning {
  /// The graph with its loops pruned, and those in their regions, until nothing more goes: what a
  /// loop inside no longer takes, the loop around it need not make.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    var graph = source
    while true {
      let pruned = round(graph)
      // A round that takes something out leaves less, and there is not less than nothing.
      guard pruned.extent < graph.extent else { return pruned }
      graph = pruned
    }
  }

  /// What of a graph some of its results need, given by their numbers, also inside of loops; the
  /// others, which keep their numbers, are nothing of use.
  package static func restricted(_ source: Graph, to outputs: Set<Int>) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    var graph = source
    let id = graph.append(
      .literal, [], .literal(.bool(false), .bool), types: [TensorType(.bool)], site: .none)
    for number in graph.outputs.indices where !outputs.contains(number) {
      graph.outputs[number].value = graph[id].result
    }
    return run(graph)
  }

  /// One round over a graph and its regions.
  private static func round(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    let (isUsed, needs) = uses(in: source)
    var graph = Graph(withoutNodesOf: source)
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for (number, node) in source.nodes.enumerated() {
      let operands = node.operands.map { values[Int($0.index)] }
      let results: [Value]
      if let needs = needs[number] {
        results = append(node, needs, operands, to: &graph)
      } else {
        let id = graph.append(
          node.operation, operands, node.attributes,
          types: node.results.map { source.type($0) }, regions: node.regions.map { round($0) },
          site: node.site)
        results = graph[id].results
      }
      // Results that are gone have no place of their own, and leave their names to no other.
      for (old, new) in zip(node.results, results) where isUsed[Int(old.index)] {
        if let name = source[old].name { graph.name(new, name) }
      }
      values += results
    }
    graph.mapRoots { values[Int($0.index)] }
    return DeadCode.removed(from: graph)
  }

  /// Which values some live node or root uses, and what each live loop needs, by its number.
  private static func uses(in graph: Graph) -> (isUsed: [Bool], needs: [Int: LoopNeeds]) {
    var isUsed = [Bool](repeating: false, count: graph.values.count)
    var needs: [Int: LoopNeeds] = [:]
    for root in graph.roots { isUsed[Int(root.index)] = true }
    for (number, node) in graph.nodes.enumerated().reversed()
    where node.asserts || node.results.contains(where: { isUsed[Int($0.index)] }) {
      var operands = node.operands
      if case .loop(let form) = node.attributes {
        let loop = LoopNeeds(node, form, isUsed: node.results.map { isUsed[Int($0.index)] }) {
          graph.literal($0) != nil
        }
        needs[number] = loop
        operands = (loop.operands + loop.constants + loop.passed).map { node.operands[$0] }
      }
      for operand in operands { isUsed[Int(operand.index)] = true }
    }
    return (isUsed, needs)
  }

  /// Appends a loop with what it needs. Results that are gone stand for another value; nothing
  /// looks at them.
  private static func append(
    _ node: Node, _ needs: LoopNeeds, _ operands: [Value], to graph: inout Graph
  ) -> [Value] {
    var results: [Value] = []
    if !needs.results.isEmpty || node.asserts {
      let constants = Dictionary(
        uniqueKeysWithValues: needs.constants.map { ($0, graph.node(of: operands[$0])) })
      let id = graph.append(
        node.operation, needs.operands.map { operands[$0] }, .loop(needs.pruned),
        types: needs.results.map { resultTypes(node)[$0] },
        regions: needs.regions(of: node, constants).map { round($0) }, site: node.site)
      results = graph[id].results
    }
    return node.results.indices.map { number in
      if let place = needs.results.firstIndex(of: number) { return results[place] }
      return needs.initialValue(ofResult: number).map { operands[$0] } ?? results.first ?? operands[0]
    }
  }

  /// The types of a loop's results, from its regions.
  private static func resultTypes(_ node: Node) -> [TensorType] {
    guard case .loop(let form) = node.attributes else { return [] }
    let body = node.regions[0]
    let types = body.outputs.map { body.type($0.value) }
    let stacks = types[form.stackedResults].map { TensorType($0.dtype, [form.count] + $0.shape) }
    return types[..<form.carried] + stacks + (form.isWhile ? [TensorType(.i64)] : [])
  }
}
