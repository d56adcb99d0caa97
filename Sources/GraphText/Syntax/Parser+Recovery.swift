import Support

extension Parser {
  /// Skips to the end of a statement before which so many brackets were open.
  mutating func skipStatement(brackets base: Int) {
    if let previous, previous.kind.continuesLine, current.kind != .rightBrace,
      !startsStatement(at: index)
    {
      advance()
    }
    while current.kind != .endOfFile {
      let isOpen = brackets.count > base
      let isBraceOpen = (brackets.last?.innermostBrace ?? -1) >= base
      if current.kind == .rightBrace, !isBraceOpen { break }
      if !isOpen, current.kind == .semicolon || current.startsLine { break }
      if startsDeclaration(at: index) || !isBraceOpen && startsStatement(at: index) { break }
      advance()
    }
    closeBrackets(to: base)
  }

  /// Skips to the brace with which the body of a broken head begins; false where there is none.
  mutating func skipToBody(brackets base: Int) -> Bool {
    while current.kind != .endOfFile, current.kind != .rightBrace, current.kind != .leftBrace {
      if startsStatement(at: index) { return false }
      if current.startsLine, brackets.count <= base { return false }
      advance()
    }
    closeBrackets(to: base)
    return current.kind == .leftBrace
  }

  /// Skips to the `,` or the closer that ends the broken element of a list.
  mutating func skipElement(brackets base: Int) {
    while current.kind != .endOfFile, current.kind != .rightBrace, current.kind != .leftBrace {
      if brackets.count <= base {
        switch current.kind {
        case .comma, .rightParen, .rightBracket, .arrow, .semicolon: return
        default: break
        }
      }
      if startsStatement(at: index) { break }
      advance()
    }
    closeBrackets(to: base)
  }

  /// Whether a line begins here that can only be a statement or a declaration.
  func startsStatement(at place: Int) -> Bool {
    guard tokens[place].startsLine else { return false }
    switch tokens[place].kind {
    case .forKeyword, .whileKeyword, .emitKeyword, .assertKeyword, .returnKeyword: return true
    case .name: return startsAssignment(at: place)
    default: return startsDeclaration(at: place)
    }
  }

  /// Whether `a =`, `a, b =` or `a <-` stands here.
  private func startsAssignment(at place: Int) -> Bool {
    // Longer lists are not looked through, so that the search stays short.
    for next in stride(from: place + 1, to: min(place + 24, tokens.count - 1), by: 2) {
      switch tokens[next].kind {
      case .assign, .update: return true
      case .comma where tokens[next + 1].kind == .name: continue
      default: return false
      }
    }
    return false
  }

  /// Whether a line begins here with the head of a declaration.
  func startsDeclaration(at place: Int) -> Bool {
    guard tokens[place].startsLine, place + 1 < tokens.count else { return false }
    let next = tokens[place + 1]
    switch tokens[place].kind {
    case .graphKeyword, .funcKeyword, .constKeyword: return next.kind == .name && !next.startsLine
    case .importKeyword: return next.kind == .text
    default: return false
    }
  }
}
