package import LoopIR
import Support

extension LoopBuilder {
  /// xʸ to 1 ulp, with the values that IEEE 754 gives at zeros, infinities and NaN.
  package mutating func mathPower(_ x: ScalarID, _ y: ScalarID) -> ScalarID {
    if callsLibrary { return call(.pow, x, y) }
    let magnitude = unary(.abs, x)
    let power: ScalarID
    if type(x).element == .f32 {
      // An `f64` has digits enough for a product that goes into an exponent.
      let logarithm = mathLog2(convert(magnitude, to: .f64))
      let exponent = clamped(convert(y, to: .f64), PowerTable.greatestExponent)
      let wide = mathExp2(multiply(exponent, logarithm))
      power = convert(wide, to: .f32)
    } else {
      power = powerOfPositive(magnitude, y)
    }
    return limitsOfPower(x, y, power)
  }

  /// The sign of a power, and its values where the logarithm of the base has none.
  private mutating func limitsOfPower(
    _ x: ScalarID, _ y: ScalarID, _ power: ScalarID
  ) -> ScalarID {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let infinity = constant(.infinity, like: x)
    let magnitude = unary(.abs, x)
    let isZero = compare(.equal, x, zero)
    let isInfinite = compare(.equal, magnitude, infinity)
    let grows = binary(.xor, isZero, compare(.greater, y, zero))
    let extreme = select(grows, infinity, zero)
    let isExtreme = binary(.or, isZero, isInfinite)
    // Numbers from 2⁵³ on are even.
    let half = multiply(y, constant(0.5, like: y))
    let isWhole = compare(.equal, unary(.trunc, y), y)
    let isOdd = binary(.and, isWhole, compare(.notEqual, unary(.trunc, half), half))
    let finite = select(isExtreme, extreme, power)
    let signed = select(isOdd, binary(.copysign, finite, x), finite)
    // A negative number has no other power; this holds for zeros and −∞ too, but there it has.
    let isNegative = binary(
      .and, compare(.less, x, zero), unary(.not, isExtreme))
    let isUndefined = binary(.and, isNegative, unary(.not, isWhole))
    // A sum with a NaN is one; 1 and the power 0 know nothing of it.
    let known = select(isUndefined, constant(.nan, like: x), signed)
    let sum = add(x, y)
    let hasNaN = binary(.or, compare(.notEqual, x, x), compare(.notEqual, y, y))
    let isOne = binary(.or, compare(.equal, x, one), compare(.equal, y, zero))
    return select(isOne, one, select(hasNaN, sum, known))
  }

  /// xʸ for a finite x > 0, by way of y·log₂ x to 64 bits.
  private mutating func powerOfPositive(_ x: ScalarID, _ y: ScalarID) -> ScalarID {
    let logarithm = preciseLog2(x)
    let exponent = clamped(y, PowerTable.greatestExponent)
    let half = upperHalf(exponent)
    let upper = multiply(half, logarithm.upper)
    let rest = multiply(subtract(exponent, half), logarithm.upper)
    let lower = multiplyAdd(exponent, logarithm.lower, rest)
    let sum = add(upper, lower)
    let limit = constant(1100, like: x)
    let isLarge = compare(.greater, sum, limit)
    let isSmall = compare(.less, sum, negate(limit))
    let count = wholeNumber(clamped(sum, 1100))
    let power = powerOfTwo(fraction: subtract(upper, count), plus: lower)
    let result = scaled(power, by: count)
    let capped = select(isLarge, constant(.infinity, like: x), result)
    return select(isSmall, constant(0, like: x), capped)
  }

  /// A number in two parts, of which the upper has half the digits.
  struct Pair {
    var upper: ScalarID
    var lower: ScalarID
  }

  /// log₂ x = k + 2/(3 ln 2)·s·(3 + s² + …) for x = 2ᵏ·m and s = (m − 1)/(m + 1), as in fdlibm.
  mutating func preciseLog2(_ x: ScalarID) -> Pair {
    let (count, m) = splitAny(x)
    let one = constant(1, like: x)
    let s = preciseQuotient(subtract(m, one), m)
    let whole = add(s.upper, s.lower)
    // s²: the square of the upper part is exact, the rest goes with the series.
    let square = multiply(s.upper, s.upper)
    let z = multiply(whole, whole)
    let series = multiply(multiply(z, z), polynomial(PowerTable.series, z))
    let r = multiplyAdd(s.lower, add(s.upper, whole), series)
    let three = constant(3, like: x)
    let factorUpper = upperHalf(add(add(three, square), r))
    let factorLower = subtract(r, subtract(subtract(factorUpper, three), square))
    // s·(3 + s² + r)
    let product = multiply(s.upper, factorUpper)
    let small = multiplyAdd(s.lower, factorUpper, multiply(factorLower, whole))
    let upper = upperHalf(add(product, small))
    let lower = subtract(small, subtract(upper, product))
    // Times 2/(3 ln 2), plus k.
    let scaledUpper = multiply(upper, constant(PowerTable.scaleUpper, like: x))
    let scaledLower = multiplyAdd(
      upper, constant(PowerTable.scaleLower, like: x),
      multiply(lower, constant(PowerTable.scale, like: x)))
    let total = upperHalf(add(add(scaledUpper, scaledLower), count))
    let left = subtract(scaledLower, subtract(subtract(total, count), scaledUpper))
    return Pair(upper: total, lower: left)
  }

  /// f / (m + 1) for f = m − 1.
  private mutating func preciseQuotient(_ f: ScalarID, _ m: ScalarID) -> Pair {
    let one = constant(1, like: m)
    let divisor = add(m, one)
    let lost = subtract(m, subtract(divisor, one))
    let inverse = divide(one, divisor)
    let upper = upperHalf(multiply(f, inverse))
    let divisorUpper = upperHalf(divisor)
    let divisorLower = add(subtract(divisor, divisorUpper), lost)
    // Products of upper parts are exact.
    let rest = subtract(
      subtract(f, multiply(upper, divisorUpper)), multiply(upper, divisorLower))
    return Pair(upper: upper, lower: multiply(rest, inverse))
  }
}

/// The numbers that powers are made of.
private enum PowerTable {
  /// From here on every power of a positive number is 0, 1 or ∞.
  static let greatestExponent = 0x1p66
  /// (3/2·ln((1 + s)/(1 − s))/s − 3 − s²) / s⁴ in s², to 2⁻⁷¹ of 3.
  static let series: [Double] = [
    0x1.3333333333330p-1, 0x1.b6db6db6dc905p-2, 0x1.55555554168b1p-2, 0x1.1745d22a0dc1bp-2,
    0x1.d89d11ebc2e42p-3, 0x1.99b15e52b512bp-3, 0x1.66a0b52250e5ep-3, 0x1.707ba9783b433p-3,
  ]
  /// 2/(3 ln 2)
  static let scale = 0x1.ec709dc3a03fdp-1
  /// The upper half of its digits.
  static let scaleUpper = 0x1.ec709d8p-1
  /// What the upper half lacks.
  static let scaleLower = 0x1.0e80ff5d27f05p-27
}
