import GraphIR
import Ops
import Support

/// What of a loop is needed for the results that are used, by the places of operands: the parameter
/// of the body for each stands one further, behind the number of the turn.
struct LoopNeeds {
  private let form: LoopForm
  private let operandCount: Int
  private let sequences: [Int]
  /// The numbers of the carried values that stay, and of the stacks.
  private let carried: [Int]
  private let stacked: [Int]
  /// Operands that are the same in every turn: captures, and carried values that no turn changes.
  private let captures: [Int]
  /// The same, where they are literals, which the body then has itself.
  let constants: [Int]
  /// The carried values that no turn changes.
  private let invariants: Set<Int>
  /// The operands that take the place of results, since no turn changes them.
  let passed: [Int]

  init(_ node: Node, _ form: LoopForm, isUsed: [Bool], isConstant: (Value) -> Bool) {
    self.form = form
    operandCount = node.operands.count
    let body = node.regions[0]
    let unchanged = Set(
      (0..<form.carried).filter {
        body.outputs[$0].value == body.parameters[1 + form.sequences + $0].value
      })
    // A loop that runs for its assertions keeps its results: it must have some.
    let isKept =
      node.asserts && !isUsed.indices.contains { isUsed[$0] && !unchanged.contains($0) }
    let invariants = isKept ? [] : unchanged
    self.invariants = invariants
    passed = invariants.filter { isUsed[$0] }.sorted().map { form.sequences + $0 }
    let stacked = (0..<form.stacked).filter { isKept || isUsed[form.carried + $0] }
    var carried = (0..<form.carried).filter {
      !invariants.contains($0) && (isKept || isUsed[$0])
    }
    var needed: Set<Int> = []
    while true {
      needed = LoopNeeds.needed(node, form, carried + stacked.map { form.carried + $0 })
      let more = (0..<form.carried).filter {
        !invariants.contains($0) && (carried.contains($0) || needed.contains(form.sequences + $0))
      }
      if more == carried { break }
      carried = more
    }
    let same =
      form.carriedOperands.filter { invariants.contains($0 - form.sequences) }
      + form.captures(of: operandCount)
    sequences = (0..<form.sequences).filter { needed.contains($0) }
    captures = same.filter { needed.contains($0) && !isConstant(node.operands[$0]) }
    constants = same.filter { needed.contains($0) && isConstant(node.operands[$0]) }
    self.carried = carried
    self.stacked = stacked
  }

  /// The numbers of the results that stay.
  var results: [Int] {
    carried + stacked.map { form.carried + $0 } + (form.isWhile ? [form.carried + form.stacked] : [])
  }

  /// The places of the operands that stay.
  var operands: [Int] {
    sequences + carried.map { form.sequences + $0 } + captures
      + (form.isBounded ? [operandCount - 1] : [])
  }

  /// The form that is left.
  var pruned: LoopForm {
    var form = form
    form.sequences = sequences.count
    form.carried = carried.count
    form.stacked = stacked.count
    form.saved = 0
    return form
  }

  /// The operand that a result is, where no turn changes it.
  func initialValue(ofResult number: Int) -> Int? {
    invariants.contains(number) ? form.sequences + number : nil
  }

  /// The regions with the parameters and results that stay, and with constants of their own.
  func regions(of node: Node, _ constants: [Int: Node]) -> [Graph] {
    func literals(_ shift: Int) -> [Int: Node] {
      Dictionary(uniqueKeysWithValues: constants.map { ($0.key + shift, $0.value) })
    }
    let same = carried.map { form.sequences + $0 } + captures
    var regions = [
      node.regions[0].restricted(
        to: [0] + (sequences + same).map { 1 + $0 },
        outputs: carried + stacked.map { form.carried + $0 }, literals(1))
    ]
    if form.isWhile {
      regions.append(
        node.regions[1].restricted(
          to: same.map { $0 - form.sequences }, outputs: [0], literals(-form.sequences)))
    }
    return regions
  }

  /// The places of the operands that some results of a loop's body, and its condition, need.
  private static func needed(_ node: Node, _ form: LoopForm, _ outputs: [Int]) -> Set<Int> {
    var needed = Set(parameters(of: node.regions[0], outputs: outputs).map { $0 - 1 })
    if form.isWhile {
      needed.formUnion(
        parameters(of: node.regions[1], outputs: [0]).map { $0 + form.sequences })
    }
    return needed
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
  /// How much there is to a graph: nodes, operands and results, also in regions.
  var extent: Int {
    nodes.reduce(0) { sum, node in
      sum + 1 + node.operands.count + node.resultCount
        + node.regions.reduce(0) { $0 + $1.extent }
    }
  }

  /// The graph with only some of its parameters and results, given by their numbers, and with
  /// constants in the place of other parameters.
  ///
  /// - Requires: Nothing that stays needs another parameter.
  fileprivate func restricted(
    to kept: [Int], outputs numbers: [Int], _ constants: [Int: Node]
  ) -> Graph {
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
    for (number, constant) in constants.sorted(by: { $0.key < $1.key }) {
      let old = parameters[number].value
      let id = graph.append(
        constant.operation, [], constant.attributes, types: [type(old)], site: constant.site)
      values[Int(old.index)] = graph[id].result
    }
    let staying = zip(nodes, live).lazy.filter { $1 && $0.operation != .parameter }.map(\.0)
    graph.copy(staying, of: self, &values)
    graph.replaceRoots(by: values)
    return graph
  }
}
