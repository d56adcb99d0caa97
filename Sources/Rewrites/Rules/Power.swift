import GraphIR
import Ops
import Support

/// Powers become products and roots: `pow` is never called for a small whole exponent.
extension Catalogue {
  static let powers: [Rule] = [
    Rule("pow-one", x ** 1 => x, .exact),
    Rule("pow-zero", x ** 0 => 1, .exact),
    Rule("one-pow", 1 ** x => 1, .exact, if: .isFloat(x)),
    Rule("pow-two", x ** 2 => square(x), .within(ulps: 1)),
    Rule("pow-minus-one", x ** -1 => reciprocal(x), .within(ulps: 1), if: .isFloat(x)),
    // √ of -∞ is NaN and √ of -0 is -0, where the powers are ∞ and +0.
    Rule("pow-half", x ** 0.5 => sqrt(x), .within(ulps: 1), if: .hasClearSign(x)),
    Rule(
      "pow-half-signed", x ** 0.5 => select(x == minusInfinity, infinity, sqrt(x)),
      .within(ulps: 1)),
    Rule("pow-minus-half", x ** -0.5 => rsqrt(x), .within(ulps: 2), if: .hasClearSign(x)),
    .code(
      "pow-integer", "x ** n", "product of squares, of reciprocals for n < 0", .within(ulps: 16),
      on: [.power]
    ) { r, node in
      guard let exponent = r.constant(node.operands[1]) else { return nil }
      return r.power(node.operands[0], exponent)
    },
    Rule("two-pow", 2 ** x => exp2(x), .within(ulps: 2), if: .isFloat(x)),
  ]

  static let functions: [Rule] = [
    Rule("abs-abs", abs(abs(x)) => abs(x), .exact),
    Rule("abs-negated", abs(-x) => abs(x), .exact, if: .isSigned(x)),
    Rule("abs-square", abs(square(x)) => square(x), .exact, if: .isFloat(x)),
    Rule("square-negated", square(-x) => square(x), .exact),
    Rule("square-abs", square(abs(x)) => square(x), .exact),
    Rule("maximum-self", maximum(x, x) => x, .exact),
    Rule("minimum-self", minimum(x, x) => x, .exact),
    .code(
      "round-whole", "floor(round(x))", "round(x)", .exact, on: [.floor, .ceil, .round, .trunc]
    ) { r, node in
      let whole: [Operation] = [.floor, .ceil, .round, .trunc]
      let isWhole =
        !node.type.dtype.isFloat || whole.contains(r.operation(of: node.operands[0]))
      return isWhole ? node.operands[0] : nil
    },
  ]
}

extension Rewriter {
  /// Whole exponents up to this become products: their rounding errors add up to half of it in ulp.
  private static let greatestExponent = 32

  /// The power as products; nil where the exponent is not whole or too large.
  fileprivate mutating func power(_ base: Value, _ exponent: Literal) -> Value? {
    let limit = Rewriter.greatestExponent
    let isFloat = dtype(base).isFloat
    guard exponent.double == exponent.double.rounded(),
      exponent.double.magnitude <= Double(isFloat ? limit : 2 * limit)
    else { return nil }
    let count = Int(exponent.double)
    // Of integers the power is 0, or the front end refused it.
    if count < 2, !isFloat || count > -2 { return nil }
    return product(of: abs(count), count < 0 ? emit(.reciprocal, [base]) : base)
  }

  /// The product of so many equal factors, by repeated squaring.
  private mutating func product(of count: Int, _ factor: Value) -> Value {
    var square = factor
    var result = count & 1 == 1 ? factor : nil
    var rest = count >> 1
    while rest > 0 {
      square = emit(.square, [square])
      if rest & 1 == 1 { result = result.map { emit(.multiply, [$0, square]) } ?? square }
      rest >>= 1
    }
    return result ?? square
  }
}
