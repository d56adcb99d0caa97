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
    let value = floatValue(of: current)
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

  /// The value of a float token; infinite where it is too large.
  private func floatValue(of token: Token) -> Double {
    let letters = bytes[Int(token.start)..<Int(token.end)]
    if let value = shortFloatValue(of: letters) { return value }
    let digits = letters.filter { $0 != UInt8(ascii: "_") }
    return Double(String(decoding: digits, as: UTF8.self)) ?? .nan
  }

  /// The value of a float whose digits and power of ten a `Double` holds exactly, so that one
  /// division rounds it correctly.
  private func shortFloatValue(of letters: ArraySlice<UInt8>) -> Double? {
    let powers: [Double] = [
      1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
    guard letters.count <= powers.count else { return nil }
    var digits: UInt64 = 0
    var decimals = 0
    for byte in letters {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
        decimals += 1
      case UInt8(ascii: "."): decimals = 0
      default: return nil
      }
    }
    return Double(digits) / powers[decimals]
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
