import Support

extension Parser {
  /// Reads one statement, without its end.
  mutating func statement(in kind: BlockKind) throws(Abandoned) -> StatementOutcome {
    let next = peek().startsLine ? .endOfFile : peek().kind
    if current.kind.isKeyword, next == .assign || next == .update {
      refuseReservedWord()
      return try assignment(to: takeName(), in: kind)
    }
    switch current.kind {
    case .name:
      if next == .assign || next == .update { return try assignment(to: takeName(), in: kind) }
      if next == .colon, !isTold {
        throw fail("only parameters, results and consts have types", at: site(of: peek()))
      }
      return try openStatement(in: kind)
    case .forKeyword: return try forLoop()
    case .whileKeyword: return try whileLoop()
    case .emitKeyword: return try emit(in: kind)
    case .assertKeyword: return try assertion()
    case .returnKeyword: return try returned(in: kind)
    case .elseKeyword: throw fail("this 'else' belongs to no 'if'", at: currentSite)
    case .doubleSlash:
      throw fail("a comment begins with '#'; '//' divides", at: currentSite, fix: "#")
    default: return try openStatement(in: kind)
    }
  }

  /// Takes the current token for a name.
  mutating func takeName() -> Name {
    let name = Name(spelling(of: current), at: currentSite)
    advance()
    return name
  }

  /// Reads `= value` or `<- value` behind its name.
  private mutating func assignment(
    to name: Name, in kind: BlockKind
  ) throws(Abandoned) -> StatementOutcome {
    let isUpdate = current.kind == .update
    let sign = currentSite
    advance()
    let value = tolerantExpression()
    let site = name.site.through(value.site)
    try refuseValueList(behind: [name])
    guard isUpdate else {
      return .statement(Statement(site: site, kind: .assign(targets: [name], value: value)))
    }
    switch kind {
    case .graph, .forBody, .whileBody:
      return .statement(Statement(site: site, kind: .update(name: name, value: value)))
    case .function:
      report("'<-' stands only in bodies of graphs and loops; a func gives values", at: sign)
    case .branch:
      report("'<-' cannot stand in a branch: write '\(name.short) <- if …'", at: sign)
    }
    return .lost
  }

  /// Reads an expression; where that fails, skips to the end of the statement.
  mutating func tolerantExpression() -> Expr {
    let base = brackets.count
    do throws(Abandoned) {
      return try expression()
    } catch {
      let site = siteBehind
      skipStatement(brackets: base)
      return Expr(.invalid, at: site)
    }
  }

  /// Reads what begins with an expression: `a, b = f(x)`, or values that stand alone.
  private mutating func openStatement(in kind: BlockKind) throws(Abandoned) -> StatementOutcome {
    guard current.kind.startsValue || current.kind.isKeyword else { throw refuseStart() }
    try refuseForeignWords()
    let start = index
    var values = [try expression()]
    while accept(.comma) { values.append(try expression()) }
    switch current.kind {
    case .assign where !isAtLineEnd: break
    case .update where !isAtLineEnd: throw refuseUpdate(of: values)
    default:
      return comparisonAlone(values, in: kind) ?? .values(values)
    }
    let targets = try targets(values)
    advance()
    let value = tolerantExpression()
    try refuseValueList(behind: targets)
    let site = site(of: tokens[start]).through(value.site)
    return .statement(Statement(site: site, kind: .assign(targets: targets, value: value)))
  }

  /// The names on the left of `=`.
  private mutating func targets(_ values: [Expr]) throws(Abandoned) -> [Name] {
    var names: [Name] = []
    for value in values {
      switch value.kind {
      case .name(let text): names.append(Name(text, at: value.site))
      case .invalid: names.append(Name("_", at: value.site))
      case .index:
        throw fail(
          "values do not change: write 'y = set_at(x[i], v)' or 'y = add_at(x[i], v)'",
          at: value.site)
      case .call:
        throw fail("only names stand before '='; a function is declared by 'func'", at: value.site)
      default: throw fail("only names stand before '='", at: value.site)
      }
    }
    return names
  }

  /// Reports `a, b <- …` and `w[0] <- …`.
  private mutating func refuseUpdate(of values: [Expr]) -> Abandoned {
    guard values.count == 1, let value = values.first else {
      return fail("an update has one name: write one for each", at: currentSite)
    }
    if case .index = value.kind {
      return fail("only whole values are updated: write 'w <- set_at(w[i], v)'", at: value.site)
    }
    return fail("only names stand before '<-'", at: value.site)
  }

  /// Takes `y == x` for `y = x`, and reports it.
  private mutating func comparisonAlone(
    _ values: [Expr], in kind: BlockKind
  ) -> StatementOutcome? {
    guard kind != .branch, values.count == 1, case .chain(let left, let links) = values[0].kind,
      case .name(let name) = left.kind, links.count == 1, links[0].operation == .equal
    else { return nil }
    // What was only taken for '==' has been reported.
    let sign = links[0].operatorSite
    if sign.end - sign.start == 2 {
      report("'==' compares; a name is given with '='", at: sign, fix: "=")
    }
    let target = Name(name, at: left.site)
    let kind = Statement.Kind.assign(targets: [target], value: links[0].operand)
    return .statement(Statement(site: values[0].site, kind: kind))
  }

  /// Reports `a, b = 1, 2`.
  mutating func refuseValueList(behind targets: [Name]) throws(Abandoned) {
    guard isAt(.comma) else { return }
    throw fail(
      targets.count == 1
        ? "one name takes one value; several stand in an array '[a, b]'"
        : "names are given one by one here: 'a = …; b = …'; only a call and an 'if' give several",
      at: currentSite)
  }

  /// Reports what no statement begins with.
  private mutating func refuseStart() -> Abandoned {
    if isTold { return Abandoned() }
    if current.kind.continuesLine, current.startsLine { return refuseLineStart(currentSite) }
    switch current.kind {
    case .rightParen, .rightBracket:
      return fail("this \(describe(current)) closes nothing", at: currentSite, fix: "")
    default: return fail("expected a statement, found \(describe(current))", at: currentSite)
    }
  }

  /// Reports an operator at the beginning of a line.
  mutating func refuseLineStart(_ site: Site) -> Abandoned {
    let sign = String(decoding: bytes[Int(site.start)..<Int(site.end)], as: UTF8.self)
    return fail(
      "a line goes on behind '\(sign)', not before it: put it at the end of the line above",
      at: site)
  }

  /// Reports words with which statements begin in other languages.
  private mutating func refuseForeignWords() throws(Abandoned) {
    let next = peek()
    guard current.kind == .name, next.kind == .name, !next.startsLine, next.end - next.start <= 40
    else { return }
    switch spelling(of: current) {
    case "let", "var", "val", "auto", "set", "double", "float", "int":
      guard peek(2).kind == .assign else { return }
      report(
        "a name is given without a word before it: '\(spelling(of: next)) = …'", at: currentSite,
        fix: "")
      if current.kind == .name { advance() }
      statementStart = index
    case "def", "fn", "function":
      throw fail("a function is declared by 'func', outside of other bodies", at: currentSite)
    default: return
    }
  }

  /// Reads `emit hs = value`.
  private mutating func emit(in kind: BlockKind) throws(Abandoned) -> StatementOutcome {
    let start = index
    advance()
    let name = try self.name("the name of what is emitted")
    guard isAt(.assign) else {
      if isAt(.comma) {
        throw fail("an 'emit' has one name: write one for each", at: currentSite)
      }
      throw unexpected(expected: "'= value' behind the name")
    }
    advance()
    let value = tolerantExpression()
    let site = site(of: tokens[start]).through(value.site)
    if kind == .forBody {
      return .statement(Statement(site: site, kind: .emit(name: name, value: value)))
    }
    let message: String =
      switch kind {
      case .graph, .function: "'emit' stands only in the body of a 'for'"
      case .whileBody: "a 'while' cannot emit: the number of its turns is not known"
      case .branch: "'emit' cannot stand in a branch: write 'emit \(name.short) = if …'"
      case .forBody: preconditionFailure("'emit' belongs there")
      }
    report(message, at: self.site(of: tokens[start]))
    return .lost
  }

  /// Reads `assert condition, "message"`.
  private mutating func assertion() throws(Abandoned) -> StatementOutcome {
    let start = index
    advance()
    let condition = try self.condition()
    guard accept(.comma) else {
      throw unexpectedBehindValue(expected: "', \"message\"'")
    }
    guard current.kind == .text else { throw unexpected(expected: "a message in quotes") }
    let message = textLiteral()
    if branchDepth > 0 {
      report("'assert' cannot stand in a branch", at: site(of: tokens[start]))
      return .lost
    }
    let kind = Statement.Kind.assert(condition: condition, message: message)
    return .statement(Statement(site: site(from: start), kind: kind))
  }

  /// Reads `return a, b`.
  private mutating func returned(in kind: BlockKind) throws(Abandoned) -> StatementOutcome {
    switch kind {
    case .function: break
    case .graph: throw fail("a graph gives its results by their names: 'y = …'", at: currentSite)
    case .forBody, .whileBody:
      throw fail("'return' stands at the end of a func, not in a loop", at: currentSite)
    case .branch: report("a branch gives its last line, without 'return'", at: currentSite, fix: "")
    }
    advance()
    var values = [tolerantExpression()]
    while accept(.comma) { values.append(tolerantExpression()) }
    return kind == .function ? .returned(values) : .values(values)
  }
}
