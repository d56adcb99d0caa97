/// Text for C comments.
enum Comment {
  /// The text without anything that would end the comment, begin another, or hide its end.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isHidden(scalar) {
      if let last = result.last, isMarker(last, scalar) { result.append(" ") }
      result.append(scalar)
    }
    return String(result)
  }

  /// Whether two characters in a row mean something in a comment: `*/`, `/*`, and trigraphs.
  private static func isMarker(_ a: Unicode.Scalar, _ b: Unicode.Scalar) -> Bool {
    (a == "*" && b == "/") || (a == "/" && b == "*") || (a == "?" && b == "?")
  }

  /// Whether a character is a control character, or turns the direction of the text around it.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x61C: true
    default: false
    }
  }

  /// Words set in lines of at most so many characters, each indented.
  static func wrapped(_ words: [String], indent: String, hanging: String, width: Int = 100)
    -> String
  {
    var lines: [String] = []
    var line = indent
    var isEmpty = true
    for word in words {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = hanging
        isEmpty = true
      }
      line += isEmpty ? word : " " + word
      isEmpty = false
    }
    lines.append(line)
    return lines.joined(separator: "\n")
  }
}
