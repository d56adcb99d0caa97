import Support

extension Parser {
  /// Reads `if c { a } else if d { b } else { c }`.
  mutating func conditional() throws(Abandoned) -> Expr {
    let start = index
    let outerDepth = depth
    let mistakeCount = mistakes.count
    branchDepth += 1
    defer {
      depth = outerDepth
      branchDepth -= 1
    }
    var clauses: [Conditional.Clause] = []
    repeat {
      try enter()
      advance()
      let condition = try self.condition()
      let branch = try block(.branch)
      clauses.append(Conditional.Clause(condition: condition, branch: branch))
    } while try goesOnWithIf(isTold: mistakes.count > mistakeCount)
    var otherwise = try block(.branch)
    let isUntold = mistakes.count == mistakeCount
    if let empty = (clauses.map(\.branch) + [otherwise]).first(where: \.results.isEmpty) {
      if isUntold { refuseEmptyBranch(empty) }
      otherwise.isWhole = false
    }
    return Expr(
      .conditional(Conditional(clauses: clauses, otherwise: otherwise)), at: site(from: start))
  }

  /// Reads the `else` behind a branch; whether `if` follows it.
  private mutating func goesOnWithIf(isTold: Bool) throws(Abandoned) -> Bool {
    if current.kind == .name, ["elif", "elsif", "elseif"].contains(spelling(of: current)) {
      report("'else if' is two words", at: currentSite, fix: "else if")
      return true
    }
    guard current.kind == .elseKeyword else {
      if isTold || self.isTold { throw Abandoned() }
      throw fail(
        "an 'if' gives a value in every case: it needs 'else { … }'", at: siteBehind)
    }
    advance()
    return isAt(.ifKeyword)
  }

  /// Reports a branch that gives no value.
  private mutating func refuseEmptyBranch(_ branch: Block) {
    let opener = Site(file: file, start: Int(branch.site.start), end: Int(branch.site.start) + 1)
    guard case .assign(let targets, _) = branch.statements.last?.kind else {
      return report("a branch ends in its value, and this one has none", at: opener)
    }
    let names = targets.prefix(3).map(\.short).joined(separator: ", ")
    report(
      "a branch ends in its value, and its names end with it: write '\(names) = if …'", at: opener)
  }

  /// Reads a condition; takes `=` for `==`.
  mutating func condition() throws(Abandoned) -> Expr {
    let start = index
    let left = try expression()
    guard isAt(.assign) else { return left }
    let site = currentSite
    report("'=' gives a name; 'equal' is written '=='", at: site, fix: "==")
    advance()
    let right = try expression()
    let link = Link(operation: .equal, operatorSite: site, operand: right)
    return Expr(.chain(left, [link]), at: self.site(from: start))
  }
}
