package import LoopIR
import Support

extension LoopBuilder {
  /// ln |Γ(x)|, without the global state of the C library's; its error is relative to the result,
  /// for negative x to the greater of the result and 1.
  ///
  /// Stirling's series from 8 on, a rational function between 1 and 3, one factor or several of
  /// Γ(x + 1) = x·Γ(x) elsewhere, and reflection.
  package mutating func mathLgamma(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in b.lgammaOfDouble(x) }
  }

  private mutating func lgammaOfDouble(_ x: ScalarID) -> ScalarID {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let isNegative = compare(.less, x, zero)
    let y = select(isNegative, subtract(one, x), x)
    let isSmall = compare(.less, y, one)
    let isLarge = compare(.greaterEqual, y, constant(8, like: x))
    // Γ(y) = Γ(reduced)·product, or for small y Γ(y + 1)/y.
    var reduced = select(isSmall, add(y, one), y)
    var product = select(isSmall, y, one)
    for _ in 0..<5 {
      let isAbove = compare(.greaterEqual, reduced, constant(3, like: x))
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

  /// ln Γ(x) = (x − 1)(x − 2)·R(x) for 1 ≤ x ≤ 3, R to 2⁻⁵⁹.
  private mutating func lgammaNearTwo(_ x: ScalarID) -> ScalarID {
    let t = subtract(x, constant(2, like: x))
    let ratio = divide(polynomial(GammaTables.upper, t), polynomial(GammaTables.lower, t))
    return multiply(multiply(subtract(x, constant(1, like: x)), t), ratio)
  }

  /// (x − ½)(ln x − 1) + ½ ln 2π − ½ + Σ B₂ₖ/(2k(2k − 1)·x²ᵏ⁻¹) for x ≥ 8.
  private mutating func stirling(_ x: ScalarID, logarithm: ScalarID) -> ScalarID {
    let inverse = divide(constant(1, like: x), x)
    let terms = SpecialFunctions.bernoulli.prefix(8).enumerated().map { index, number in
      number / Double((2 * index + 2) * (2 * index + 1))
    }
    let series = polynomial(terms, multiply(inverse, inverse))
    let rest = multiplyAdd(series, inverse, constant(0.41893853320467274, like: x))
    let power = multiply(
      subtract(x, constant(0.5, like: x)), subtract(logarithm, constant(1, like: x)))
    return add(power, subtract(rest, constant(0.5, like: x)))
  }
}

/// Coefficients of ln Γ(2 + t) / (t·(1 + t)) as a quotient of polynomials.
private enum GammaTables {
  static let upper: [Double] = [
    0x1.b0ee6072093cep-2, 0x1.84bfe15e3dce6p-1, 0x1.153841b2089ddp-1, 0x1.8de393345bc03p-3,
    0x1.2b4019c7581a8p-5, 0x1.b951ba8483a0bp-9, 0x1.f7e2e4e9391c0p-14, 0x1.0e677867a0deep-21,
    -0x1.06f75d6fa1748p-28,
  ]
  static let lower: [Double] = [
    1, 0x1.043f0409ee110p+1, 0x1.af64035b60513p+0, 0x1.75d41130005d4p-1, 0x1.686cb108521d4p-3,
    0x1.7a7c65c77e135p-6, 0x1.83f914da32213p-10, 0x1.1b90e46d7d019p-15,
  ]
}
