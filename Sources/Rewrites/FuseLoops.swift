package import GraphIR
import Ops
import Support

/// Makes one loop of two that go through the same sequence, if neither needs the other and their
/// turns may run in any order: maps, and sums over maps.
///
/// So the gradient of a sum over a map is computed in the pass that computes the sum, where its seed
/// does not depend on it, and what both need of a turn is computed once. Recurrences stay apart:
/// they would take the lanes from a map. A loop that may run in any order runs forwards.
package enum FuseLoops {
  /// The graph with such loops fused, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    var graph = forwards(source)
    // Each round leaves one loop less.
    while let (first, second) = pair(in: graph) { graph = fused(graph, first, second) }
    return graph
  }

  /// The graph with loops that may run in any order running forwards, and its regions fused.
  private static func forwards(_ source: Graph) -> Graph {
    source.rebuilt { node, operands, builder in
      var attributes = node.attributes
      if case .loop(var form) = attributes, TurnSum.isOrderless(node) {
        form.isReversed = false
        attributes = .loop(form)
      }
      return builder.append(
        node, of: source, on: operands, attributes, regions: node.regions.map(run))
    }
  }

  /// The numbers of two loops that can be one.
  private static func pair(in graph: Graph) -> (Int, Int)? {
    let loops = graph.nodes.indices.filter { TurnSum.isOrderless(graph.nodes[$0]) }
    for (place, second) in loops.enumerated().dropFirst() {
      for first in loops[..<place]
      where graph.nodes[first].shareSequence(with: graph.nodes[second])
        && !graph.dependents(on: first, through: second).contains(second)
      {
        return (first, second)
      }
    }
    return nil
  }

  /// The graph with one loop in the place of the later of two.
  private static func fused(_ source: Graph, _ first: Int, _ second: Int) -> Graph {
    let late = source.dependents(on: first, through: second)
    var graph = Graph(withoutNodesOf: source)
    var values = [Value?](repeating: nil, count: source.values.count)
    for (number, node) in source.nodes[..<second].enumerated()
    where number != first && !late.contains(number) {
      graph.copy(CollectionOfOne(node), of: source, &values)
    }
    append(source.nodes[first], source.nodes[second], of: source, to: &graph, &values)
    graph.copy(late.subtracting([second]).sorted().map { source.nodes[$0] }, of: source, &values)
    graph.copy(source.nodes[(second + 1)...], of: source, &values)
    graph.replaceRoots(by: values)
    return graph
  }

  /// Appends two loops as one.
  private static func append(
    _ first: Node, _ second: Node, of source: Graph, to graph: inout Graph,
    _ values: inout [Value?]
  ) {
    guard case .loop(let a) = first.attributes, case .loop(let b) = second.attributes else {
      preconditionFailure("only loops are fused")
    }
    let parts = [LoopPart(first, a), LoopPart(second, b)]
    let operands = LoopPart.joined(parts.map { $0.operands.compactMap { values[Int($0.index)] } }, parts)
    var body = Graph(name: first.regions[0].name)
    let index = body.addParameter("turn", TensorType(.i64), at: first.site)
    var arguments = [[index], [index]]
    for role in LoopPart.Role.allCases {
      for (number, part) in parts.enumerated() {
        for known in part.parameters(role) {
          arguments[number].append(
            body.addParameter(known.name, part.body.type(known.value), at: first.site))
        }
      }
    }
    var outputs: [[Output]] = []
    for (part, arguments) in zip(parts, arguments) {
      let copies = body.inlineValues(part.body, arguments)
      outputs.append(part.body.outputs.map { $0.with(value: copies[Int($0.value.index)]) })
      body.assertions += part.body.assertions.map { assertion in
        var moved = assertion
        moved.condition = copies[Int(assertion.condition.index)]
        return moved
      }
    }
    body.outputs = Array(outputs[0][..<a.carried] + outputs[1][..<b.carried])
    body.outputs += outputs[0][a.carried...] + outputs[1][b.carried...]
    let form = LoopForm(
      count: a.count, sequences: a.sequences + b.sequences, carried: a.carried + b.carried,
      stacked: a.stacked + b.stacked)
    let places = LoopPart.places(a, b)
    var types = [TensorType](repeating: TensorType(.bool), count: places.count)
    for (place, value) in zip(places, first.results + second.results) {
      types[place] = source.type(value)
    }
    let id = graph.append(
      .loop, operands, .loop(form), types: types, regions: [body], site: second.site)
    for (place, old) in zip(places, first.results + second.results) {
      values[Int(old.index)] = graph[id].results[place]
      if let name = source[old].name { graph.name(graph[id].results[place], name) }
    }
  }
}

/// One of two loops that become one.
private struct LoopPart {
  /// The roles of operands, in their order.
  enum Role: CaseIterable {
    case sequence, carried, capture
  }

  let operands: [Value]
  let form: LoopForm
  let body: Graph

  init(_ node: Node, _ form: LoopForm) {
    operands = node.operands
    self.form = form
    body = node.regions[0]
  }

  /// The places of the operands of a role.
  private func range(_ role: Role) -> Range<Int> {
    switch role {
    case .sequence: 0..<form.sequences
    case .carried: form.carriedOperands
    case .capture: form.captures(of: operands.count)
    }
  }

  /// The parameters of the body for the operands of a role.
  func parameters(_ role: Role) -> [Parameter] { range(role).map { body.parameters[1 + $0] } }

  /// The operands of several loops by role.
  static func joined(_ operands: [[Value]], _ parts: [LoopPart]) -> [Value] {
    Role.allCases.flatMap { role in
      zip(operands, parts).flatMap { operands, part in operands[part.range(role)] }
    }
  }

  /// Where the results of two loops stand among those of one: first what is carried, then stacks.
  static func places(_ a: LoopForm, _ b: LoopForm) -> [Int] {
    let carried = a.carried + b.carried
    return Array(0..<a.carried) + (0..<a.stacked).map { carried + $0 }
      + (0..<b.carried).map { a.carried + $0 } + (0..<b.stacked).map { carried + a.stacked + $0 }
  }
}

/// What loops do with what they carry.
private enum TurnSum {
  /// Whether a node is a loop over all turns that carries nothing but sums of what its turns compute
  /// by themselves.
  static func isOrderless(_ node: Node) -> Bool {
    guard case .loop(let form) = node.attributes, !form.isWhile, !form.isBounded else {
      return false
    }
    let body = node.regions[0]
    let uses = body.useCounts(body.liveNodes())
    return (0..<form.carried).allSatisfy { body.addend(ofCarried: $0, form, uses) != nil }
  }
}

extension Node {
  /// Whether two loops have the same number of turns and go through the same sequence.
  fileprivate func shareSequence(with other: Node) -> Bool {
    guard case .loop(let a) = attributes, case .loop(let b) = other.attributes,
      a.count == b.count
    else { return false }
    return operands[..<a.sequences].contains(where: other.operands[..<b.sequences].contains)
  }
}

extension Output {
  /// The same result with another value.
  fileprivate func with(value: Value) -> Output {
    var output = self
    output.value = value
    return output
  }
}

extension Graph {
  /// The numbers of the nodes behind one, up to another, that need its results.
  fileprivate func dependents(on first: Int, through last: Int) -> Set<Int> {
    var reached = Set(nodes[first].results)
    var dependents: Set<Int> = []
    for number in (first + 1)...last where nodes[number].operands.contains(where: reached.contains) {
      dependents.insert(number)
      reached.formUnion(nodes[number].results)
    }
    return dependents
  }
}
