import GraphIR
import LoopIR
import Ops
import Support

/// What the sizes of a call must fulfil, from the checks of a graph and from its shapes.
enum Requirements {
  /// The requirements in the order of the graph, each once.
  static func of(_ graph: Graph) -> [Requirement] {
    var seen: Set<Requirement.Condition> = []
    var result: [Requirement] = []
    func add(_ requirement: Requirement) {
      if seen.insert(requirement.condition).inserted { result.append(requirement) }
    }
    collect(graph, isRegion: false, add)
    return result
  }

  /// The requirements of a graph and of the regions in it, whether those run or not.
  private static func collect(
    _ graph: Graph, isRegion: Bool, _ add: (Requirement) -> Void
  ) {
    for check in graph.sizeChecks { add(requirement(check)) }
    for node in graph.nodes {
      for region in node.regions { collect(region, isRegion: true, add) }
      for value in node.results {
        for dim in graph.type(value).shape where !dim.isKnownNonNegative {
          add(Requirement(.nonNegative(dim), .negativeSize, site: node.site))
        }
      }
      if !isRegion, let requirement = searched(node, of: graph) { add(requirement) }
    }
  }

  /// What a search requires that always runs: others check it where they stand.
  private static func searched(_ node: Node, of graph: Graph) -> Requirement? {
    guard case .search = node.operation.kernel, case .reduction(let axes, _) = node.attributes else {
      return nil
    }
    let extent = Dim.product(axes.map { graph.type(node.operands[0]).shape[$0] })
    if let constant = extent.constant, constant > 0 { return nil }
    return Requirement(.nonNegative(extent - 1), .indexOutOfRange, site: node.site)
  }

  private static func requirement(_ check: SizeCheck) -> Requirement {
    switch check.condition {
    case .equal(let a, let b): Requirement(.equal(a, b), .sizeMismatch, site: check.site)
    case .multiple(let a, let b): Requirement(.multiple(a, b), .sizeMismatch, site: check.site)
    case .nonNegative(let a): Requirement(.nonNegative(a), .negativeSize, site: check.site)
    case .inRange(let a): Requirement(.nonNegative(a), .indexOutOfRange, site: check.site)
    }
  }
}
