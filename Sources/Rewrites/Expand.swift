package import GraphIR
import Ops
import Support

/// Replaces operations that are made of others by these, before loops are built.
///
/// Sums and products of the half types accumulate in `f32`: they are converted, and the result is
/// converted back.
package enum Expand {
  /// Expansions nest in each other at most so deep; more is a bug of an operation.
  private static let roundLimit = 32

  /// The graph without operations that have an expansion.
  ///
  /// - Parameter usesLAPACK: whether LAPACK will factor matrices that may be large.
  package static func run(_ source: Graph, usesLAPACK: Bool = false) -> Graph {
    var graph = source
    for _ in 0..<roundLimit {
      guard graph.nodes.contains(where: { isExpanded($0, graph) }) else { return graph }
      graph = expandedOnce(graph, usesLAPACK)
    }
    preconditionFailure("the expansion of an operation does not end")
  }

  /// Whether a node, or one in its regions, is replaced.
  private static func isExpanded(_ node: Node, _ graph: Graph) -> Bool {
    if case .expansion = node.operation.kernel { return true }
    if node.regions.contains(where: { region in
      region.nodes.contains { isExpanded($0, region) }
    }) {
      return true
    }
    return isAccumulatedWider(node, graph)
  }

  /// Whether a node adds or multiplies many numbers of a half type.
  private static func isAccumulatedWider(_ node: Node, _ graph: Graph) -> Bool {
    let accumulates = [.sum, .product, .contract].contains(node.operation)
    guard accumulates, let operand = node.operands.first else { return false }
    let dtype = graph.type(operand).dtype
    return dtype.arithmetic != dtype
  }

  private static func expandedOnce(_ source: Graph, _ usesLAPACK: Bool) -> Graph {
    var builder = Builder(graph: Graph(withoutNodesOf: source))
    builder.usesLAPACK = usesLAPACK
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for node in source.nodes {
      builder.site = node.site
      let operands = node.operands.map { values[Int($0.index)] }
      let results = self.results(of: node, operands, in: source, &builder)
      for (old, new) in zip(node.results, results) {
        if let name = source[old].name { builder.graph.name(new, name) }
      }
      values += results
    }
    builder.graph.mapRoots { values[Int($0.index)] }
    return builder.graph
  }

  /// The values that take the place of a node's results.
  private static func results(
    of node: Node, _ operands: [Value], in source: Graph, _ builder: inout Builder
  ) -> [Value] {
    if case .expansion(let expand) = node.operation.kernel {
      return expand(
        &builder,
        DerivativeContext(
          operation: node.operation, operands: operands, results: [], attributes: node.attributes,
          regions: node.regions))
    }
    if isAccumulatedWider(node, source) {
      let wide = operands.map { builder.convert($0, to: .f32) }
      let sum = builder.emit(node.operation, wide, node.attributes)
      return [builder.convert(sum, to: source.type(node.result).dtype)]
    }
    let id = builder.graph.append(
      node.operation, operands, node.attributes, types: node.results.map { source.type($0) },
      regions: node.regions.map { run($0, usesLAPACK: builder.usesLAPACK) }, site: node.site)
    return builder.graph[id].results
  }
}
