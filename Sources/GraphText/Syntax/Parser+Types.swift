import Support

extension Parser {
  /// The element types of the language.
  static let typeWords: Set<String> = [
    "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f16", "bf16", "f32", "f64",
    "real",
  ]

  /// Names that element types have elsewhere.
  static let foreignTypes: [String: String] = [
    "float": "f32", "double": "f64", "int": "i32", "long": "i64", "half": "f16", "float32": "f32",
    "float64": "f64", "int32": "i32", "int64": "i64", "uint8": "u8", "scalar": "f64",
  ]

  /// Reads `: f64[n]`.
  mutating func typeBehindColon() throws(Abandoned) -> TypeExpr {
    advance()
    let start = index
    guard current.kind == .name, mayBeginValue() || isInParens else {
      if current.kind == .leftBracket, !isTold {
        throw fail("the shape stands behind the element type: 'f64[n]'", at: currentSite)
      }
      throw unexpected(expected: "a type")
    }
    let element = takeName()
    var dims: [Expr] = []
    if isAt(.leftBracket) { dims = try shape() }
    if isAt(.leftParen), !isTold {
      throw fail("a shape stands in brackets: '\(element.short)[…]'", at: currentSite)
    }
    return TypeExpr(site: site(from: start), element: element, dims: dims)
  }

  /// Reads `[2 * n + 1, 3]`.
  private mutating func shape() throws(Abandoned) -> [Expr] {
    let start = index
    try enter()
    defer { depth -= 1 }
    advance()
    var dims: [Expr] = []
    while current.kind != .rightBracket {
      if current.kind == .colon || current.kind == .ellipsis || current.kind == .star {
        throw fail("every size of a type has a number or a name", at: currentSite)
      }
      dims.append(try expression())
      guard accept(.comma) else { break }
    }
    try close(.rightBracket)
    if dims.isEmpty {
      report("a scalar has no brackets", at: site(from: start), fix: "")
    }
    return dims
  }
}
