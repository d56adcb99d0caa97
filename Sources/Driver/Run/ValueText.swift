import Support

/// A value that the user has written on the command line: `4`, `[[0, 1], [-1, -2]]`, `true`.
struct ValueText {
  /// Why a text is no value.
  struct Mistake: Error {
    var message: String
  }

  private(set) var shape: [Int] = []
  private(set) var elements: [Literal] = []

  private var text: ArraySlice<UInt8>
  private static let depthLimit = 32

  init(_ text: String) throws(Mistake) {
    self.text = ArraySlice(text.utf8)
    shape = try tensor(depth: 0)
    skipBlanks()
    if let rest = self.text.first {
      throw Mistake(message: "unexpected '\(Character(Unicode.Scalar(rest)))' behind the value")
    }
  }

  /// Reads a number or a bracket; gives its shape.
  private mutating func tensor(depth: Int) throws(Mistake) -> [Int] {
    guard depth <= ValueText.depthLimit else { throw Mistake(message: "too many brackets") }
    skipBlanks()
    guard text.first == UInt8(ascii: "[") else {
      elements.append(try number())
      return []
    }
    text.removeFirst()
    var inner: [Int]?
    var count = 0
    while true {
      skipBlanks()
      if text.first == UInt8(ascii: "]") { break }
      let shape = try tensor(depth: depth + 1)
      if let inner, inner != shape { throw Mistake(message: "rows of different lengths") }
      inner = shape
      count += 1
      skipBlanks()
      if text.first == UInt8(ascii: ",") { text.removeFirst() } else { break }
    }
    skipBlanks()
    guard text.first == UInt8(ascii: "]") else { throw Mistake(message: "']' is missing") }
    text.removeFirst()
    return [count] + (inner ?? [])
  }

  private mutating func number() throws(Mistake) -> Literal {
    let word = text.prefix { byte in
      !" \t\n\r,[]".utf8.contains(byte)
    }
    text = text[word.endIndex...]
    let spelled = String(decoding: word, as: UTF8.self)
    switch spelled {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    if let integer = Int64(spelled) { return .int(integer) }
    if let unsigned = UInt64(spelled) { return .int(Int64(bitPattern: unsigned)) }
    if let float = Double(spelled) { return .float(float) }
    throw Mistake(message: spelled.isEmpty ? "a number is missing" : "'\(spelled)' is no number")
  }

  private mutating func skipBlanks() {
    text = text.drop { " \t\n\r".utf8.contains($0) }
  }
}
