import Support

extension Parser {
  /// The mode of the derivative of a func whose head stands here, nil for other words: `jvp` and
  /// `vjp` mean that only in front of the name of a func.
  func ruleMode(at place: Int) -> RuleDeclaration.Mode? {
    guard tokens[place].kind == .name, tokens[place].end - tokens[place].start == 3,
      place + 2 < tokens.count, tokens[place + 1].kind == .name, !tokens[place + 1].startsLine,
      tokens[place + 2].kind == .leftParen
    else { return nil }
    return RuleDeclaration.Mode(rawValue: spelling(of: tokens[place]))
  }

  /// Reads `jvp name(parameters) -> (results) along (directions) { … }`, or `= value`.
  mutating func rule(
    _ mode: RuleDeclaration.Mode, _ documentation: DocComment?
  ) throws(Abandoned) -> RuleDeclaration {
    let start = index
    let base = brackets.count
    var head = RuleHead()
    advance()
    let name = takeName()
    do throws(Abandoned) {
      try ruleLists(into: &head)
    } catch {
      head.isWhole = false
      if !isAt(.assign) {
        guard skipToBody(brackets: base) else { throw error }
      }
    }
    let isShort = isAt(.assign)
    let body = isShort ? try shortBody() : try block(.function)
    return RuleDeclaration(
      site: site(of: tokens[start]).through(body.site), documentation: documentation, mode: mode,
      function: name, parameters: head.parameters, results: head.results,
      directions: head.directions, body: body, isShort: isShort, isWhole: head.isWhole)
  }

  /// Reads `(parameters) -> (results) along (directions)`.
  private mutating func ruleLists(into head: inout RuleHead) throws(Abandoned) {
    head.parameters = try names(into: &head, "'(' with the parameters of the func")
    if current.kind == .arrow {
      advance()
      head.results = try names(into: &head, "'(' with names for the results of the func")
    }
    guard isAt(.name), spelling(of: current) == "along" else {
      throw unexpected(expected: "'along' and the directions")
    }
    advance()
    head.directions = try names(into: &head, "'(' with the directions")
    if !isAt(.assign), current.kind != .leftBrace {
      throw unexpected(expected: "'=' or '{' behind the directions")
    }
  }

  /// Reads `(a, b)`.
  private mutating func names(
    into head: inout RuleHead, _ expected: String
  ) throws(Abandoned) -> [Parameter] {
    guard isAt(.leftParen) else { throw unexpected(expected: expected) }
    var list = Head()
    defer { head.isWhole = head.isWhole && list.isWhole }
    try self.list(into: &list) { (parser, list) throws(Abandoned) in
      list.parameters.append(try parser.parameter(of: .function))
    }
    return list.parameters
  }
}

/// What has been read of the head of a rule.
private struct RuleHead {
  var parameters: [Parameter] = []
  var results: [Parameter] = []
  var directions: [Parameter] = []
  var isWhole = true
}
