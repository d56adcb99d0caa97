import Support

extension Parser {
  /// Reads an expression.
  mutating func expression() throws(Abandoned) -> Expr {
    try operators(from: .or)
  }

  /// Reads operands and the operators between them that hold together at least so tightly.
  private mutating func operators(from least: Precedence) throws(Abandoned) -> Expr {
    let start = index
    var left = try prefixed()
    while let operation = binaryOperator(), operation.precedence >= least {
      let level = operation.precedence
      var links: [Link] = []
      while let operation = binaryOperator(), operation.precedence == level {
        if level == .comparison, !links.isEmpty { refuseChainedComparison(links[0]) }
        let operatorSite = currentSite
        if operation == .floorDivide { lastFloorDivision = index }
        advance()
        let operand = try operators(from: level.next)
        links.append(Link(operation: operation, operatorSite: operatorSite, operand: operand))
      }
      left = Expr(.chain(left, links), at: site(from: start))
    }
    return left
  }

  /// The operator between operands that stands here, if one does.
  private mutating func binaryOperator() -> BinaryOperator? {
    guard !isAtLineEnd else { return nil }
    if current.kind == .name { return spelledOperator() }
    return current.kind.binaryOperator
  }

  /// Takes `and` and `or` for what they mean in other languages; reports them.
  private mutating func spelledOperator() -> BinaryOperator? {
    guard current.end - current.start <= 3, peek().kind.startsValue else { return nil }
    switch spelling(of: current) {
    case "and":
      reportOnce("'and' is written '&&'", fix: "&&")
      return .and
    case "or":
      reportOnce("'or' is written '||'", fix: "||")
      return .or
    default: return nil
    }
  }

  /// Reports something at the current token, which may be looked at several times.
  private mutating func reportOnce(_ message: String, fix: String) {
    guard mistakes.last?.site != currentSite else { return }
    report(message, at: currentSite, fix: fix)
  }

  /// Reports `a < b < c` at its second operator.
  private mutating func refuseChainedComparison(_ first: Link) {
    let middle = first.operand.site
    let isShort = middle.end - middle.start <= 40
    let text = String(decoding: bytes[Int(middle.start)..<Int(middle.end)], as: UTF8.self)
    let sign = spelling(of: current)
    report(
      "comparisons are not chained: join them with '&&'", at: currentSite,
      fix: isShort && !text.contains("\n") ? "&& \(text) \(sign)" : nil)
  }

  /// Reads an operand with the operators in front of it.
  private mutating func prefixed() throws(Abandoned) -> Expr {
    while current.kind == .plus { try refusePlus() }
    switch current.kind {
    case .minus, .not: break
    case .name:
      guard startsSpelledNot() else { return try powers() }
      report("'not' is written '!'", at: currentSite, fix: "!")
    default: return try powers()
    }
    try requireSameLine()
    if let least = leastInteger() { return least }
    let start = index
    let operation = current.kind == .minus ? UnaryOperator.negate : .not
    try enter()
    defer { depth -= 1 }
    lastPrefix = index
    advance()
    let operand = try prefixed()
    return Expr(.unary(operation, operand), at: site(from: start))
  }

  /// Reports a `+` in front of a value, and passes over it.
  private mutating func refusePlus() throws(Abandoned) {
    try requireSameLine()
    let next = peek().kind
    guard next.startsValue || next == .plus else { throw missingValue() }
    report("a '+' in front of a value means nothing; leave it out", at: currentSite, fix: "")
    if current.kind == .plus { advance() }
  }

  /// Whether `not x` stands here.
  private func startsSpelledNot() -> Bool {
    let next = peek()
    guard current.end - current.start == 3, !next.startsLine else { return false }
    switch next.kind {
    case .name, .integer, .float, .trueKeyword, .falseKeyword:
      return spelling(of: current) == "not" && !["and", "or"].contains(spelling(of: next))
    default: return false
    }
  }

  /// Reads `-9223372036854775808`, whose number alone is too large for an integer.
  private mutating func leastInteger() -> Expr? {
    guard current.kind == .minus, peek().kind == .integer, !peek().startsLine || isInParens,
      peek(2).kind != .power, peek(2).kind != .leftBracket || peek(2).startsLine && !isInParens,
      integerValue(of: peek()) == UInt64(Int64.min.magnitude)
    else { return nil }
    let start = index
    advance()
    advance()
    return Expr(.integer(.min), at: site(from: start))
  }

  /// Reads a value and the powers it is raised to.
  private mutating func powers() throws(Abandoned) -> Expr {
    let start = index
    let base = try indexed()
    guard isAt(.power) else { return base }
    let operatorSite = currentSite
    try enter()
    defer { depth -= 1 }
    advance()
    let exponent = try prefixed()
    return Expr(.power(base, operatorSite, exponent), at: site(from: start))
  }

  /// Whether what is to begin here may: not behind a line end at which a line does not go on.
  func mayBeginValue() -> Bool {
    if !isAtLineEnd || index == statementStart { return current.kind != .endOfFile }
    guard let previous, current.kind != .endOfFile, lastPrefix != index - 1 else { return false }
    if previous.kind == .comma { return true }
    return previous.kind.continuesLine && !startsStatement(at: index)
  }

  /// Throws where a value would have to stand on the line that ends here.
  mutating func requireSameLine() throws(Abandoned) {
    guard mayBeginValue() else { throw missingValue() }
  }

  /// Reports that a value is missing before the current token.
  mutating func missingValue() -> Abandoned {
    if isTold { return Abandoned() }
    guard let previous else { return unexpected(expected: "a value") }
    return unexpected(expected: "a value behind \(describe(previous))")
  }
}
