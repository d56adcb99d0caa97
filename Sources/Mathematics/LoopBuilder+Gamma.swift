package import LoopIR
import Support

extension LoopBuilder {
  /// ln |Γ(x)|, without the global state of the C library's; its error is relative to the result,
  /// for negative x to the greater of the result and 1.
  ///
  /// Stirling's series from 8 on, a rational function between 0.6 and 2.6, one factor or several of
  /// Γ(x + 1) = x·Γ(x) elsewhere, and reflection.
  package mutating func mathLgamma(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in b.lgammaOfDouble(x) }
  }

  /// ln |Γ(x)| of an `f64`.
  private mutating func lgammaOfDouble(_ x: ScalarID) -> ScalarID {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let isNegative = compare(.less, x, zero)
    let y = select(isNegative, subtract(one, x), x)
    let isSmall = compare(.less, y, constant(0.6, like: x))
    let isLarge = compare(.greaterEqual, y, constant(8, like: x))
    // Γ(y) = Γ(reduced)·product, or for small y Γ(y + 1)/y.
    var reduced = select(isSmall, add(y, one), y)
    var product = select(isSmall, y, one)
    for _ in 0..<6 {
      let isAbove = compare(.greaterEqual, reduced, constant(2.6, like: x))
      let less = subtract(reduced, one)
      product = select(isAbove, multiply(product, less), product)
      reduced = select(isAbove, less, reduced)
    }
    let logarithm = mathLog(select(isLarge, y, product))
    let near = lgammaNearTwo(reduced)
    let middle = add(near, select(isSmall, negate(logarithm), logarithm))
    let positive = select(isLarge, stirling(y, logarithm: logarithm), middle)
    // ln |Γ(x)| = −ln |sin πx / π| − ln Γ(1 − x); the sine has the period 1 but for its sign.
    let part = subtract(x, unary(.roundEven, x))
    let sine = call(.sin, multiply(part, constant(.pi, like: x)))
    let scaled = multiply(unary(.abs, sine), constant(1 / .pi, like: x))
    let reflected = negate(add(mathLog(scaled), positive))
    let result = select(isNegative, reflected, positive)
    let infinity = constant(.infinity, like: x)
    return select(compare(.equal, unary(.abs, x), infinity), infinity, result)
  }

  /// ln Γ(x) = (x − 1)(x − 2)·R(x) for 0.6 ≤ x ≤ 2.6, R to 2⁻⁶⁰.
  private mutating func lgammaNearTwo(_ x: ScalarID) -> ScalarID {
    let t = subtract(x, constant(0.6, like: x))
    let ratio = divide(polynomial(GammaTables.upper, t), polynomial(GammaTables.lower, t))
    let first = subtract(x, constant(1, like: x))
    let second = subtract(x, constant(2, like: x))
    return multiply(multiply(first, second), ratio)
  }

  /// (x − ½)(ln x − 1) + ½ ln 2π − ½ + Σ B₂ₖ/(2k(2k − 1)·x²ᵏ⁻¹) for x ≥ 8.
  private mutating func stirling(_ x: ScalarID, logarithm: ScalarID) -> ScalarID {
    let inverse = divide(constant(1, like: x), x)
    let terms = Bernoulli.numbers.prefix(8).enumerated().map { index, number in
      number / Double((2 * index + 2) * (2 * index + 1))
    }
    let series = polynomial(terms, multiply(inverse, inverse))
    let rest = multiplyAdd(series, inverse, constant(0.41893853320467274, like: x))
    let power = multiply(
      subtract(x, constant(0.5, like: x)), subtract(logarithm, constant(1, like: x)))
    return add(power, rest)
  }
}

/// Coefficients of ln Γ(0.6 + t) / ((t − 0.4)(t − 1.4)) as a quotient of polynomials.
private enum GammaTables {
  /// The numerator.
  static let upper: [Double] = [
    0x1.6c197aa04fca1p-1, 0x1.e5fb70c4279f1p+1, 0x1.000e4a55fe6fap+3, 0x1.0f86ab9f8852cp+3,
    0x1.3234912e8f568p+2, 0x1.6535a4b0ce691p+0, 0x1.82bfe0e156ab7p-3, 0x1.28ab566a1d744p-7,
    0x1.7c4ab93081edep-15, -0x1.71188c0922fe9p-22,
  ]
  /// The denominator.
  static let lower: [Double] = [
    1, 0x1.7f93015465174p+2, 0x1.cfea7f8cd2be4p+3, 0x1.230d555f077b7p+4, 0x1.95e8f1d7946abp+3,
    0x1.39966595214fcp+2, 0x1.f9dbc87746523p-1, 0x1.72cc181ec874fp-4, 0x1.5f8366734002bp-9,
  ]
}
