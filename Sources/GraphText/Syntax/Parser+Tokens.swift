import Support

extension Parser {
  /// The token that is to be read next.
  var current: Token { tokens[index] }

  /// The token that was read last.
  var previous: Token? { index > 0 ? tokens[index - 1] : nil }

  /// The token so many places ahead, or the end of the file.
  func peek(_ distance: Int = 1) -> Token {
    tokens[min(index + distance, tokens.count - 1)]
  }

  /// Where a token stands.
  func site(of token: Token) -> Site {
    Site(file: file, start: Int(token.start), end: Int(token.end))
  }

  /// Where the current token stands.
  var currentSite: Site { site(of: current) }

  /// The empty place behind the previous token.
  var siteBehind: Site {
    let end = Int(previous?.end ?? 0)
    return Site(file: file, start: end, end: end)
  }

  /// From the beginning of the token at `start` to the end of the previous one.
  func site(from start: Int) -> Site {
    let first = site(of: tokens[start])
    return index > start ? first.through(site(of: tokens[index - 1])) : first
  }

  /// The letters of a token.
  func spelling(of token: Token) -> String {
    String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
  }

  /// Whether line ends mean nothing here.
  var isInParens: Bool {
    guard let kind = brackets.last?.kind else { return false }
    return kind != .leftBrace
  }

  /// Whether the line, as statements see it, ends before the current token.
  var isAtLineEnd: Bool {
    current.kind == .endOfFile || current.startsLine && !isInParens
  }

  /// Whether the current token is of this kind and on the same line.
  func isAt(_ kind: TokenKind) -> Bool { current.kind == kind && !isAtLineEnd }

  /// Goes on to the next token; keeps account of brackets.
  mutating func advance() {
    let token = current
    switch token.kind {
    case .endOfFile: return
    case .leftParen, .leftBracket, .leftBrace: open(token.kind)
    case .rightParen, .rightBracket:
      if isInParens { brackets.removeLast() }
    case .rightBrace: closeBrace()
    default: break
    }
    index += 1
  }

  /// Goes on if the current token is of this kind and on the same line.
  mutating func accept(_ kind: TokenKind) -> Bool {
    guard isAt(kind) else { return false }
    advance()
    return true
  }

  /// Notes that a bracket opens at the current token.
  mutating func open(_ kind: TokenKind) {
    let isBrace = kind == .leftBrace
    brackets.append(
      OpenBracket(
        kind: kind, token: UInt32(index), statement: UInt32(min(statementStart, index)),
        innermostBrace: isBrace ? Int32(brackets.count) : Int32(innermostBrace)))
  }

  /// Closes the innermost brace, and whatever is still open in it.
  private mutating func closeBrace() {
    let brace = innermostBrace
    guard brace >= 0 else { return }
    let first = tokens[Int(brackets[brace].statement)]
    if suspect == nil, current.startsLine, first.startsLine,
      column(of: current) < column(of: first)
    {
      suspect = site(of: brackets[brace])
    }
    brackets.removeSubrange(brace...)
  }

  /// Index of the innermost open brace among the open brackets; -1 for none.
  var innermostBrace: Int { Int(brackets.last?.innermostBrace ?? -1) }

  /// Where an opening bracket stands.
  func site(of bracket: OpenBracket) -> Site { site(of: tokens[Int(bracket.token)]) }

  /// Forgets open brackets, the outermost so many excepted.
  mutating func closeBrackets(to count: Int) {
    if brackets.count > count { brackets.removeSubrange(count...) }
  }

  /// Column, from 0, of a token that is the first of its line.
  func column(of token: Token) -> Int {
    var start = Int(token.start)
    while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    return Int(token.start) - start
  }

  /// The doc comment above the current token.
  mutating func documentation() -> DocComment? {
    while docIndex < docLines.count, docLines[docIndex].token < index { docIndex += 1 }
    let first = docIndex
    while docIndex < docLines.count, docLines[docIndex].token == index { docIndex += 1 }
    guard first < docIndex else { return nil }
    var text = ""
    for line in docLines[first..<docIndex] {
      if !text.isEmpty { text += line.isSeparate ? "\n\n" : "\n" }
      text += String(decoding: bytes[line.range], as: UTF8.self)
    }
    let end = docLines[docIndex - 1].range.upperBound
    return DocComment(text, at: Site(file: file, start: docLines[first].start, end: end))
  }

  /// Counts one more level of nesting until `leave`.
  mutating func enter() throws(Abandoned) {
    guard depth < Parser.nestingLimit else {
      throw fail("nested too deeply: more than \(Parser.nestingLimit) levels", at: currentSite)
    }
    depth += 1
  }
}
