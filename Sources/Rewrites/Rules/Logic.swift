import GraphIR

/// Truth values.
extension Catalogue {
  static let logic: [Rule] = [
    Rule("not-not", !(!m) => m, .exact),
    Rule("and-true", true && m => m, .exact),
    Rule("and-false", false && m => false, .exact),
    Rule("and-self", m && m => m, .exact),
    Rule("and-not", m && !m => false, .exact),
    Rule("and-and", m && (m && n) => m && n, .exact),
    Rule("or-true", true || m => true, .exact),
    Rule("or-false", false || m => m, .exact),
    Rule("or-self", m || m => m, .exact),
    Rule("or-not", m || !m => true, .exact),
    Rule("not-equal", !(x == y) => x != y, .exact),
    Rule("not-not-equal", !(x != y) => x == y, .exact),
    Rule("not-less", !(x < y) => x >= y, .exact, if: .isNotFloat(x)),
    Rule("not-less-equal", !(x <= y) => x > y, .exact, if: .isNotFloat(x)),
    Rule("not-greater", !(x > y) => x <= y, .exact, if: .isNotFloat(x)),
    Rule("not-greater-equal", !(x >= y) => x < y, .exact, if: .isNotFloat(x)),
    Rule("add-self-bool", x + x => x, .exact, if: .isBool(x)),
    Rule("mul-self-bool", x * x => x, .exact, if: .isBool(x)),
  ]

  /// NaN is the one number that does not equal itself.
  static let comparisons: [Rule] = [
    Rule("less-self", x < x => false, .exact),
    Rule("greater-self", x > x => false, .exact),
    Rule("equal-self", x == x => true, .exact, if: .isNotFloat(x)),
    Rule("not-equal-self", x != x => false, .exact, if: .isNotFloat(x)),
    Rule("less-equal-self", x <= x => true, .exact, if: .isNotFloat(x)),
    Rule("greater-equal-self", x >= x => true, .exact, if: .isNotFloat(x)),
  ]
}
