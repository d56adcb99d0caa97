package import GraphIR
import Ops
package import Support

/// Rewrites formulas that overflow, or lose their digits, before derivatives are formed.
///
/// Nothing is folded yet, so that literals profit too, and nothing is removed, so that mistakes in
/// what is not used are still told.
package enum Stabilise {
  /// A round is a fixpoint unless it ran into a limit; this bounds them.
  private static let roundLimit = 4

  /// The graph with the stable functions in place; under `--math=strict` as it is.
  ///
  /// Values that a derivative names stay values of their own: no rule looks through them, and none
  /// becomes one with another.
  package static func run(
    _ graph: Graph, _ options: RewriteOptions = RewriteOptions(), counters: inout Counters
  ) -> Graph {
    if options.strict { return graph }
    let table = RuleTable(rules, options)
    let start = counters.counts[RewriteLog.totalName, default: 0]
    var log = RewriteLog(ruleCount: table.rules.count, applied: start)
    let result = rounds(of: graph, table, options, &log)
    log.add(to: &counters, table.rules, since: start)
    return result
  }

  /// Rules that bring formulas to the spelling in which the stable ones know them.
  private static let spellings: Set<String> = [
    "canonical-literal", "constants-first", "copy", "zero-sub", "add-negated", "sub-negated",
    "sub-constant", "neg-neg", "neg-sub", "neg-multiple", "neg-over", "neg-divided",
    "mul-minus-one", "mul-self", "mul-negated-constant", "mul-negated", "pow-two",
    "pow-minus-one", "div-minus-one", "one-div", "div-negated-by-constant",
    "div-constant-by-negated", "negated-div", "div-by-negated", "slice-whole", "sum-sum",
    "reduce-reduce",
  ]

  private static let rules =
    Catalogue.early.filter { spellings.contains($0.name) } + Catalogue.stabilisation

  private static func rounds(
    of source: Graph, _ table: RuleTable, _ options: RewriteOptions, _ log: inout RewriteLog
  ) -> Graph {
    var graph = source
    for _ in 0..<roundLimit {
      let (next, isComplete) = round(graph, table, options, &log)
      graph = next
      if isComplete { break }
    }
    return graph
  }

  /// One pass over all nodes; also whether every rule had its turn everywhere.
  private static func round(
    _ source: Graph, _ table: RuleTable, _ options: RewriteOptions, _ log: inout RewriteLog
  ) -> (Graph, isComplete: Bool) {
    var rewriter = Rewriter(table, options, log, like: source)
    let isNamed = source.namedInDerivatives()
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for node in source.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      var results: [Value]
      if node.isRewritten {
        let candidate = Candidate(
          operation: node.operation, operands: operands, attributes: node.attributes,
          type: source.type(node.result))
        results = [rewriter.simplified(candidate, site: node.site)]
        if isNamed[Int(node.firstResult)] { results = [rewriter.opaque(results[0])] }
      } else {
        // Regions nest as deep as the user's blocks, which the front end bounds.
        let regions = node.regions.map { rounds(of: $0, table, options, &rewriter.log) }
        results = rewriter.copied(
          node, operands, regions, types: node.results.map { source.type($0) })
      }
      for (old, new) in zip(node.results, results) {
        if let name = source[old].name { rewriter.graph.name(new, name) }
      }
      values += results
    }
    log = rewriter.log
    rewriter.graph.mapRoots { values[Int($0.index)] }
    return (rewriter.graph, !rewriter.isIncomplete)
  }
}

extension Graph {
  /// Which values a derivative is asked for by, or holds constant.
  fileprivate func namedInDerivatives() -> [Bool] {
    var isNamed = [Bool](repeating: false, count: values.count)
    for node in nodes {
      guard case .derivative(let request) = node.attributes else { continue }
      let wrt = node.operands[1..<(1 + request.wrtCount)]
      for value in wrt + node.operands.suffix(request.constantCount) {
        isNamed[Int(value.index)] = true
      }
    }
    return isNamed
  }
}
