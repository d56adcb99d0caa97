import Support

extension Parser {
  /// Skips to the end of a statement before which so many brackets were open.
  mutating func skipStatement(brackets base: Int) {
    skipRestBehindLineEnd()
    while current.kind != .endOfFile {
      let isOpen = brackets.count > base
      let isBraceOpen = innermostBrace >= base
      if current.kind == .rightBrace, !isBraceOpen {
        // Before 'else' it belongs to the statement, where the block around is no branch itself.
        guard blockKind != .branch, peek().kind == .elseKeyword else { break }
        index += 2
        continue
      }
      if !isOpen, current.kind == .semicolon || current.startsLine { break }
      if startsDeclaration(at: index) || !isBraceOpen && startsStatement(at: index) { break }
      advance()
    }
    closeBrackets(to: base)
  }

  /// Passes into the next line if what was read seems to go on there.
  private mutating func skipRestBehindLineEnd() {
    guard current.startsLine, !startsStatement(at: index) else { return }
    if current.kind != .rightBrace, current.kind != .semicolon, current.kind != .leftBrace {
      advance()
    }
  }

  /// Skips to the brace with which the body of a broken head begins; false where there is none.
  mutating func skipToBody(brackets base: Int) -> Bool {
    skipRestBehindLineEnd()
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
    default: return startsAssignment(at: place) || startsDeclaration(at: place)
    }
  }

  /// Whether `a =`, `a, b =` or `a <-` stands here.
  func startsAssignment(at place: Int) -> Bool {
    guard place < tokens.count, tokens[place].kind == .name else { return false }
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
    case .name: return ruleMode(at: place) != nil || startsExternal(at: place)
    default: return false
    }
  }
}
