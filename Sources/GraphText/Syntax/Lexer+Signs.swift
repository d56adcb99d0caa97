import Support

extension Lexer {
  /// Reads punctuation or an operator, the longest that fits.
  mutating func sign() {
    let start = position
    switch peek() {
    case UInt8(ascii: "("): take(.leftParen, 1)
    case UInt8(ascii: ")"): take(.rightParen, 1)
    case UInt8(ascii: "["): take(.leftBracket, 1)
    case UInt8(ascii: "]"): take(.rightBracket, 1)
    case UInt8(ascii: "{"): take(.leftBrace, 1)
    case UInt8(ascii: "}"): take(.rightBrace, 1)
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: ";"): take(.semicolon, 1)
    case UInt8(ascii: "."): dots()
    case UInt8(ascii: ":"):
      next(is: "=") ? mistake(.assign, 2, "a name is given with '='", "=") : take(.colon, 1)
    default: operatorSign()
    }
    precondition(position > start || !isText, "the lexer must go on")
  }

  /// Reads an operator.
  private mutating func operatorSign() {
    switch peek() {
    case UInt8(ascii: "+"): arithmetic(.plus, 1)
    case UInt8(ascii: "-"): next(is: ">") ? take(.arrow, 2) : arithmetic(.minus, 1)
    case UInt8(ascii: "*"): next(is: "*") ? arithmetic(.power, 2) : arithmetic(.star, 1)
    case UInt8(ascii: "/"): slash()
    case UInt8(ascii: "%"): arithmetic(.percent, 1)
    case UInt8(ascii: "@"): arithmetic(.at, 1)
    case UInt8(ascii: "<"): less()
    case UInt8(ascii: ">"): greater()
    case UInt8(ascii: "="): equals()
    case UInt8(ascii: "!"): exclamation()
    case UInt8(ascii: "&"): ampersand()
    case UInt8(ascii: "|"): bar()
    default: foreignSign()
    }
  }

  /// Reports a sign of another language.
  private mutating func foreignSign() {
    switch peek() {
    case UInt8(ascii: "^"):
      mistake(.power, 1, "a power is written '**' (on the bits of integers: bit_xor)", "**")
    case UInt8(ascii: "~"):
      mistake(.not, 1, "'not' is written '!' (on the bits of integers: bit_not)", "!")
    case UInt8(ascii: "'"): quote()
    case UInt8(ascii: "?"):
      let length = next(is: "?") ? 2 : 1
      mistake(
        .malformed, length, "a choice is written 'if c { a } else { b }' or 'where(c, a, b)'")
    case UInt8(ascii: "\\"): backslash()
    case 0: refuseBinary()
    default: unknown()
    }
  }

  /// Whether the sign behind the current one is `letter`.
  private func next(is letter: Unicode.Scalar, at distance: Int = 1) -> Bool {
    peek(distance) == UInt8(ascii: letter)
  }

  /// Adds a token of so many bytes.
  mutating func take(_ kind: TokenKind, _ length: Int) {
    let start = position
    position += length
    add(kind, from: start)
  }

  /// Reports so many bytes, and goes on as if the right token stood there.
  mutating func mistake(
    _ kind: TokenKind, _ length: Int, _ message: String, _ replacement: String? = nil
  ) {
    let start = position
    position += length
    report(message, from: start, replacement: replacement)
    add(kind, from: start, isFlawed: true)
  }

  /// Adds an arithmetic operator, unless it is `+=` or the like.
  private mutating func arithmetic(_ kind: TokenKind, _ length: Int) {
    guard next(is: "=", at: length), !next(is: "=", at: length + 1) else {
      return take(kind, length)
    }
    let spelling = String(decoding: bytes[position...(position + length)], as: UTF8.self)
    mistake(
      .malformed, length + 1,
      "there is no '\(spelling)': give the new value a name of its own, or update an 'inout' or a "
        + "carried value with '<-'")
  }

  /// Reads `/`, `//`, or a comment as C writes it.
  private mutating func slash() {
    if next(is: "/") { return arithmetic(.doubleSlash, 2) }
    if next(is: "*") { return blockComment() }
    arithmetic(.slash, 1)
  }

  /// Skips `/* … */`, or what there is of it on this line.
  private mutating func blockComment() {
    let start = position
    position += 2
    report("a comment begins with '#' and ends with its line", from: start)
    let end = told.contains("/*") ? nil : endOfBlockComment()
    guard let end else {
      told.insert("/*")
      return skipToLineEnd()
    }
    while position < end, isText {
      if bytes[position] == UInt8(ascii: "\n") { startsLine = true }
      skipTextByte()
    }
  }

  /// Where the block comment ends that has begun, if it does.
  private func endOfBlockComment() -> Int? {
    var place = position
    while place + 1 < bytes.count {
      if bytes[place] == UInt8(ascii: "*"), bytes[place + 1] == UInt8(ascii: "/") {
        return place + 2
      }
      place += 1
    }
    return nil
  }

  /// Reads what begins with `<`.
  private mutating func less() {
    if next(is: "=") { return take(.lessOrEqual, 2) }
    if next(is: "-") { return take(.update, 2) }
    if next(is: ">") { return mistake(.notEqual, 2, "'not equal' is written '!='", "!=") }
    if next(is: "<") {
      return mistake(.malformed, 2, "a shift to the left is written 'shift_left(a, b)'")
    }
    take(.less, 1)
  }

  /// Reads what begins with `>`.
  private mutating func greater() {
    if next(is: "=") { return take(.greaterOrEqual, 2) }
    if next(is: ">") {
      return mistake(.malformed, 2, "a shift to the right is written 'shift_right(a, b)'")
    }
    take(.greater, 1)
  }

  /// Reads what begins with `=`.
  private mutating func equals() {
    if next(is: "="), next(is: "=", at: 2) {
      return mistake(.equal, 3, "'equal' is written '=='", "==")
    }
    if next(is: "=") { return take(.equal, 2) }
    if next(is: "<") { return mistake(.lessOrEqual, 2, "'at most' is written '<='", "<=") }
    if next(is: ">") { return mistake(.arrow, 2, "an arrow is written '->'", "->") }
    take(.assign, 1)
  }

  /// Reads what begins with `!`.
  private mutating func exclamation() {
    if next(is: "="), next(is: "=", at: 2) {
      return mistake(.notEqual, 3, "'not equal' is written '!='", "!=")
    }
    next(is: "=") ? take(.notEqual, 2) : take(.not, 1)
  }

  /// Reads `&&`.
  private mutating func ampersand() {
    if next(is: "&") { return take(.and, 2) }
    mistake(.and, 1, "'and' is written '&&' (on the bits of integers: bit_and)", "&&")
  }

  /// Reads `||`.
  private mutating func bar() {
    if next(is: "|") { return take(.or, 2) }
    mistake(.or, 1, "'or' is written '||' (on the bits of integers: bit_or)", "||")
  }

  /// Reads what begins with a point: `...`, `..<`, a number without its zero.
  private mutating func dots() {
    if next(is: "."), next(is: ".", at: 2) { return take(.ellipsis, 3) }
    if next(is: "."), next(is: "<", at: 2) { return take(.range, 3) }
    if next(is: ".") {
      let length = next(is: "=", at: 2) ? 3 : 2
      return mistake(
        .range, length, "a range is written '0..<n', and ends before n", "..<")
    }
    if Lexer.isDigit(peek(1)) { return numberWithoutZero() }
    take(.dot, 1)
  }

  /// Reports a `\` at the end of a line, and reads on as if the line went on.
  private mutating func backslash() {
    let start = position
    position += 1
    report(
      "a line goes on after an operator or a comma, and in brackets: '\\' is not needed",
      from: start, replacement: "")
    var place = position
    while place < bytes.count, Lexer.isBlank(bytes[place]) || bytes[place] == UInt8(ascii: "\r") {
      place += 1
    }
    // The line end behind it does not count.
    if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { position = place + 1 }
  }
}
