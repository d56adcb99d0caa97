import Support

/// What a block is the body of.
enum BlockKind {
  case graph, function, forBody, whileBody, branch
}

/// What a statement turned out to be.
enum StatementOutcome {
  case statement(Statement)
  /// Expressions that stand alone.
  case values([Expr])
  /// `return` with its values.
  case returned([Expr])
  /// Something that was reported and leaves nothing.
  case lost
}

extension Parser {
  /// Reads `{ … }`.
  mutating func block(_ kind: BlockKind) throws(Abandoned) -> Block {
    let start = index
    guard current.kind == .leftBrace else { throw missingBrace(kind) }
    if isAtLineEnd {
      report("'{' stands at the end of the line above", at: currentSite)
    }
    try enter()
    defer { depth -= 1 }
    let opener = currentSite
    advance()
    return blockBehindBrace(kind, opener: opener, from: start)
  }

  /// Reads the lines of a body whose brace is missing, if they are indented as a body; the head of
  /// the loop, which began with `statement`, has been reported.
  mutating func blockWithoutBrace(
    _ kind: BlockKind, of statement: Token
  ) throws(Abandoned) -> Block? {
    guard current.startsLine, statement.startsLine, current.kind != .rightBrace,
      current.kind != .endOfFile, column(of: current) > column(of: statement)
    else { return nil }
    try enter()
    defer { depth -= 1 }
    let opener = siteBehind
    open(.leftBrace)
    return blockBehindBrace(kind, opener: opener, from: index)
  }

  /// Reads `… }`.
  private mutating func blockBehindBrace(
    _ kind: BlockKind, opener: Site, from start: Int
  ) -> Block {
    let outerKind = blockKind
    blockKind = kind
    defer { blockKind = outerKind }
    var reader = BlockReader(kind: kind)
    let mistakeCount = mistakes.count
    let base = brackets.count
    while current.kind != .rightBrace, current.kind != .endOfFile {
      if current.kind == .semicolon {
        advance()
        continue
      }
      if startsDeclaration(at: index) {
        guard column(of: current) > declarationColumn else { break }
        nestedDeclaration()
        continue
      }
      readStatement(into: &reader, brackets: base)
    }
    finish(&reader, opener: opener, isUntold: mistakes.count == mistakeCount)
    closeBlock(opener)
    return Block(
      site: site(from: start), statements: reader.statements, results: reader.results,
      isWhole: reader.isWhole)
  }

  /// Reads one statement with its end, and puts it where it belongs.
  private mutating func readStatement(into reader: inout BlockReader, brackets base: Int) {
    let start = index
    statementStart = index
    do throws(Abandoned) {
      let outcome = try statement(in: reader.kind)
      refuseLooseValues(in: &reader)
      switch outcome {
      case .statement(let statement): reader.statements.append(statement)
      case .values(let values):
        reader.loose = values
        reader.looseStart = start
      case .returned(let values):
        reader.results = values
        reader.hasReturned = true
      case .lost: reader.isWhole = false
      }
      try statementEnd()
    } catch {
      if index == start {
        advance()
      } else if let last = reader.statements.last, last.site.start >= tokens[start].start {
        reader.statements[reader.statements.count - 1] = last.withoutValue
      }
      skipStatement(brackets: base)
      reader.loose = []
      reader.isWhole = false
    }
  }

  /// Reads the end of a statement.
  mutating func statementEnd() throws(Abandoned) {
    if isAtLineEnd || current.kind == .rightBrace { return }
    if accept(.semicolon) { return }
    throw unexpectedBehindValue(expected: "the end of the statement")
  }

  /// Reports values that stand alone and are not the last of their block.
  private mutating func refuseLooseValues(in reader: inout BlockReader) {
    if reader.hasReturned {
      if !reader.hasToldAfterReturn {
        report("nothing can follow 'return'", at: site(of: tokens[statementStart]))
      }
      reader.hasToldAfterReturn = true
    }
    guard let first = reader.loose.first else { return }
    reader.loose = []
    refuseLoose(first, in: reader.kind, from: tokens[reader.looseStart])
  }

  /// Reports a value that nothing is done with.
  private mutating func refuseLoose(_ value: Expr, in kind: BlockKind, from statement: Token) {
    if statement.isFlawed { return }
    if case .invalid = value.kind { return }
    if case .conditional(let choice) = value.kind {
      guard choice.branches.allSatisfy(\.isWhole) else { return }
      report(
        "an 'if' gives a value: write 'y = if …'; to choose what a loop carries, 'h <- if …'",
        at: value.site)
    } else if statement.kind == .minus, statement.startsLine {
      _ = refuseLineStart(site(of: statement))
    } else if kind == .branch {
      report(
        "only the last line of a branch gives its values; give this one a name", at: value.site)
    } else {
      report("this value is not used; give it a name: 'y = …'", at: value.site)
    }
  }

  /// Sees to it that the block gives what its kind must give.
  private mutating func finish(_ reader: inout BlockReader, opener: Site, isUntold: Bool) {
    switch reader.kind {
    case .branch: reader.results = reader.loose
    case .function:
      if let first = reader.loose.first, reader.results.isEmpty {
        let before = Site(file: file, start: Int(first.site.start), end: Int(first.site.start))
        report(
          "the body of a func ends in 'return'", at: first.site, fix: "return ", fixing: before)
        reader.results = reader.loose
      } else if reader.results.isEmpty, isUntold, current.kind == .rightBrace {
        report("the body of a func ends in 'return', and this one has none", at: opener)
      }
    case .graph, .forBody, .whileBody: refuseLooseValues(in: &reader)
    }
    if reader.kind == .function, reader.results.isEmpty { reader.isWhole = false }
  }

  /// Reads the closing brace, or reports that it is missing.
  private mutating func closeBlock(_ opener: Site) {
    if current.kind == .rightBrace { return advance() }
    if missedCloser != index, mistakes.count < Diagnostics.errorLimit {
      var notes = [Diagnostic.note("opened here", at: opener)]
      if let suspect, suspect != opener {
        notes.append(.note("the lines suggest that this one is not closed", at: suspect))
      }
      report("missing '}'", at: siteBehind, notes: notes, fix: " }")
    }
    missedCloser = index
    if innermostBrace >= 0 { closeBrackets(to: innermostBrace) }
  }

  /// Reports that a block does not begin where it must.
  private mutating func missingBrace(_ kind: BlockKind) -> Abandoned {
    switch kind {
    case .branch where isAt(.colon): fail("a branch stands in braces", at: currentSite, fix: " {")
    case .branch: unexpectedBehindValue(expected: "'{' with the branch")
    case .graph, .function, .forBody, .whileBody:
      unexpectedBehindValue(expected: "'{' with the body")
    }
  }
}

extension Statement {
  /// The statement with a value that could not be read.
  fileprivate var withoutValue: Statement {
    let value = Expr(.invalid, at: site)
    switch kind {
    case .assign(let targets, _):
      return Statement(site: site, kind: .assign(targets: targets, value: value))
    case .update(let name, _): return Statement(site: site, kind: .update(name: name, value: value))
    case .emit(let name, _): return Statement(site: site, kind: .emit(name: name, value: value))
    case .assert, .forLoop, .whileLoop: return self
    }
  }
}

/// What has been read of a block.
struct BlockReader {
  let kind: BlockKind
  var statements: [Statement] = []
  var results: [Expr] = []
  /// Values that stood alone in the last statement.
  var loose: [Expr] = []
  /// The token with which that statement begins.
  var looseStart = 0
  var hasReturned = false
  var hasToldAfterReturn = false
  var isWhole = true

  /// Nothing, as yet.
  init(kind: BlockKind) { self.kind = kind }
}
