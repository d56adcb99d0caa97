import GraphIR
import Ops
import Support

extension GraphChecker {
  /// The values of an `if`.
  mutating func branch(_ conditional: Conditional, at site: Site) -> [Meaning] {
    branch(ArraySlice(conditional.clauses), conditional.otherwise, at: site)
  }

  private mutating func branch(
    _ clauses: ArraySlice<Conditional.Clause>, _ otherwise: Block, at site: Site
  ) -> [Meaning] {
    guard let clause = clauses.first else { return checkBranch(otherwise) }
    let mistakes = mistakeCount
    let condition = check(clause.condition)
    if let type = type(of: condition), type != TensorType(.bool) {
      error("a condition is a scalar 'bool', not \(type)", at: clause.condition.site)
    }
    // A literal becomes a value in front of the branches.
    let taken = value(of: condition, at: clause.condition.site)
    let asserted = builder.graph.assertions.count
    let cut = beginRegion()
    let first = checkBranch(clause.branch)
    let second = branch(clauses.dropFirst(), otherwise, at: site)
    let pairs = agree(first, second, at: site)
    if builder.graph.assertions.count != asserted {
      error("an assert may not stand in a branch, nor in a func that it calls", at: site)
    }
    guard mistakeCount == mistakes, let pairs, let taken else {
      dropRegion(cut)
      return [Meaning](repeating: .invalid, count: max(first.count, 1))
    }
    let (regions, captures) = endRegion(
      cut,
      [
        RegionRequest(parameters: [], results: pairs.map(\.first)),
        RegionRequest(parameters: [], results: pairs.map(\.second)),
      ])
    guard refuseHiddenPaths(into: regions, captures, at: site) else {
      return pairs.map { _ in .invalid }
    }
    builder.site = site
    do {
      let results = try builder.tryEmit(.branch, [taken] + captures, regions: regions)
      return zip(results, pairs).map { .value($0, isWeak: $1.isWeak) }
    } catch {
      self.error(error, at: site)
      return pairs.map { _ in .invalid }
    }
  }

  /// Checks the statements and the results of a branch.
  private mutating func checkBranch(_ block: Block) -> [Meaning] {
    frame.scopes.append(Scope())
    let isWhole = frame.isWhole
    frame.isWhole = isWhole && block.isWhole
    for statement in block.statements { check(statement) }
    var results: [Meaning]
    if block.results.count == 1, case .call(let name, let arguments) = block.results[0].kind {
      results = call(name, arguments, at: block.results[0].site)
    } else {
      results = block.results.map { check($0) }
    }
    if results.isEmpty { results = [.invalid] }
    warnOfUnused()
    frame.isWhole = isWhole
    frame.scopes.removeLast()
    return results
  }

  /// The results of two branches in the types that they have together.
  private mutating func agree(
    _ a: [Meaning], _ b: [Meaning], at site: Site
  ) -> [(first: Value, second: Value, isWeak: Bool)]? {
    if a.contains(.invalid) || b.contains(.invalid) { return nil }
    guard a.count == b.count else {
      error("one branch gives \(a.count) values, another \(b.count)", at: site)
      return nil
    }
    var pairs: [(first: Value, second: Value, isWeak: Bool)] = []
    for (first, second) in zip(a, b) {
      guard let common = common([first, second]),
        let x = value(of: first, as: common.dtype, at: site),
        let y = value(of: second, as: common.dtype, at: site)
      else { return nil }
      guard builder.shape(x) == builder.shape(y) else {
        error(
          "the branches of an 'if' give \(builder.type(x)) and \(builder.type(y))", at: site)
        return nil
      }
      pairs.append((x, y, common.isWeak))
    }
    return pairs
  }
}
