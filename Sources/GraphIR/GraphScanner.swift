import Support

/// Why a dump could not be read.
package struct GraphParseError: Error, Hashable, Sendable {
  /// The line, from 1.
  package var line: Int
  package var message: String
}

/// Reads the words of a dump.
struct GraphScanner {
  private let bytes: [UInt8]
  private var place = 0
  /// Quotients in dims nest at most so deep.
  private static let depthLimit = 100

  init(_ text: String) { bytes = Array(text.utf8) }

  /// An error where the scanner stands.
  func fail(_ message: String) -> GraphParseError {
    let line = bytes.prefix(place).count { $0 == UInt8(ascii: "\n") } + 1
    return GraphParseError(line: line, message: message)
  }

  /// Skips blanks and line ends.
  mutating func skipBlanks() {
    while place < bytes.count, bytes[place] == 32 || bytes[place] == 10 { place += 1 }
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { place == bytes.count }

  /// Skips blanks, and the text if it comes next: a name only as a whole.
  mutating func accept(_ text: String) -> Bool {
    skipBlanks()
    let wanted = text.utf8
    guard bytes[place...].starts(with: wanted) else { return false }
    let end = place + wanted.count
    if let last = wanted.last, last.isNameByte, end < bytes.count, bytes[end].isNameByte {
      return false
    }
    place = end
    return true
  }

  /// Whether the text comes next.
  mutating func peek(_ text: String) -> Bool {
    var copy = self
    return copy.accept(text)
  }

  /// Skips the text, which must come next.
  mutating func expect(_ text: String) throws(GraphParseError) {
    if !accept(text) { throw fail("'\(text)' is missing") }
  }

  /// A name, in quotes or plain.
  mutating func name() throws(GraphParseError) -> String {
    skipBlanks()
    if place < bytes.count, bytes[place] == UInt8(ascii: "\"") { return try quoted() }
    let text = run { $0.isNameByte }
    if text.isEmpty { throw fail("a name is missing") }
    return text
  }

  /// A text in quotes.
  mutating func quoted() throws(GraphParseError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == UInt8(ascii: "\\") {
        text += try escape()
      } else {
        text.append(bytes[place])
        place += 1
      }
    }
    try expect("\"")
    return String(decoding: text, as: UTF8.self)
  }

  /// What a backslash and the next characters stand for.
  private mutating func escape() throws(GraphParseError) -> [UInt8] {
    guard place + 1 < bytes.count else { throw fail("the text does not end") }
    let letter = bytes[place + 1]
    place += 2
    if letter == UInt8(ascii: "n") { return [10] }
    guard letter == UInt8(ascii: "u") else { return [letter] }
    try expect("{")
    guard let value = UInt32(run { $0.isNameByte }, radix: 16), let scalar = Unicode.Scalar(value)
    else { throw fail("a character number is missing") }
    try expect("}")
    return Array(String(scalar).utf8)
  }

  /// An integer, maybe negative.
  mutating func integer() throws(GraphParseError) -> Int {
    skipBlanks()
    let text = run { $0.isDigit || $0 == UInt8(ascii: "-") }
    guard let value = Int(text) else { throw fail("an integer is missing") }
    return value
  }

  /// The number of a value.
  mutating func value() throws(GraphParseError) -> Value {
    try expect("%")
    let index = try integer()
    guard let index = UInt32(exactly: index) else { throw fail("no value has that number") }
    return Value(index: index)
  }

  /// A truth value.
  mutating func flag() throws(GraphParseError) -> Bool {
    if accept("true") { return true }
    try expect("false")
    return false
  }

  /// A scalar constant.
  mutating func literal() throws(GraphParseError) -> Literal {
    skipBlanks()
    let text = run { $0 > 32 && $0 != UInt8(ascii: ",") }
    if text == "true" || text == "false" { return .bool(text == "true") }
    if let value = Int64(text) { return .int(value) }
    if text.hasPrefix("nan:"), let bits = UInt64(text.dropFirst(4), radix: 16) {
      return .float(Double(bitPattern: bits))
    }
    guard let value = Double(text) else { throw fail("'\(text)' is no constant") }
    return .float(value)
  }

  /// Elements between brackets, with commas between them.
  mutating func list<Element>(
    _ element: (inout GraphScanner) throws(GraphParseError) -> Element
  ) throws(GraphParseError) -> [Element] {
    try expect("[")
    var elements: [Element] = []
    if accept("]") { return elements }
    repeat { elements.append(try element(&self)) } while accept(",")
    try expect("]")
    return elements
  }

  /// A type.
  mutating func type() throws(GraphParseError) -> TensorType {
    let word = try name()
    guard let dtype = DType(rawValue: word) else { throw fail("'\(word)' is no type") }
    guard place < bytes.count, bytes[place] == UInt8(ascii: "[") else { return TensorType(dtype) }
    return TensorType(
      dtype, try list { (scanner) throws(GraphParseError) in try scanner.dim() })
  }

  /// A size: a sum of products.
  mutating func dim(depth: Int = 0) throws(GraphParseError) -> Dim {
    var sum = try product(depth)
    while true {
      if accept("+") {
        sum = sum + (try product(depth))
      } else if accept("-") {
        sum = sum - (try product(depth))
      } else {
        return sum
      }
    }
  }

  /// A product of factors.
  private mutating func product(_ depth: Int) throws(GraphParseError) -> Dim {
    if depth > GraphScanner.depthLimit { throw fail("a size is nested too deeply") }
    if accept("-") { return -(try product(depth + 1)) }
    var product = try factor(depth)
    while true {
      if accept("//") {
        let divisor = try integer()
        guard divisor > 0 else { throw fail("a size is divided by a positive number only") }
        product = product.quotient(divisor)
      } else if accept("*") {
        product = product * (try factor(depth))
      } else {
        return product
      }
    }
  }

  /// A number, a symbol, or a size in parentheses.
  private mutating func factor(_ depth: Int) throws(GraphParseError) -> Dim {
    if accept("(") {
      let dim = try dim(depth: depth + 1)
      try expect(")")
      return dim
    }
    if accept("<too large>") { return .tooLarge }
    let text = try name()
    if let first = text.utf8.first, first.isDigit {
      guard let number = Int(text) else { throw fail("'\(text)' is no size") }
      return Dim(number)
    }
    return .symbol(text)
  }

  /// The bytes up to the first that does not fit, as text.
  private mutating func run(_ fits: (UInt8) -> Bool) -> String {
    let start = place
    while place < bytes.count, fits(bytes[place]) { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }
}
