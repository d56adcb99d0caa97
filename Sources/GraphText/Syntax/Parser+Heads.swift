import Support

extension Parser {
  /// Reads `graph name[sizes](parameters) -> (results) { … }`.
  mutating func graph(_ documentation: DocComment?) throws(Abandoned) -> GraphDeclaration {
    let start = index
    let base = brackets.count
    var head = Head()
    advance()
    let name = try self.name("the name of the graph")
    do throws(Abandoned) {
      head.sizes = try declaredSizes()
      try parameters(of: .graph, into: &head)
      try results(into: &head)
      if isAt(.assign) {
        throw fail("the body of a graph stands in braces; '= value' is for a func", at: currentSite)
      }
      if current.kind != .leftBrace {
        throw unexpected(expected: "'{' with the body of the graph")
      }
    } catch {
      head.isWhole = false
      guard skipToBody(brackets: base) else { throw error }
    }
    let body = try block(.graph)
    return GraphDeclaration(
      site: site(from: start), documentation: documentation, name: name, sizes: head.sizes,
      parameters: head.parameters, results: head.results, body: body, isWhole: head.isWhole)
  }

  /// Reads `func name(parameters) { … }` or `func name(parameters) = value`.
  mutating func function(_ documentation: DocComment?) throws(Abandoned) -> FunctionDeclaration {
    let start = index
    let base = brackets.count
    var head = Head()
    advance()
    let name = try self.name("the name of the func")
    do throws(Abandoned) {
      try parameters(of: .function, into: &head)
      try refuseResultsOfFunction()
    } catch {
      head.isWhole = false
      if !isAt(.assign) {
        guard skipToBody(brackets: base) else { throw error }
      }
    }
    let isShort = isAt(.assign)
    let body = isShort ? try shortBody() : try block(.function)
    return FunctionDeclaration(
      site: site(of: tokens[start]).through(body.site), documentation: documentation, name: name,
      parameters: head.parameters, body: body, isShort: isShort, isWhole: head.isWhole)
  }

  /// Whether `extern func` stands here; the word means nothing else in front of `func`.
  func startsExternal(at place: Int) -> Bool {
    place + 1 < tokens.count && tokens[place].kind == .name
      && tokens[place + 1].kind == .funcKeyword && !tokens[place + 1].startsLine
      && spelling(of: tokens[place]) == "extern"
  }

  /// Reads `extern func name(parameters) -> (results)`.
  mutating func external(_ documentation: DocComment?) throws(Abandoned) -> FunctionDeclaration {
    let start = index
    var head = Head()
    advance()
    advance()
    let name = try self.name("the name of the C function")
    try parameters(of: .function, into: &head)
    guard current.kind == .arrow else {
      throw unexpected(expected: "'->' and the results of the C function")
    }
    try results(into: &head)
    refuseMissingTypes(&head, head.parameters.map { ($0.name, $0.type) }, "parameter")
    refuseMissingTypes(&head, head.results.map { ($0.name, $0.type) }, "result")
    if current.kind == .leftBrace || isAt(.assign) {
      throw fail("a C function has no body here", at: currentSite)
    }
    let whole = site(from: start)
    return FunctionDeclaration(
      site: whole, documentation: documentation, name: name, parameters: head.parameters,
      body: Block(site: whole, statements: [], results: [], isWhole: true), isShort: false,
      results: head.results, isWhole: head.isWhole)
  }

  /// Reports what a C function takes or gives without a type.
  private mutating func refuseMissingTypes(
    _ head: inout Head, _ declared: [(name: Name, type: TypeExpr?)], _ what: String
  ) {
    for (name, type) in declared where type == nil {
      report("a \(what) of a C function has a type: '\(name.short): f64'", at: name.site)
      head.isWhole = false
    }
  }

  /// Reads `= value`.
  mutating func shortBody() throws(Abandoned) -> Block {
    advance()
    let value = tolerantExpression()
    if isAt(.comma) {
      throw fail(
        "'= value' gives one value; for several the body is '{ return a, b }'", at: currentSite)
    }
    return Block(site: value.site, statements: [], results: [value], isWhole: true)
  }

  /// Reports `-> (…)` behind the parameters of a func, and passes over it.
  private mutating func refuseResultsOfFunction() throws(Abandoned) {
    guard current.kind == .arrow else {
      if isAt(.assign) || current.kind == .leftBrace { return }
      throw unexpected(expected: "'=' or '{' behind the parameters")
    }
    report("a func gives its results by 'return': leave '->' out", at: currentSite)
    var ignored = Head()
    try results(into: &ignored)
  }

  /// Reads `[steps, n]`, if it stands here.
  private mutating func declaredSizes() throws(Abandoned) -> [Name] {
    guard isAt(.leftBracket) else { return [] }
    advance()
    var sizes: [Name] = []
    while current.kind != .rightBracket {
      sizes.append(try name("the name of a size"))
      guard accept(.comma) else { break }
    }
    if current.kind == .colon, !isTold {
      throw fail("a declared size is a name alone", at: currentSite)
    }
    try close(.rightBracket)
    return sizes
  }

  /// Reads `(x: f64[n], inout w)`.
  mutating func parameters(
    of kind: BlockKind, into head: inout Head
  ) throws(Abandoned) {
    guard isAt(.leftParen) else {
      if isAt(.leftBracket), kind == .function {
        throw fail("only a graph declares sizes", at: currentSite)
      }
      throw unexpected(expected: "'(' with the parameters")
    }
    try list(into: &head) { (parser, head) throws(Abandoned) in
      head.parameters.append(try parser.parameter(of: kind))
    }
  }

  /// Reads the elements between parentheses; one that cannot be read is left out.
  mutating func list(
    into head: inout Head, element: (inout Parser, inout Head) throws(Abandoned) -> Void
  ) throws(Abandoned) {
    advance()
    let base = brackets.count
    var isBroken = false
    repeat {
      if current.kind == .rightParen { break }
      do throws(Abandoned) {
        isBroken = false
        try element(&self, &head)
        if current.kind == .comma || current.kind == .rightParen { continue }
        return try close(.rightParen)
      } catch {
        isBroken = true
        head.isWhole = false
        skipElement(brackets: base)
      }
    } while accept(.comma)
    if isBroken, current.kind != .rightParen { throw Abandoned() }
    try close(.rightParen)
  }

  /// Reads `x: f64[n]` or `inout w`.
  mutating func parameter(of kind: BlockKind) throws(Abandoned) -> Parameter {
    let documentation = documentation()
    let start = index
    let inoutSite = isAt(.inoutKeyword) && peek().kind != .colon ? currentSite : nil
    if let inoutSite {
      advance()
      if kind == .function { report("only graphs have 'inout' parameters", at: inoutSite) }
    }
    let name = try self.name("a parameter")
    var type: TypeExpr?
    if isAt(.colon) {
      type = try typeBehindColon()
    } else if kind == .graph {
      try refuseMissingType(of: name)
    }
    if isAt(.assign) {
      throw fail("parameters have no default values", at: currentSite)
    }
    return Parameter(
      site: site(from: start), documentation: documentation, name: name, type: type,
      inoutSite: inoutSite)
  }

  /// Reports a parameter of a graph without a type.
  private mutating func refuseMissingType(of name: Name) throws(Abandoned) {
    if isTold { throw Abandoned() }
    if current.kind == .comma || current.kind == .rightParen {
      return report(
        "a parameter of a graph has a type: '\(name.short): f64'", at: name.site, fix: ": f64",
        fixing: siteBehind)
    }
    guard current.kind == .name else { throw unexpected(expected: "':' and a type") }
    let second = spelling(of: current)
    let isType = Parser.typeWords.contains(name.text) || Parser.foreignTypes[name.text] != nil
    if isType, second.utf8.count <= 40 {
      let type = Parser.foreignTypes[name.text] ?? name.text
      throw fail("the type stands behind the name: '\(second): \(type)'", at: name.site)
    }
    throw fail("':' is missing between the name and its type", at: siteBehind, fix: ":")
  }

  /// Reads `-> (y: f64, z)`, if it stands here.
  private mutating func results(into head: inout Head) throws(Abandoned) {
    guard current.kind == .arrow else {
      if isAt(.leftParen) {
        throw fail("'->' is missing before the results", at: siteBehind, fix: " ->")
      }
      return
    }
    advance()
    guard isAt(.leftParen) else {
      if isAt(.name), !isTold {
        throw fail("results stand in parentheses", at: currentSite)
      }
      throw unexpected(expected: "'(' with the results")
    }
    try list(into: &head) { (parser, head) throws(Abandoned) in
      head.results.append(try parser.result())
    }
  }

  /// Reads `y: f64` or `y`.
  private mutating func result() throws(Abandoned) -> ResultDeclaration {
    let documentation = documentation()
    let start = index
    let name = try self.name("a result")
    let type = isAt(.colon) ? try typeBehindColon() : nil
    return ResultDeclaration(
      site: site(from: start), documentation: documentation, name: name, type: type)
  }
}

/// What has been read of the head of a declaration.
struct Head {
  var sizes: [Name] = []
  var parameters: [Parameter] = []
  var results: [ResultDeclaration] = []
  var isWhole = true
}
