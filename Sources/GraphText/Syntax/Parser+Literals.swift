import Support

extension Parser {
  /// Reads an integer.
  mutating func integerLiteral() -> Expr.Kind {
    let token = current
    if let value = integerValue(of: token), let integer = Int64(exactly: value) {
      advance()
      return .integer(integer)
    }
    report(
      "this integer is too large: the largest is \(Int64.max)", at: currentSite)
    advance()
    return .invalid
  }

  /// Reads a float.
  mutating func floatLiteral() -> Expr.Kind {
    let letters = spelling(of: current).filter { $0 != "_" }
    let value = Double(letters) ?? .nan
    defer { advance() }
    guard value.isFinite else {
      report("this number is too large for f64: write 'inf'", at: currentSite, fix: "inf")
      return .invalid
    }
    if value == 0, !isZero(current) {
      report("this number is too small for f64: write '0.0'", at: currentSite, fix: "0.0")
      return .invalid
    }
    return .float(value)
  }

  /// The value of an integer token; nil where 64 bits do not hold it.
  func integerValue(of token: Token) -> UInt64? {
    var value: UInt64 = 0
    for byte in bytes[Int(token.start)..<Int(token.end)] where byte != UInt8(ascii: "_") {
      let (product, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      if isLarge || isLarger { return nil }
      value = sum
    }
    return value
  }

  /// Whether the digits of a float, its exponent aside, are zeros.
  private func isZero(_ token: Token) -> Bool {
    for byte in bytes[Int(token.start)..<Int(token.end)] {
      if byte | 0x20 == UInt8(ascii: "e") { return true }
      if byte > UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { return false }
    }
    return true
  }

  /// Reads a text.
  mutating func textLiteral() -> TextLiteral {
    let literal = TextLiteral(Lexer.contents(of: current, in: bytes), at: currentSite)
    advance()
    return literal
  }
}
