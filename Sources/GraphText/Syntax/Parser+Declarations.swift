import Support

extension Parser {
  /// Reads the whole file.
  mutating func sourceUnit() -> SourceUnit {
    var unit = SourceUnit(file: file)
    while current.kind != .endOfFile {
      if current.kind == .semicolon {
        advance()
        continue
      }
      let start = index
      let mistakeCount = mistakes.count
      statementStart = index
      suspect = nil
      do throws(Abandoned) {
        try topLevel(into: &unit)
        if mistakes.count > mistakeCount, !isAtLineEnd { throw Abandoned() }
        try statementEnd()
      } catch {
        unit.isWhole = false
        skipToDeclaration(from: start)
      }
      closeBrackets(to: 0)
      isBehindMistake = mistakes.count > mistakeCount || !unit.isLastWhole
      unit.declarations += nestedDeclarations
      nestedDeclarations = []
    }
    return unit
  }

  /// Reads an import or a declaration.
  private mutating func topLevel(into unit: inout SourceUnit) throws(Abandoned) {
    if current.kind == .importKeyword {
      unit.imports.append(try importLine())
    } else {
      unit.declarations.append(try declaration())
    }
  }

  /// Reads a `graph`, `func` or `const`.
  private mutating func declaration() throws(Abandoned) -> Declaration {
    let documentation = documentation()
    if startsDeclaration(at: index) { declarationColumn = column(of: current) }
    switch current.kind {
    case .graphKeyword: return .graph(try graph(documentation))
    case .funcKeyword: return .function(try function(documentation))
    case .constKeyword: return .constant(try constant(documentation))
    case .name:
      if startsExternal(at: index) { return .function(try external(documentation)) }
      if let mode = ruleMode(at: index) { return .rule(try rule(mode, documentation)) }
      switch try meantDeclaration() {
      case .graphKeyword: return .graph(try graph(documentation))
      case .constKeyword: return .constant(try constant(documentation))
      default: return .function(try function(documentation))
      }
    case .rightBrace where !isBehindMistake:
      throw fail("this '}' closes nothing", at: currentSite, fix: "")
    default: throw misplaced()
    }
  }

  /// The word that was meant with a name where a declaration begins; reports it.
  private mutating func meantDeclaration() throws(Abandoned) -> TokenKind {
    let word = spelling(of: current)
    let next = peek()
    guard !current.isFlawed, next.kind == .name, !next.startsLine, word.utf8.count <= 40 else {
      throw misplaced()
    }
    let known: [String: TokenKind] = [
      "graph": .graphKeyword, "func": .funcKeyword, "const": .constKeyword,
    ]
    let foreign = ["def": "func", "fn": "func", "function": "func", "let": "const"]
    let nearest = foreign[word] ?? NearestName.of(word, in: known.keys.sorted())
    guard let nearest, let kind = known[nearest] else { throw misplacedWord() }
    report("'\(word)' declares nothing; did you mean '\(nearest)'?", at: currentSite, fix: nearest)
    return kind
  }

  /// Reports what cannot stand outside of bodies.
  private mutating func misplaced() -> Abandoned {
    let isRestOfBody = isBehindMistake && (current.kind == .rightBrace || !current.startsLine
      || column(of: current) > declarationColumn)
    if isTold || isRestOfBody { return Abandoned() }
    if current.kind == .doubleSlash {
      return fail("a comment begins with '#'; '//' divides", at: currentSite, fix: "#")
    }
    if startsStatement(at: index) || [.ifKeyword, .name].contains(current.kind) {
      return fail("statements stand in the body of a 'graph' or a 'func'", at: currentSite)
    }
    return misplacedWord()
  }

  /// Reports what no declaration begins with.
  private mutating func misplacedWord() -> Abandoned {
    fail(
      "expected 'import', 'graph', 'func' or 'const', found \(describe(current))", at: currentSite)
  }

  /// Reads a declaration inside the body of another; reports it.
  mutating func nestedDeclaration() {
    let start = index
    let base = brackets.count
    let outer = (declarationColumn, statementStart, suspect, branchDepth)
    statementStart = index
    report(
      "\(describe(current)) stands outside of bodies: move it out of this one", at: currentSite)
    declarationColumn = column(of: current)
    branchDepth = 0
    do throws(Abandoned) {
      if current.kind == .importKeyword {
        _ = try importLine()
      } else {
        try enter()
        defer { depth -= 1 }
        nestedDeclarations.append(try declaration())
      }
      try statementEnd()
    } catch {
      if index == start { advance() }
      skipStatement(brackets: base)
    }
    (declarationColumn, statementStart, suspect, branchDepth) = outer
  }

  /// Skips to the next line that begins a declaration.
  private mutating func skipToDeclaration(from start: Int) {
    if index == start { advance() }
    while current.kind != .endOfFile, !startsDeclaration(at: index) { advance() }
  }

  /// Reads `import "path"`.
  private mutating func importLine() throws(Abandoned) -> Import {
    let start = index
    advance()
    guard isAt(.text) else {
      if isAt(.name), !isTold, current.end - current.start <= 40 {
        let name = spelling(of: current)
        throw fail(
          "an import names a file: \"\(name).graph\"", at: currentSite, fix: "\"\(name).graph\"")
      }
      throw unexpected(expected: "the path of a file in quotes")
    }
    let path = textLiteral()
    return Import(site: site(from: start), path: path)
  }

  /// Reads `const name: type = value`.
  private mutating func constant(
    _ documentation: DocComment?
  ) throws(Abandoned) -> ConstantDeclaration {
    let start = index
    advance()
    let name = try self.name("the name of the const")
    let type = isAt(.colon) ? try typeBehindColon() : nil
    guard accept(.assign) else { throw unexpected(expected: "'= value' behind the const") }
    let value = tolerantExpression()
    try refuseValueList(behind: [name])
    return ConstantDeclaration(
      site: site(of: tokens[start]).through(value.site), documentation: documentation, name: name,
      type: type, value: loaded(value) ?? .literal(value))
  }

  /// The file that `load("path")` names.
  private func loaded(_ value: Expr) -> ConstantValue? {
    guard case .call(let name, let arguments) = value.kind, name.text == "load",
      arguments.count == 1, arguments[0].label == nil,
      case .text(let path) = arguments[0].value.kind
    else { return nil }
    return .load(TextLiteral(path, at: arguments[0].value.site))
  }
}

extension SourceUnit {
  /// Whether nothing is known to be missing of the last declaration.
  fileprivate var isLastWhole: Bool {
    switch declarations.last {
    case .graph(let graph): graph.isWhole && graph.body.isWhole
    case .function(let function): function.isWhole && function.body.isWhole
    case .rule(let rule): rule.isWhole && rule.body.isWhole
    case .constant, nil: true
    }
  }
}
