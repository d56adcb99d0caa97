import Support

extension Lexer {
  /// Reads an integer or a float.
  mutating func number() {
    let start = position
    var isTidy = digits()
    var kind = TokenKind.integer
    if peek() == UInt8(ascii: "."), Lexer.isDigit(peek(1)) {
      position += 1
      isTidy = digits() && isTidy
      kind = .float
    } else if peek() == UInt8(ascii: "."), hasBarePoint() {
      return barePoint(from: start)
    }
    if exponent(isTidy: &isTidy) { kind = .float }
    if isNumberTail() { return tail(of: start) }
    if !isTidy { report("'_' stands only between digits of a number", from: start) }
    if kind == .integer { refuseLeadingZeros(from: start) }
    add(kind, from: start, isFlawed: !isTidy)
  }

  /// Reads digits and `_`; whether each `_` is between two digits.
  private mutating func digits() -> Bool {
    var isTidy = true
    while true {
      let byte = peek()
      if byte == UInt8(ascii: "_") {
        isTidy = isTidy && Lexer.isDigit(bytes[position - 1]) && Lexer.isDigit(peek(1))
      } else if !Lexer.isDigit(byte) {
        return isTidy
      }
      position += 1
    }
  }

  /// Reads `e-3`, if it stands there whole.
  private mutating func exponent(isTidy: inout Bool) -> Bool {
    guard peek() | 0x20 == UInt8(ascii: "e") else { return false }
    let signed = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
    guard Lexer.isDigit(peek(signed ? 2 : 1)) else { return false }
    position += signed ? 2 : 1
    isTidy = digits() && isTidy
    return true
  }

  /// Whether the point behind a number ends it, as in `1.` and `1.e5`.
  private func hasBarePoint() -> Bool {
    let byte = peek(1)
    if byte == UInt8(ascii: ".") { return false }
    if byte | 0x20 == UInt8(ascii: "e") {
      return Lexer.isDigit(peek(2)) || peek(2) == UInt8(ascii: "-") || peek(2) == UInt8(ascii: "+")
    }
    return !Lexer.isNameStart(byte) || byte | 0x20 == UInt8(ascii: "f") && !isNameAt(2)
  }

  /// Whether a name goes on so many bytes ahead.
  private func isNameAt(_ distance: Int) -> Bool { Lexer.isNameByte(peek(distance)) }

  /// Reports `1.` and reads what follows of it.
  private mutating func barePoint(from start: Int) {
    let whole = spelling(from: start)
    position += 1
    let behind = position
    while Lexer.isNameByte(peek()) { position += 1 }
    if position > behind, bytes[position - 1] | 0x20 == UInt8(ascii: "e") {
      position += 1
      while Lexer.isDigit(peek()) { position += 1 }
    }
    let rest = spelling(from: behind)
    report(
      "digits stand on both sides of a decimal point", from: start,
      replacement: whole + ".0" + (rest.lowercased() == "f" ? "" : rest))
    add(.malformed, from: start, isFlawed: true)
  }

  /// Reports and reads `.5`.
  mutating func numberWithoutZero() {
    let start = position
    position += 1
    var isTidy = digits()
    _ = exponent(isTidy: &isTidy)
    report(
      "digits stand on both sides of a decimal point", from: start,
      replacement: "0" + spelling(from: start))
    add(.malformed, from: start, isFlawed: true)
  }

  /// Whether something stands at the end of a number that does not belong there.
  private func isNumberTail() -> Bool {
    Lexer.isNameStart(peek()) || peek() == UInt8(ascii: ".") && Lexer.isDigit(peek(1))
  }

  /// Reports and reads what clings to the number from `start`: `2x`, `0x1F`, `1.5f`, `1e`, `1.2.3`.
  private mutating func tail(of start: Int) {
    let number = spelling(from: start)
    let tailStart = position
    while Lexer.isNameByte(peek()) || peek() == UInt8(ascii: ".") && Lexer.isDigit(peek(1)) {
      position += 1
    }
    let tail = spelling(from: tailStart)
    let (message, replacement) = Lexer.explainTail(number: number, tail: tail)
    report(message, from: start, replacement: replacement)
    add(.malformed, from: start, isFlawed: true)
  }

  /// What is wrong with a number and what clings to it, and how to write it.
  private static func explainTail(number: String, tail: String) -> (String, String?) {
    if tail.hasPrefix(".") { return ("a number has one decimal point", nil) }
    if tail == "e" || tail == "E" { return ("digits are missing behind '\(number)\(tail)'", nil) }
    let suffixes = ["f", "l", "u", "ul", "ll", "ull", "d", "h", "f32", "f64", "i32", "i64", "u8"]
    if suffixes.contains(tail.lowercased()) {
      return ("a number has no suffix; to convert it, write 'f32(x)'", number)
    }
    if number == "0", let radix = ["x": 16, "b": 2, "o": 8][tail.lowercased().prefix(1)] {
      let value = UInt64(tail.dropFirst().filter { $0 != "_" }, radix: radix)
      return ("numbers are decimal", value.map(String.init))
    }
    let short = tail.count <= 40
    return (
      "a name cannot begin with a digit; a product needs its '*'",
      short ? "\(number) * \(tail)" : nil)
  }

  /// Reports `007`, which is 7 to some and octal to others.
  private mutating func refuseLeadingZeros(from start: Int) {
    guard bytes[start] == UInt8(ascii: "0"), position > start + 1 else { return }
    let rest = bytes[start..<position].drop { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "_") }
    guard !rest.isEmpty else { return }
    report(
      "an integer does not begin with 0", from: start,
      replacement: rest.count <= 40 ? String(decoding: rest, as: UTF8.self) : nil)
  }

  /// The text from `start` to the current position, cut where it is too long to print.
  private func spelling(from start: Int) -> String {
    String(decoding: bytes[start..<min(position, start + 64, bytes.count)], as: UTF8.self)
  }
}
