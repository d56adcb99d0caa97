import Support

extension Parser {
  /// Reads a value and the indices behind it.
  mutating func indexed() throws(Abandoned) -> Expr {
    let start = index
    let base = try value()
    guard isAt(.leftBracket) else { return try refuseSuffix(of: base) }
    var indexings: [Indexing] = []
    while isAt(.leftBracket) { indexings.append(try indexing()) }
    return try refuseSuffix(of: Expr(.index(base, indexings), at: site(from: start)))
  }

  /// Gives the value back if neither a call nor a member stands behind it.
  private mutating func refuseSuffix(of value: Expr) throws(Abandoned) -> Expr {
    if isAt(.leftParen) {
      throw fail(
        "only names can be called; a product needs its '*'", at: currentSite, fix: "*",
        fixing: siteBehind)
    }
    if isAt(.dot) { throw unexpectedBehindValue(expected: "an operator") }
    return value
  }

  /// Reads a literal, a name, a call, an array, a choice, or an expression in parentheses.
  private mutating func value() throws(Abandoned) -> Expr {
    try requireSameLine()
    let site = currentSite
    switch current.kind {
    case .name: return try nameOrCall()
    case .integer: return Expr(integerLiteral(), at: site)
    case .float: return Expr(floatLiteral(), at: site)
    case .text: return Expr(.text(textLiteral().text), at: site)
    case .trueKeyword, .falseKeyword:
      let isTrue = current.kind == .trueKeyword
      advance()
      return Expr(.boolean(isTrue), at: site)
    case .malformed:
      advance()
      return Expr(.invalid, at: site)
    case .leftParen: return try parenthesized()
    case .leftBracket: return try array()
    case .ifKeyword: return try conditional()
    default: return try refusedValue()
    }
  }

  /// Reports what cannot be a value; a reserved word that stands for a name is taken for it.
  private mutating func refusedValue() throws(Abandoned) -> Expr {
    guard current.kind.isKeyword, !isTold else { throw missingValue() }
    let next = peek()
    let standsAlone =
      next.startsLine || next.kind.binaryOperator != nil || next.kind == .endOfFile
      || [.comma, .semicolon, .power, .rightParen, .rightBracket, .rightBrace, .leftBrace]
        .contains(next.kind)
    guard standsAlone else { throw missingValue() }
    if current.kind == .newKeyword { throw unexpectedBehindValue(expected: "a value") }
    refuseReservedWord()
    let site = currentSite
    advance()
    return Expr(.invalid, at: site)
  }

  /// Reads `x` or `f(x, axis: 0)`.
  private mutating func nameOrCall() throws(Abandoned) -> Expr {
    let name = Name(spelling(of: current), at: currentSite)
    let start = index
    if current.isFlawed, name.text.utf8.first ?? 0 >= 0x80 {
      // A sign that was taken for a name: π, ∞.
      advance()
      return Expr(.invalid, at: name.site)
    }
    advance()
    guard isAt(.leftParen) else { return Expr(.name(name.text), at: name.site) }
    let arguments = try arguments()
    return Expr(.call(name, arguments), at: site(from: start))
  }

  /// Reads `(x, axis: 0)`.
  private mutating func arguments() throws(Abandoned) -> [Argument] {
    try enter()
    defer { depth -= 1 }
    advance()
    var arguments: [Argument] = []
    while current.kind != .rightParen {
      let argument = try argument()
      if argument.label == nil, arguments.last?.label != nil {
        report("values without a label come before those with one", at: argument.value.site)
      }
      arguments.append(argument)
      guard accept(.comma) else { break }
    }
    try close(.rightParen)
    return arguments
  }

  /// Reads `x` or `axis: 0`.
  private mutating func argument() throws(Abandoned) -> Argument {
    if peek().kind == .colon, current.kind == .name || current.kind.isKeyword {
      if current.kind != .name { refuseReservedWord() }
      let label = Name(spelling(of: current), at: currentSite)
      advance()
      advance()
      return Argument(label: label, value: try expression())
    }
    let first = index
    let value = try expression()
    guard current.kind == .assign, index == first + 1, case .name(let text) = value.kind else {
      return Argument(label: nil, value: value)
    }
    return try labelWithEquals(Name(text, at: value.site))
  }

  /// Reads `= 0` behind what should be a label, and reports it.
  private mutating func labelWithEquals(_ label: Name) throws(Abandoned) -> Argument {
    let equals = currentSite
    let message = "an option is given as '\(label.short): value'"
    advance()
    let count = mistakes.count
    let value = try expression()
    // At the beginning of a line it may be the next statement, and a parenthesis missing.
    if current.kind == .comma || current.kind == .rightParen {
      mistakes.insert(
        .error(message, at: equals, fix: Fix(site: equals, replacement: ":")), at: count)
    }
    return Argument(label: label, value: value)
  }

  /// Reads `(x)`; the site of `x` then includes the parentheses.
  private mutating func parenthesized() throws(Abandoned) -> Expr {
    let start = index
    try enter()
    defer { depth -= 1 }
    advance()
    if current.kind == .rightParen { throw missingValue() }
    var inner = try expression()
    if current.kind == .comma {
      if start > 0, tokens[start - 1].kind == .assertKeyword {
        throw fail(
          "'assert' has no parentheses: write 'assert c, \"message\"'", at: site(of: tokens[start]))
      }
      throw fail(
        "there are no tuples; an array is written '[a, b]', several values without parentheses",
        at: currentSite)
    }
    try close(.rightParen)
    inner.site = site(from: start)
    return inner
  }

  /// Reads `[a, b]`.
  private mutating func array() throws(Abandoned) -> Expr {
    let start = index
    try enter()
    defer { depth -= 1 }
    advance()
    var elements: [Expr] = []
    while current.kind != .rightBracket {
      elements.append(try expression())
      guard accept(.comma) else { break }
    }
    try close(.rightBracket)
    return Expr(.array(elements), at: site(from: start))
  }
}
