package import LoopIR
import Support

extension LoopBuilder {
  /// ln |Γ(x)|, without the global state of the C library's; its error is relative to the result,
  /// for negative x to the greater of the result and 1.
  ///
  /// Stirling's series from 8 on, a rational function between 0.6 and 2.6, one factor or several of
  /// Γ(x + 1) = x·Γ(x) elsewhere, and reflection.
  package mutating func mathLgamma(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.lgamma, x) }
    return inDouble(x) { b, x in b.lgammaOfDouble(x) }
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

  /// ln Γ(x) = (x − 1)(x − 2)·R(x) for 0.6 ≤ x ≤ 2.6, where R is R(⅞) and a quotient of polynomials
  /// in x − ⅞, which is smaller, so that its error is.
  private mutating func lgammaNearTwo(_ x: ScalarID) -> ScalarID {
    let t = subtract(x, constant(0.875, like: x))
    let ratio = divide(polynomial(GammaTables.upper, t), polynomial(GammaTables.lower, t))
    let first = subtract(x, constant(1, like: x))
    let second = subtract(x, constant(2, like: x))
    return multiply(
      multiply(first, second), add(constant(GammaTables.middle, like: x), ratio))
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

/// Coefficients of ln Γ(⅞ + t) / ((t − ⅛)(t − 1⅛)), less its value for t = 0, as a quotient of
/// polynomials, to 2⁻⁵⁸.
private enum GammaTables {
  /// The value for t = 0.
  static let middle = 0x1.389a1d88abaadp-1
  /// The numerator.
  static let upper: [Double] = [
    0x1.c1c0c35de07eap-55, -0x1.294df52516f53p-2, -0x1.1fb821ae5bfa0p+0, -0x1.ba86857af2b12p+0,
    -0x1.58a921eeb97b0p+0, -0x1.1edeee86b2e48p-1, -0x1.edc315d2c25efp-4, -0x1.839790b8c130bp-7,
    -0x1.8d5a7d1cae1fap-12, -0x1.5f396874247c3p-24,
  ]
  /// The denominator.
  static let lower: [Double] = [
    1, 0x1.25d4962331c76p+2, 0x1.14d9b8c1a4741p+3, 0x1.142d36481155bp+3, 0x1.39c9a76ee71cbp+2,
    0x1.96a1823e7be2cp+0, 0x1.1c846a4a4d3efp-2, 0x1.77d6f15767ebbp-6, 0x1.4e7e34f782ac5p-11,
  ]
}
