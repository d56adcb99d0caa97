import Support

/// Cuts the bytes of one file into tokens.
///
/// It never fails: what is no part of the language is reported and skipped, or stands in the
/// stream as a flawed token.
struct Lexer {
  let bytes: [UInt8]
  let file: FileID
  /// Of the byte that is to be read next.
  var position = 0
  var tokens: [Token] = []
  var docLines: [DocLine] = []
  var mistakes: [Diagnostic] = []
  /// False where the file is not UTF-8 text at all.
  var isText = true
  /// Whether a line began since the last token.
  var startsLine = true
  /// Line ends since the last token or comment.
  var lineEnds = 0
  /// What has been reported and would only be repeated.
  var told: Set<String> = []

  /// A lexer at the beginning of a file.
  init(bytes: [UInt8], file: FileID) {
    self.bytes = bytes
    self.file = file
    tokens.reserveCapacity(bytes.count / 4 + 1)
  }

  /// Reads the whole file; the last token is always the end of the file.
  mutating func run() {
    skipByteOrderMark()
    while position < bytes.count, isText, mistakes.count < Diagnostics.errorLimit { scan() }
    add(.endOfFile, from: min(position, bytes.count))
  }

  /// The byte so many places ahead, or 0 behind the end.
  func peek(_ distance: Int = 0) -> UInt8 {
    let place = position + distance
    return place < bytes.count ? bytes[place] : 0
  }

  /// Adds the token from `start` to the current position.
  mutating func add(_ kind: TokenKind, from start: Int, isFlawed: Bool = false) {
    tokens.append(
      Token(
        kind: kind, startsLine: startsLine, isFlawed: isFlawed, start: UInt32(start),
        end: UInt32(position)))
    startsLine = false
    lineEnds = 0
  }

  /// Reports a mistake in the bytes from `start` to the current position.
  mutating func report(_ message: String, from start: Int, replacement: String? = nil) {
    let site = Site(file: file, start: start, end: position)
    let fix = replacement.map { Fix(site: site, replacement: $0) }
    mistakes.append(.error(message, at: site, fix: fix))
  }

  /// Reports a mistake that is told only once in a file.
  mutating func reportOnce(_ message: String, from start: Int, replacement: String? = nil) {
    guard told.insert(message).inserted else { return }
    report(message, from: start, replacement: replacement)
  }

  /// Reads one token, comment or blank.
  private mutating func scan() {
    switch bytes[position] {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C: position += 1
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): lineEnd()
    case UInt8(ascii: "#"): comment()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    case UInt8(ascii: "\""): text()
    case 0x80...0xFF: foreignCharacter()
    default: sign()
    }
  }

  /// Passes over LF, CR LF, or the CR of a very old system.
  private mutating func lineEnd() {
    let start = position
    position += 1
    if bytes[start] == UInt8(ascii: "\r"), peek() != UInt8(ascii: "\n") {
      reportOnce("a carriage return alone does not end a line", from: start, replacement: "\n")
    } else if bytes[start] == UInt8(ascii: "\r") {
      position += 1
    }
    startsLine = true
    lineEnds += 1
  }

  /// Reads a name or a reserved word.
  private mutating func word() {
    let start = position
    while Lexer.isNameByte(peek()) { position += 1 }
    if peek() >= 0x80, foreignLetters(from: start) { return }
    let letters = bytes[start..<position]
    let keyword = 2...6 ~= letters.count ? TokenKind.keywords[TokenKind.pack(letters)] : nil
    add(keyword ?? .name, from: start)
  }

  /// Reads a comment up to the end of its line.
  private mutating func comment() {
    let start = position
    skipToLineEnd()
    guard start + 1 < position, bytes[start + 1] == UInt8(ascii: "#"),
      start + 2 == position || bytes[start + 2] != UInt8(ascii: "#")
    else {
      lineEnds = 0
      return
    }
    var from = start + 2
    var to = position
    if from < to, Lexer.isBlank(bytes[from]) { from += 1 }
    while to > from, Lexer.isBlank(bytes[to - 1]) { to -= 1 }
    docLines.append(
      DocLine(token: tokens.count, range: from..<to, start: start, isSeparate: lineEnds > 1))
    lineEnds = 0
  }

  /// Goes to the end of the line, and sees to it that the way there is UTF-8.
  mutating func skipToLineEnd() {
    while isText, position < bytes.count, bytes[position] != UInt8(ascii: "\n"),
      bytes[position] != UInt8(ascii: "\r")
    {
      skipTextByte()
    }
  }

  /// Skips a character inside a comment or a text.
  mutating func skipTextByte() {
    let byte = bytes[position]
    if byte == 0 {
      refuseBinary()
    } else if byte < 0x80 {
      position += 1
    } else if let (_, length) = scalar(at: position) {
      position += length
    } else {
      let start = position
      position += 1
      reportOnce("this is not UTF-8 text", from: start)
    }
  }

  /// Whether a name may go on with this byte.
  static func isNameByte(_ byte: UInt8) -> Bool {
    isNameStart(byte) || isDigit(byte)
  }

  /// Whether a name may begin with this byte.
  static func isNameStart(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
      || byte == UInt8(ascii: "_")
  }

  /// Whether this is one of `0` to `9`.
  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Whether this is a space or a tab.
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
