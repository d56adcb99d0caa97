package import GraphIR
import Ops
import Support

/// Moves out of loops what is the same in every turn: products, sums and costly functions of values
/// from outside.
///
/// A loop may have no turns, so only what cannot fail is moved. What is cheap stays: it costs less
/// in the loop than a buffer that every turn reads.
package enum HoistInvariants {
  /// The graph with what its loops repeat in front of them, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    return source.rebuilt { node, operands, builder in
      // Regions nest as deep as the user's blocks, which the front end bounds.
      var loop = Loop(operands: operands, regions: node.regions.map(run))
      if case .loop(let form) = node.attributes { loop.hoist(form, to: &builder.graph, node.site) }
      return builder.append(node, of: source, on: loop.operands, regions: loop.regions)
    }
  }
}

/// A loop whose invariants move out.
private struct Loop {
  var operands: [Value]
  var regions: [Graph]

  /// Moves what is worth it in front of the loop, and lets the loop capture it.
  mutating func hoist(_ form: LoopForm, to graph: inout Graph, _ site: Site) {
    let body = regions[0]
    let captures = form.captures(of: operands.count)
    let first = body.parameters.count - captures.count
    let invariants = Invariants(body, captures: body.parameters[first...].map(\.value))
    if invariants.moved.isEmpty { return }
    var outside: [Value: Value] = [:]
    for (parameter, place) in zip(body.parameters[first...], captures) {
      outside[parameter.value] = operands[place]
    }
    for (node, isNeeded) in zip(body.nodes, invariants.isNeeded)
    where isNeeded && outside[node.result] == nil {
      let known = node.operands.compactMap { outside[$0] }
      let id = graph.append(
        node.operation, known, node.attributes, types: [body.type(node.result)], site: node.site)
      outside[node.result] = graph[id].result
    }
    operands.insert(
      contentsOf: invariants.moved.compactMap { outside[$0] }, at: captures.upperBound)
    regions[0] = body.capturing(invariants.moved)
    if form.isWhile {
      regions[1] = regions[1].capturing(types: invariants.moved.map { body.type($0) })
    }
  }
}

/// What of a region is the same in every turn.
private struct Invariants {
  /// The values that the loop captures in place of computing them.
  private(set) var moved: [Value] = []
  /// The nodes that these take, among all of the region.
  private(set) var isNeeded: [Bool]

  init(_ body: Graph, captures: [Value]) {
    var isSame = [Bool](repeating: false, count: body.values.count)
    for value in captures { isSame[Int(value.index)] = true }
    for node in body.nodes where Invariants.mayMove(node, in: body) {
      isSame[Int(node.result.index)] = node.operands.allSatisfy { isSame[Int($0.index)] }
    }
    // What is needed where it stays: all live nodes that differ, and cheap ones that do not.
    isNeeded = [Bool](repeating: false, count: body.nodes.count)
    var isUsed = [Bool](repeating: false, count: body.values.count)
    for root in body.roots { isUsed[Int(root.index)] = true }
    for node in body.nodes.reversed() {
      let isLive = node.asserts || node.results.contains { isUsed[Int($0.index)] }
      guard isLive else { continue }
      if node.resultCount == 1, isSame[Int(node.firstResult)], Invariants.isCostly(node) {
        moved.append(node.result)
      } else {
        for operand in node.operands { isUsed[Int(operand.index)] = true }
      }
    }
    moved.reverse()
    for value in moved { isNeeded[Int(body[value].node.index)] = true }
    for number in body.nodes.indices.reversed() where isNeeded[number] {
      for operand in body.nodes[number].operands {
        isNeeded[Int(body[operand].node.index)] = true
      }
    }
  }

  /// Whether a node can be computed in front of the loop: it neither fails nor depends on a region.
  private static func mayMove(_ node: Node, in body: Graph) -> Bool {
    guard node.resultCount == 1, node.regions.isEmpty,
      body.type(node.result).shape.allSatisfy(\.isKnownNonNegative)
    else { return false }
    return switch node.operation.kernel {
    case .pointwise, .reduction, .contraction: true
    case .leaf: isConstant(node.attributes)
    case .view: views.contains(node.operation)
    case .reshape, .generator, .assembly, .sumOfPieces, .search, .convolution, .accumulation,
      .gather, .scatter, .routine, .regions, .expansion, .request:
      false
    }
  }

  private static func isConstant(_ attributes: Attributes) -> Bool {
    if case .literal = attributes { true } else { false }
  }

  /// Whether a node takes more time than the reading of its result.
  private static func isCostly(_ node: Node) -> Bool {
    switch node.operation.kernel {
    case .reduction, .contraction: true
    case .pointwise: node.operation.isCostlyPointwise
    case .leaf, .view, .reshape, .generator, .assembly, .sumOfPieces, .search, .convolution,
      .accumulation, .gather, .scatter, .routine, .regions, .expansion, .request:
      false
    }
  }

  /// Moves that look at no size.
  private static let views: Set<Operation> = [.transpose, .broadcastTo, .expandDims, .squeeze]
}

extension Graph {
  /// The region with more parameters behind its own, which take the place of some of its values.
  fileprivate func capturing(_ moved: [Value]) -> Graph {
    var graph = Graph(withoutNodesOf: self)
    var values = [Value?](repeating: nil, count: self.values.count)
    var added: [Parameter] = []
    for (place, value) in moved.enumerated() {
      let site = node(of: value).site
      let number = parameters.count + place
      let id = graph.append(.parameter, [], .parameter(number), types: [type(value)], site: site)
      values[Int(value.index)] = graph[id].result
      added.append(Parameter(name: "", site: site, value: graph[id].result))
    }
    let gone = Set(moved)
    graph.copy(
      nodes.lazy.filter { $0.resultCount != 1 || !gone.contains($0.result) }, of: self, &values)
    graph.replaceRoots(by: values)
    graph.parameters += added
    return graph
  }

  /// The region with more parameters behind its own, which nothing uses.
  fileprivate func capturing(types: [TensorType]) -> Graph {
    var graph = self
    for type in types {
      let number = graph.parameters.count
      let id = graph.append(.parameter, [], .parameter(number), types: [type], site: site)
      graph.parameters.append(Parameter(name: "", site: site, value: graph[id].result))
    }
    return graph
  }
}
