import GraphIR

/// Products and quotients. Signs move outwards, until a constant or a sum takes them in.
extension Catalogue {
  static let multiplication: [Rule] = [
    Rule("mul-one", 1 * x => x, .exact),
    Rule("mul-minus-one", -1 * x => -x, .exact),
    Rule("mul-zero", 0 * x => 0, .exact, if: .isNotFloat(x)),
    Rule("mul-self", x * x => square(x), .exact, if: .isNumber(x)),
    Rule("mul-negated-constant", c * -x => -c * x, .exact),
    Rule("mul-negated", x * -y => -(x * y), .exact),
    Rule("mul-collect", c * (d * x) => (c * d) * x, .within(ulps: 2), if: .productIsSafe(c, d)),
    Rule(
      "mul-divided", c * (x / d) => (c / d) * x, .within(ulps: 2), if: .quotientIsSafe(c, d)),
    Rule(
      "mul-over", c * (d / x) => (c * d) / x, .within(ulps: 2),
      if: .isLarge(c) && .productIsSafe(c, d)),
    Rule("mul-reciprocal", c * reciprocal(x) => c / x, .within(ulps: 1), if: .isLarge(c)),
  ]

  static let division: [Rule] = [
    Rule("div-one", x / 1 => x, .exact),
    Rule("div-minus-one", x / -1 => -x, .exact),
    Rule("one-div", 1 / x => reciprocal(x), .exact),
    Rule("div-power-of-two", x / c => (1 / c) * x, .exact, if: .hasExactReciprocal(c)),
    Rule("div-negated-by-constant", -x / c => x / -c, .exact),
    Rule("div-constant-by-negated", c / -x => -c / x, .exact),
    Rule("negated-div", -x / y => -(x / y), .exact),
    Rule("div-by-negated", x / -y => -(x / y), .exact),
    Rule("div-collect", (x / c) / d => x / (c * d), .within(ulps: 2), if: .divisorIsSafe(c, d)),
    Rule(
      "div-multiple", (c * x) / d => (c / d) * x, .within(ulps: 2), if: .ratioIsSafe(c, d)),
  ]
}
