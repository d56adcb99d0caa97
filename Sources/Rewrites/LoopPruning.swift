package import GraphIR
import Ops
import Support

/// Takes out of loops what nothing uses: stacks, carried values, sequences and captures.
///
/// Differentiation lets every loop save what it carries; where no reverse loop reads that, nothing
/// is saved.
package enum LoopPruning {
  /// The graph with its loops pruned, and those in their regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    let isUsed = usedValues(of: source)
    var graph = Graph(withoutNodesOf: source)
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for node in source.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      let results: [Value]
      if case .loop(let form) = node.attributes {
        results = append(node, form, operands, isUsed, to: &graph)
      } else {
        let id = graph.append(
          node.operation, operands, node.attributes,
          types: node.results.map { source.type($0) }, regions: node.regions.map { run($0) },
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

  /// Which values some live node or root uses.
  private static func usedValues(of graph: Graph) -> [Bool] {
    var isUsed = [Bool](repeating: false, count: graph.values.count)
    for root in graph.roots { isUsed[Int(root.index)] = true }
    for node in graph.nodes.reversed()
    where node.asserts || node.results.contains(where: { isUsed[Int($0.index)] }) {
      for operand in node.operands { isUsed[Int(operand.index)] = true }
    }
    return isUsed
  }

  /// Appends a loop without what is not used. Results that are gone stand for the first that is
  /// left; nothing looks at them.
  private static func append(
    _ node: Node, _ form: LoopForm, _ operands: [Value], _ isUsed: [Bool], to graph: inout Graph
  ) -> [Value] {
    let needs = LoopNeeds(node, form, isUsed: node.results.map { isUsed[Int($0.index)] })
    guard !needs.results.isEmpty || form.isWhile || node.results.isEmpty else {
      // A dead loop stays for its results to stand somewhere; it is taken out at the end.
      let id = graph.append(
        node.operation, operands, node.attributes,
        types: resultTypes(node), regions: node.regions, site: node.site)
      return graph[id].results
    }
    var pruned = form
    pruned.sequences = needs.sequences.count
    pruned.carried = needs.carried.count
    pruned.stacked = needs.stacked.count
    pruned.saved = 0
    var kept = needs.sequences.map { operands[$0] }
    kept += needs.carried.map { operands[form.sequences + $0] }
    kept += needs.captures.map { operands[form.sequences + form.carried + $0] }
    if form.isBounded, let bound = operands.last { kept.append(bound) }
    let id = graph.append(
      node.operation, kept, .loop(pruned), types: needs.results.map { resultTypes(node)[$0] },
      regions: needs.regions(of: node).map { run($0) }, site: node.site)
    let results = graph[id].results
    return node.results.indices.map { number in
      needs.results.firstIndex(of: number).map { results[$0] } ?? results[0]
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

/// What of a loop is needed for the results that are used.
private struct LoopNeeds {
  private let form: LoopForm
  /// The numbers of what stays, among their kind.
  private(set) var sequences: [Int] = []
  private(set) var carried: [Int] = []
  private(set) var captures: [Int] = []
  private(set) var stacked: [Int] = []
  /// The numbers of the results that stay.
  private(set) var results: [Int] = []

  init(_ node: Node, _ form: LoopForm, isUsed: [Bool]) {
    self.form = form
    stacked = (0..<form.stacked).filter { isUsed[form.carried + $0] }
    carried = (0..<form.carried).filter { isUsed[$0] }
    let captureCount = form.captures(of: node.operands.count).count
    var needed: Set<Int> = []
    while true {
      let outputs = carried + stacked.map { form.carried + $0 }
      needed = LoopNeeds.parameters(of: node.regions[0], outputs: outputs)
      if form.isWhile {
        for number in LoopNeeds.parameters(of: node.regions[1], outputs: [0]) {
          needed.insert(1 + form.sequences + number)
        }
      }
      let more = (0..<form.carried).filter {
        carried.contains($0) || needed.contains(1 + form.sequences + $0)
      }
      if more == carried { break }
      carried = more
    }
    sequences = (0..<form.sequences).filter { needed.contains(1 + $0) }
    captures = (0..<captureCount).filter {
      needed.contains(1 + form.sequences + form.carried + $0)
    }
    results = carried + stacked.map { form.carried + $0 }
    if form.isWhile { results.append(form.carried + form.stacked) }
  }

  /// The regions with the parameters and results that stay.
  func regions(of node: Node) -> [Graph] {
    let parameters =
      [0] + sequences.map { 1 + $0 } + carried.map { 1 + form.sequences + $0 }
      + captures.map { 1 + form.sequences + form.carried + $0 }
    let outputs = carried + stacked.map { form.carried + $0 }
    var regions = [node.regions[0].restricted(to: parameters, outputs: outputs)]
    if form.isWhile {
      let parameters = carried + captures.map { form.carried + $0 }
      regions.append(node.regions[1].restricted(to: parameters, outputs: [0]))
    }
    return regions
  }

  /// The numbers of the parameters that some results and all assertions of a region need.
  private static func parameters(of region: Graph, outputs: [Int]) -> Set<Int> {
    var isUsed = [Bool](repeating: false, count: region.values.count)
    for number in outputs { isUsed[Int(region.outputs[number].value.index)] = true }
    for assertion in region.assertions { isUsed[Int(assertion.condition.index)] = true }
    for node in region.nodes.reversed()
    where node.asserts || node.results.contains(where: { isUsed[Int($0.index)] }) {
      for operand in node.operands { isUsed[Int(operand.index)] = true }
    }
    return Set(region.parameters.indices.filter { isUsed[Int(region.parameters[$0].value.index)] })
  }
}

extension Graph {
  /// The graph with only some of its parameters and results, given by their numbers.
  ///
  /// - Requires: Nothing that stays needs another parameter.
  fileprivate func restricted(to kept: [Int], outputs numbers: [Int]) -> Graph {
    var reduced = self
    reduced.outputs = numbers.map { outputs[$0] }
    let live = reduced.liveNodes()
    var graph = Graph(withoutNodesOf: reduced)
    var values = [Value?](repeating: nil, count: self.values.count)
    graph.parameters = []
    for (place, number) in kept.enumerated() {
      let old = parameters[number]
      let id = graph.append(
        .parameter, [], .parameter(place), types: [type(old.value)], site: old.site)
      values[Int(old.value.index)] = graph[id].result
      if let name = self[old.value].name { graph.name(graph[id].result, name) }
      var parameter = old
      // Its place is mapped with the roots below.
      parameter.value = old.value
      graph.parameters.append(parameter)
    }
    let staying = zip(nodes, live).lazy.filter { $1 && $0.operation != .parameter }.map(\.0)
    graph.copy(staying, of: self, &values)
    graph.replaceRoots(by: values)
    return graph
  }
}
