import GraphIR

/// Sums.
extension Catalogue {
  static let addition: [Rule] = [
    Rule("add-zero", 0 + x => x, .zeroSign),
    Rule("add-minus-zero", -0.0 + x => x, .exact),
    Rule("add-self", x + x => 2 * x, .exact, if: .isNumber(x)),
    Rule("add-negated", x + -y => x - y, .exact),
    Rule("add-collect", c + (d + x) => (c + d) + x, .reordered, if: .sumIsExact(c, d)),
    Rule("add-collect-difference", c + (d - x) => (c + d) - x, .reordered, if: .sumIsExact(c, d)),
    Rule("add-multiple", x + (c * x) => (c + 1) * x, .within(ulps: 2), if: .hasExactSuccessor(c)),
    Rule(
      "add-multiples", (c * x) + (d * x) => (c + d) * x, .within(ulps: 2),
      if: .sumsMultiples(c, d)),
    Rule(
      "add-branches", select(m, x, 0) + select(m, 0, y) => select(m, x, y), .zeroSign),
  ]

  static let subtraction: [Rule] = [
    Rule("sub-zero", x - 0 => x, .exact),
    Rule("sub-minus-zero", x - -0.0 => x, .zeroSign),
    Rule("zero-sub", 0 - x => -x, .zeroSign),
    Rule("sub-self", x - x => 0, .exact, if: .isInteger(x)),
    Rule("sub-negated", x - -y => x + y, .exact),
    Rule("sub-constant", x - c => -c + x, .exact, if: .isSigned(c)),
    Rule("sub-collect", c - (d + x) => (c - d) - x, .reordered, if: .differenceIsExact(c, d)),
    Rule(
      "sub-collect-difference", c - (d - x) => (c - d) + x, .reordered,
      if: .differenceIsExact(c, d)),
  ]

  static let negation: [Rule] = [
    Rule("neg-neg", -(-x) => x, .exact),
    Rule("neg-sub", -(x - y) => y - x, .zeroSign),
    Rule("neg-multiple", -(c * x) => -c * x, .exact),
    Rule("neg-over", -(c / x) => -c / x, .exact),
    Rule("neg-divided", -(x / c) => x / -c, .exact),
    Rule("neg-multiple-product", -((c * x) * y) => (-c * x) * y, .exact),
    Rule("neg-over-product", -((c / x) * y) => (-c / x) * y, .exact),
  ]
}
