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
    collect(graph, add)
    return result
  }

  /// The requirements of a graph and of the regions in it.
  private static func collect(_ graph: Graph, _ add: (Requirement) -> Void) {
    for check in graph.sizeChecks { add(requirement(check)) }
    for node in graph.nodes {
      for region in node.regions { collect(region, add) }
      for value in node.results {
        for dim in graph.type(value).shape where !dim.isKnownNonNegative {
          add(Requirement(.nonNegative(dim), .negativeSize, site: node.site))
        }
      }
      if case .search = node.operation.kernel, case .reduction(let axes, _) = node.attributes {
        let extent = Dim.product(axes.map { graph.type(node.operands[0]).shape[$0] })
        if extent.constant.map({ $0 < 1 }) ?? true {
          add(Requirement(.nonNegative(extent - 1), .indexOutOfRange, site: node.site))
        }
      }
    }
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
