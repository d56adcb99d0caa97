package import LoopIR
import Support

/// Γ itself; its logarithm and the derivatives of that stand in other files.
extension LoopBuilder {
  /// Γ(x) to 3.5 ulp, 1.1 from 2.5 on; NaN at the whole numbers below 0.
  ///
  /// 1/Γ is a polynomial between 1.5 and 2.5, and x·Γ(x) = Γ(x + 1) leads there from −0.5 on; above
  /// stands Stirling's formula with a power of twice the digits, and below −½ reflection,
  /// Γ(x) = π / (sin πx·Γ(−x)·(−x)), with an argument that no sum rounds.
  package mutating func mathTgamma(_ x: ScalarID) -> ScalarID {
    let wide = convert(x, to: .f64)
    let zero = constant(0, like: wide)
    let one = constant(1, like: wide)
    let isReflected = compare(.less, wide, constant(-0.5, like: wide))
    let y = select(isReflected, negate(wide), wide)
    let isNear = compare(.less, y, constant(2.5, like: wide))
    let near = inverseOfGamma(y, isReflected: isReflected)
    let far = stirlingPower(
      y, isReflected: isReflected, isSingle: type(x).element == .f32)
    let sine = sineOfPi(wide)
    let upper = select(
      isNear, select(isReflected, multiply(near.inverse, constant(.pi, like: wide)), one),
      select(isReflected, one, far.power))
    let lower = multiply(
      select(isReflected, sine, select(isNear, near.inverse, one)),
      select(isNear, near.factor, select(isReflected, far.power, one)))
    let count = select(isNear, zero, select(isReflected, negate(far.count), far.count))
    let result = scaled(divide(upper, lower), by: count)
    let isPole = binary(.and, isReflected, compare(.equal, sine, zero))
    return convert(select(isPole, constant(.nan, like: wide), result), to: type(x).element)
  }

  /// 1/Γ at a number between 1.5 and 2.5, and for −0.5 ≤ x ≤ 2.5 the factor that makes 1/Γ(x) of it,
  /// or the divisor that makes 1/Γ(x + 1).
  private mutating func inverseOfGamma(
    _ x: ScalarID, isReflected: ScalarID
  ) -> (inverse: ScalarID, factor: ScalarID) {
    let one = constant(1, like: x)
    let isFirst = compare(.less, x, constant(0.5, like: x))
    let isSecond = compare(.less, x, constant(1.5, like: x))
    let distance = select(
      isFirst, x, subtract(x, select(isSecond, one, constant(2, like: x))))
    let steps = select(isFirst, multiply(x, add(x, one)), select(isSecond, x, one))
    let factor = select(isReflected, select(isSecond, one, x), steps)
    return (polynomial(FactorialTable.inverse, distance), factor)
  }

  /// Γ(x) = √(2π)·x^(x − ½)·e⁻ˣ·(1 + 1/(12x) + …) for x ≥ 2.5, or x·Γ(x)/π, as y·2ᵏ.
  private mutating func stirlingPower(
    _ x: ScalarID, isReflected: ScalarID, isSingle: Bool
  ) -> (power: ScalarID, count: ScalarID) {
    // From here on it is ∞, and its inverse 0.
    let limit = constant(200, like: x)
    let y = select(compare(.greater, x, limit), limit, x)
    let half = constant(0.5, like: x)
    let shift = select(isReflected, half, negate(half))
    let exponent = isSingle ? roughExponent(y, shift) : preciseExponent(y, shift)
    // log₂ √(2π) = 1 + c, and log₂ (√(2π)/π) = −c.
    let twice = negate(add(shift, shift))
    let scale = FactorialTable.scale
    let scaleUpper = multiply(twice, constant(scale.upper, like: x))
    let lower = multiplyAdd(twice, constant(scale.lower, like: x), exponent.lower)
    let count = wholeNumber(add(exponent.upper, scaleUpper))
    let fraction = add(subtract(exponent.upper, count), scaleUpper)
    let power = powerOfTwo(fraction: fraction, plus: lower)
    let one = constant(1, like: x)
    let inverse = divide(one, y)
    let series = multiply(inverse, polynomial(FactorialTable.stirling, inverse))
    let shifted = select(isReflected, count, add(count, one))
    return (multiplyAdd(power, series, power), shifted)
  }

  /// (x + d)·log₂ x − x·log₂ e with the error of an `f64`.
  private mutating func roughExponent(_ x: ScalarID, _ d: ScalarID) -> Pair {
    let base = constant(-1.4426950408889634, like: x)
    let power = multiply(add(x, d), mathLog2(x))
    return Pair(upper: multiplyAdd(x, base, power), lower: constant(0, like: x))
  }

  /// The same with some digits more for d = ±½; the products of the upper parts are exact.
  private mutating func preciseExponent(_ x: ScalarID, _ d: ScalarID) -> Pair {
    let logarithm = preciseLog2(x)
    let upper = upperHalf(x)
    let rest = subtract(x, upper)
    let grown = multiply(add(upper, d), logarithm.upper)
    let grownRest = multiplyAdd(add(x, d), logarithm.lower, multiply(rest, logarithm.upper))
    let base = FactorialTable.base
    let shrunk = multiply(upper, constant(base.upper, like: x))
    let shrunkRest = multiplyAdd(
      x, constant(base.lower, like: x), multiply(rest, constant(base.upper, like: x)))
    let sum = subtract(grown, shrunk)
    // Either may be the greater one.
    let part = add(sum, shrunk)
    let lost = subtract(subtract(grown, part), subtract(shrunk, subtract(part, sum)))
    return Pair(upper: sum, lower: add(lost, subtract(grownRest, shrunkRest)))
  }

  /// sin πx to 1 ulp, 0 at whole numbers, NaN at infinities.
  package mutating func sineOfPi(_ x: ScalarID) -> ScalarID {
    let whole = unary(.roundEven, x)
    let part = subtract(x, whole)
    let magnitude = unary(.abs, part)
    let half = constant(0.5, like: x)
    let isOuter = compare(.greater, magnitude, constant(0.25, like: x))
    let r = select(isOuter, subtract(half, magnitude), magnitude)
    let (upper, lower) = quarterTurn(times: (add(r, r), constant(0, like: x)))
    let sine = select(isOuter, cosineOfRest(upper, lower), sineOfRest(upper, lower))
    let halved = multiply(whole, half)
    let isOdd = compare(.notEqual, unary(.trunc, halved), halved)
    let signed = binary(.copysign, sine, part)
    return select(isOdd, negate(signed), signed)
  }
}

/// Numbers for Γ.
private enum FactorialTable {
  /// log₂ e, of which the upper part has half the digits.
  static let base = (upper: 0x1.715476p+0, lower: 0x1.4ae0bf85ddf44p-26)
  /// log₂ √(2π) − 1 in two parts.
  static let scale = (upper: 0x1.4d90cp-2, lower: 0x1.3498ddf75b0dbp-21)
  /// 1/Γ(2 + t) for |t| ≤ ½, to 2⁻⁵⁶·⁹.
  static let inverse: [Double] = [
    1, -0x1.b0ee6072093cbp-2, -0x1.dd603fb6ac11ep-3, 0x1.875ac57822200p-3, -0x1.92449b66f1bffp-6,
    -0x1.211985113e63bp-6, 0x1.06e8179e19c82p-7, -0x1.a5b351144fcf8p-11, -0x1.7a5da937990eap-12,
    0x1.3156634bc72efp-13, -0x1.265f4f2d3980dp-16, -0x1.5b8c158d6a016p-19, 0x1.676e992da77afp-20,
    -0x1.b745616422b2ap-23, -0x1.82012f14cfa6ap-30, 0x1.7d338a2b032f9p-28,
  ]
  /// (Γ(x)·eˣ / (√(2π)·x^(x − ½)) − 1)·x in 1/x for x ≥ 2.5, to 2⁻⁵⁷·⁹ of Γ.
  static let stirling: [Double] = [
    0x1.5555555555600p-4, 0x1.c71c71c5f9444p-9, -0x1.5f726897373bap-9, -0x1.e13db1afab097p-13,
    0x1.9b146576b1709p-11, 0x1.228a07cf7e4f4p-14, -0x1.34517cbf26329p-11, -0x1.38ec00c433cb0p-14,
    0x1.da367b0839e47p-11, 0x1.206d3683d73f6p-13, -0x1.b518ad70b6646p-9, 0x1.77a57d894e7e2p-8,
    -0x1.2a4ae471f87f7p-8, 0x1.88645d02c0839p-10,
  ]
}
