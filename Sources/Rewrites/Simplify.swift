package import GraphIR
package import Support

/// Rewrites a graph until no rule applies.
package enum Simplify {
  /// Rounds are linear in the graph, and one is a fixpoint unless it ran into a limit; this bounds
  /// them for rules that would go on forever.
  static let roundLimit = 8

  /// The graph with the rules applied, equal nodes merged and dead ones removed.
  ///
  /// - Requires: The graph holds no derivative that is still to be computed.
  package static func run(
    _ graph: Graph, _ options: RewriteOptions = RewriteOptions(), counters: inout Counters,
    rules: [Rule] = Catalogue.early
  ) -> Graph {
    let table = RuleTable(rules, options)
    let start = counters.counts[RewriteLog.totalName, default: 0]
    var log = RewriteLog(ruleCount: table.rules.count, applied: start)
    let result = rounds(of: graph, table, options, &log)
    log.add(to: &counters, table.rules, since: start)
    return result
  }

  private static func rounds(
    of source: Graph, _ table: RuleTable, _ options: RewriteOptions, _ log: inout RewriteLog
  ) -> Graph {
    var graph = source
    for _ in 0..<roundLimit {
      let (next, isComplete) = round(graph, table, options, &log)
      graph = DeadCode.removed(from: next)
      if isComplete { break }
    }
    return graph
  }

  /// One pass over the live nodes; also whether every rule had its turn everywhere.
  private static func round(
    _ source: Graph, _ table: RuleTable, _ options: RewriteOptions, _ log: inout RewriteLog
  ) -> (Graph, isComplete: Bool) {
    var rewriter = Rewriter(table, options, log, like: source)
    var values = [Value?](repeating: nil, count: source.values.count)
    let live = source.liveNodes()
    let uses = source.useCounts(live)
    for (node, isLive) in zip(source.nodes, live) where isLive {
      let operands = node.operands.map { known(values, $0) }
      func become(_ new: Value, at place: Int) {
        values[place] = new
        rewriter.countUses(of: new, uses[place])
        if let name = source.values[place].name { rewriter.graph.name(new, name) }
      }
      if node.isRewritten {
        let candidate = Candidate(
          operation: node.operation, operands: operands, attributes: node.attributes,
          type: source.type(node.result))
        become(rewriter.simplified(candidate, site: node.site), at: Int(node.firstResult))
        continue
      }
      // Regions nest as deep as the user's blocks, which the front end bounds.
      let regions = node.regions.map { rounds(of: $0, table, options, &rewriter.log) }
      let results = rewriter.copied(
        node, operands, regions, types: node.results.map { source.type($0) })
      for (old, new) in zip(node.results, results) { become(new, at: Int(old.index)) }
    }
    log = rewriter.log
    rewriter.graph.mapRoots { known(values, $0) }
    return (rewriter.graph, !rewriter.isIncomplete)
  }

  private static func known(_ values: [Value?], _ value: Value) -> Value {
    guard let known = values[Int(value.index)] else {
      preconditionFailure("%\(value.index) is used but not live")
    }
    return known
  }
}

extension Node {
  /// Whether rules look at a node: not at parameters, nor where there are several results or
  /// regions.
  var isRewritten: Bool {
    if case .parameter = attributes { return false }
    return resultCount == 1 && regions.isEmpty
  }
}
