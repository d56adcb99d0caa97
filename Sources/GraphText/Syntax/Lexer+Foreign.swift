import Support

extension Lexer {
  /// Signs outside ASCII that have a spelling in the language.
  private static let lookalikes: [UInt32: (kind: TokenKind, spelling: String)] = [
    0x2212: (.minus, "-"), 0x2013: (.minus, "-"), 0x2014: (.minus, "-"), 0x00D7: (.star, "*"),
    0x22C5: (.star, "*"), 0x00B7: (.star, "*"), 0x00F7: (.slash, "/"), 0x2264: (.lessOrEqual, "<="),
    0x2265: (.greaterOrEqual, ">="), 0x2260: (.notEqual, "!="), 0x2190: (.update, "<-"),
    0x2192: (.arrow, "->"), 0x2026: (.ellipsis, "..."), 0x00AC: (.not, "!"), 0x2227: (.and, "&&"),
    0x2228: (.or, "||"), 0xFF08: (.leftParen, "("), 0xFF09: (.rightParen, ")"),
    0xFF0C: (.comma, ","), 0xFF1A: (.colon, ":"), 0xFF1B: (.semicolon, ";"),
    0x03C0: (.name, "pi"), 0x221E: (.name, "inf"), 0x201C: (.malformed, "\""),
    0x201D: (.malformed, "\""), 0x2018: (.malformed, "\""), 0x2019: (.malformed, "\""),
  ]

  /// Skips the mark that some editors put in front of UTF-8, and refuses that of UTF-16.
  mutating func skipByteOrderMark() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      refuse("this is UTF-16; save it as UTF-8", length: 2)
    }
  }

  /// Reads a character outside ASCII that stands outside texts and comments.
  mutating func foreignCharacter() {
    let start = position
    guard let (scalar, length) = scalar(at: position) else {
      return refuse("this is not UTF-8 text", length: 1)
    }
    if let (kind, spelling) = Lexer.lookalikes[scalar.value] {
      position += length
      report("'\(scalar)' is written '\(spelling)'", from: start, replacement: spelling)
      return add(kind, from: start, isFlawed: true)
    }
    if Lexer.isSpace(scalar) {
      position += length
      reportOnce("this is a special space; use a plain one", from: start, replacement: " ")
      return
    }
    if scalar.properties.isAlphabetic {
      _ = foreignLetters(from: start)
    } else {
      unknown()
    }
  }

  /// Reads the rest of a name that has letters outside ASCII, if one stands here; reports it.
  mutating func foreignLetters(from start: Int) -> Bool {
    let begin = position
    while position < bytes.count {
      if Lexer.isNameByte(bytes[position]) {
        position += 1
      } else if let (letter, length) = scalar(at: position), length > 1,
        letter.properties.isAlphabetic, begin == start || Lexer.lookalikes[letter.value] == nil
      {
        position += length
      } else {
        break
      }
    }
    guard position > begin else { return false }
    let name = String(decoding: bytes[start..<min(position, start + 64)], as: UTF8.self)
    if told.insert(name).inserted {
      report(
        "'\(name)' is no name: names are made of the letters a-z and A-Z, digits and '_'",
        from: start)
    }
    add(.name, from: start, isFlawed: true)
    return true
  }

  /// Reports a run of characters that mean nothing.
  mutating func unknown() {
    let start = position
    var run = ""
    var count = 0
    while position < bytes.count, let (character, length) = scalar(at: position),
      isUnknown(character)
    {
      position += length
      count += 1
      if count <= 8 { run += Lexer.display(character) }
    }
    report("'\(run)\(count > 8 ? "…" : "")' means nothing here", from: start)
    add(.malformed, from: start, isFlawed: true)
  }

  /// Whether a character begins no token.
  private func isUnknown(_ character: Unicode.Scalar) -> Bool {
    switch character {
    case "$", "`": true
    case "\u{9}"..."\u{D}", "\u{0}": false
    case "\u{1}"..."\u{1F}", "\u{7F}": true
    default:
      character.value >= 0x80 && Lexer.lookalikes[character.value] == nil
        && !Lexer.isSpace(character) && !character.properties.isAlphabetic
    }
  }

  /// How a character looks in a message.
  private static func display(_ character: Unicode.Scalar) -> String {
    character.value < 0x20 || character.properties.generalCategory == .control
      ? "\\u{\(String(character.value, radix: 16))}" : String(character)
  }

  /// Whether a character outside ASCII looks like a blank, or like nothing.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.value == 0xFEFF || scalar.value == 0x200B
  }

  /// Gives up on a file with a zero byte.
  mutating func refuseBinary() {
    refuse("a zero byte: this is no text file", length: 1)
  }

  /// Gives up on a file that is no text: one mistake, no tokens.
  private mutating func refuse(_ message: String, length: Int) {
    guard isText else { return }
    let start = position
    position = min(position + length, bytes.count)
    mistakes = []
    report(message, from: start)
    tokens = []
    isText = false
  }

  /// The character at a place and its length in bytes; nil where no UTF-8 is.
  func scalar(at place: Int) -> (Unicode.Scalar, Int)? {
    let lead = bytes[place]
    if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead <= 0xF4, place + length <= bytes.count else { return nil }
    var value = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for index in (place + 1)..<(place + length) {
      guard bytes[index] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(bytes[index] & 0x3F)
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }
}
