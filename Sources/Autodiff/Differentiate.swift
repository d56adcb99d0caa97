package import GraphIR
import Ops
package import Support

/// The pass that replaces every derivative that is asked for by the nodes that compute it.
package enum Differentiate {
  /// The graph, copied node by node, with the nodes of its derivatives in the place of requests.
  ///
  /// Requests are expanded in order, on the graph as it is by then, so that they nest. A graph
  /// without requests comes back as it is.
  ///
  /// - Parameter nodeLimit: a graph that grows past so many nodes is refused.
  package static func run(
    _ graph: Graph, nodeLimit: Int = 10_000_000
  ) throws(Diagnostic) -> Graph {
    hasRequests(graph) ? try copied(graph, nodeLimit) : graph
  }

  /// The graph, copied as above even without requests: its loops save what their reverse needs.
  fileprivate static func copied(_ graph: Graph, _ nodeLimit: Int) throws(Diagnostic) -> Graph {
    var copier = Copier(graph, nodeLimit)
    try copier.copyNodes()
    return copier.finish()
  }

  /// Whether a graph or a region in it asks for a derivative; blocks nest as deep as the user's.
  static func hasRequests(_ graph: Graph) -> Bool {
    graph.nodes.contains { node in
      node.operation == .derivative || node.regions.contains(where: hasRequests)
    }
  }
}

/// Copies a graph, and expands the requests in it.
private struct Copier {
  private let source: Graph
  private let nodeLimit: Int
  private var differentiator: Differentiator
  /// The copy of each value of the source.
  private var copies: [Value] = []
  /// Which values of the source some request names.
  private var isNamed: [Bool]
  /// How many requests lie on the way to each value of the source.
  private var orders: [Int] = []

  /// Derivatives of a higher order than this may take a tenth of the nodes: no target could take the
  /// code of more, and it would take long to find out.
  private static let commonOrder = 4

  init(_ source: Graph, _ nodeLimit: Int) {
    self.source = source
    self.nodeLimit = nodeLimit
    var target = Graph(name: source.name)
    target.doc = source.doc
    target.site = source.site
    target.symbols = source.symbols
    target.parameters = source.parameters
    target.sizeChecks = source.sizeChecks
    target.data = source.data
    differentiator = Differentiator(Builder(graph: target))
    copies.reserveCapacity(source.values.count)
    isNamed = Array(repeating: false, count: source.values.count)
    for node in source.nodes {
      guard let request = Request(node) else { continue }
      for value in request.wrt + request.constants { isNamed[Int(value.index)] = true }
    }
  }

  /// Copies the nodes in order.
  mutating func copyNodes() throws(Diagnostic) {
    for node in source.nodes {
      var results: [Value]
      var order = node.operands.reduce(0) { max($0, orders[Int($1.index)]) }
      if node.operation == .derivative { order += 1 }
      for _ in node.results { orders.append(order) }
      if let request = Request(node)?.mapped({ copies[Int($0.index)] }) {
        results = try differentiator.expand(request)
        // A cost's value may be named where the cost is not, which then may have become one with
        // others that compute the same.
        if request.form == .valueAndGrad, isNamed[Int(node.firstResult)] {
          results[0] = differentiator.builder.emit(.copy, [results[0]])
        }
        let limit = order > Copier.commonOrder ? nodeLimit / 10 : nodeLimit
        if differentiator.builder.graph.nodes.count > limit {
          throw .error(
            "the graph has more than \(limit) operations with this derivative; each derivative "
              + "of a derivative has several times as many", at: request.site)
        }
      } else if node.regions.isEmpty {
        copy(node)
        continue
      } else {
        results = try copyWithRegions(node)
      }
      for (old, new) in zip(node.results, results) {
        copies.append(new)
        if let name = source[old].name { differentiator.builder.graph.name(new, name) }
        if isNamed[Int(old.index)] { differentiator.named.insert(new) }
      }
    }
  }

  /// Appends a node as it is.
  private mutating func copy(_ node: Node) {
    let first = differentiator.builder.graph.append(
      node, of: source, on: node.operands.map { copies[Int($0.index)] })
    for number in 0..<node.resultCount {
      let new = Value(Int(first.index) + number)
      copies.append(new)
      if isNamed[Int(node.firstResult) + number] { differentiator.named.insert(new) }
    }
  }

  /// Appends a node whose regions ask for derivatives of their own; loops save what they carry.
  private mutating func copyWithRegions(_ node: Node) throws(Diagnostic) -> [Value] {
    var regions: [Graph] = []
    for region in node.regions { regions.append(try Differentiate.copied(region, nodeLimit)) }
    differentiator.builder.site = node.site
    return differentiator.builder.appendSaving(
      node.operation, node.operands.map { copies[Int($0.index)] }, node.attributes, regions)
  }

  /// The copy, with what uses values from outside the nodes.
  consuming func finish() -> Graph {
    var target = differentiator.builder.graph
    for index in target.parameters.indices {
      target.parameters[index].value = copies[Int(source.parameters[index].value.index)]
    }
    target.outputs = source.outputs
    for index in target.outputs.indices {
      target.outputs[index].value = copies[Int(source.outputs[index].value.index)]
    }
    target.updates = source.updates
    for index in target.updates.indices {
      target.updates[index].value = copies[Int(source.updates[index].value.index)]
    }
    target.assertions = source.assertions
    for index in target.assertions.indices {
      target.assertions[index].condition = copies[Int(source.assertions[index].condition.index)]
    }
    return target
  }
}
