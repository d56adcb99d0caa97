import Support

extension Lexer {
  /// Reads `"text"`.
  mutating func text() {
    let start = position
    position += 1
    var isFlawed = false
    while isText, position < bytes.count, !isLineEnd(bytes[position]) {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return add(.text, from: start, isFlawed: isFlawed)
      case UInt8(ascii: "\\"):
        if !escape() { isFlawed = true }
      default:
        skipTextByte()
      }
    }
    guard isText else { return }
    report("this text has no closing '\"' on its line", from: start)
    add(.text, from: start, isFlawed: true)
  }

  /// Reads one of the escapes `\\ \" \n \t`; whether it is one.
  private mutating func escape() -> Bool {
    let start = position
    position += 1
    switch peek() {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "n"), UInt8(ascii: "t"):
      position += 1
      return true
    default:
      report(
        #"the escapes of a text are \\ \" \n and \t; a '\' itself is written '\\'"#, from: start,
        replacement: #"\\"#)
      return false
    }
  }

  /// Reports and reads `'text'`.
  mutating func quote() {
    let start = position
    position += 1
    while isText, position < bytes.count, !isLineEnd(bytes[position]),
      bytes[position] != UInt8(ascii: "'")
    {
      skipTextByte()
    }
    guard isText else { return }
    guard peek() == UInt8(ascii: "'") else {
      position = start + 1
      report("text stands in double quotes", from: start)
      return add(.malformed, from: start, isFlawed: true)
    }
    position += 1
    let inside = String(decoding: bytes[(start + 1)..<min(position - 1, start + 80)], as: UTF8.self)
    let isPlain = position - start < 80 && !inside.contains("\"") && !inside.contains("\\")
    report(
      "text stands in double quotes", from: start,
      replacement: isPlain ? "\"\(inside)\"" : nil)
    add(.text, from: start, isFlawed: true)
  }

  /// Whether a text on one line ends before this byte.
  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// What a text token between `start` and `end` says.
  static func contents(of token: Token, in bytes: [UInt8]) -> String {
    let end = Int(token.end)
    var place = Int(token.start) + 1
    var said: [UInt8] = []
    while place < end {
      let byte = bytes[place]
      place += 1
      // A missing quote at the end was reported.
      if place == end, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { break }
      guard byte == UInt8(ascii: "\\"), place < end else {
        said.append(byte)
        continue
      }
      switch bytes[place] {
      case UInt8(ascii: "n"): said.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): said.append(UInt8(ascii: "\t"))
      default: said.append(bytes[place])
      }
      place += 1
    }
    return String(decoding: said, as: UTF8.self)
  }
}
