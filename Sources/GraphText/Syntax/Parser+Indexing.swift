import Support

extension Parser {
  /// Reads `[i, 1:n, ..., new]`.
  mutating func indexing() throws(Abandoned) -> Indexing {
    let start = index
    try enter()
    defer { depth -= 1 }
    advance()
    if current.kind == .rightBracket {
      throw fail("an index is missing between the brackets", at: site(from: start))
    }
    var subscripts: [Subscript] = []
    while current.kind != .rightBracket {
      subscripts.append(try subscriptElement())
      guard accept(.comma) else { break }
    }
    try close(.rightBracket)
    return Indexing(site: site(from: start), subscripts: subscripts)
  }

  /// Reads what stands between the commas of an index.
  private mutating func subscriptElement() throws(Abandoned) -> Subscript {
    let start = index
    let site = currentSite
    if accept(.ellipsis) { return .ellipsis(site) }
    if accept(.newKeyword) { return .newAxis(site) }
    let lower = try bound()
    guard accept(.colon) else {
      guard let lower else { throw missingValue() }
      if current.kind == .range || current.kind == .ellipsis, !isTold {
        throw fail("a slice is written 'x[a:b]'", at: currentSite, fix: ":")
      }
      return .index(lower)
    }
    let upper = try bound()
    let step = accept(.colon) ? try bound() : nil
    return .slice(
      Slice(site: self.site(from: start), lower: lower, upper: upper, step: step))
  }

  /// Reads a bound of a slice, if one is given.
  private mutating func bound() throws(Abandoned) -> Expr? {
    switch current.kind {
    case .colon, .comma, .rightBracket: nil
    default: try expression()
    }
  }
}
