package import LoopIR
import Support

extension LoopBuilder {
  /// 1 / (1 + e⁻ˣ) to 2.4 ulp, in the tails too.
  package mutating func mathSigmoid(_ x: ScalarID) -> ScalarID {
    let (small, share) = logisticParts(x)
    let isNegative = compare(.less, x, constant(0, like: x))
    return select(isNegative, multiply(small, share), share)
  }

  /// The slope e⁻ˣ / (1 + e⁻ˣ)² of the logistic function to 4 ulp; beside the function itself it
  /// costs two products.
  package mutating func mathSigmoidSlope(_ x: ScalarID) -> ScalarID {
    let (small, share) = logisticParts(x)
    return multiply(multiply(small, share), share)
  }

  /// e^−|x|, and 1 / (1 + e^−|x|).
  private mutating func logisticParts(_ x: ScalarID) -> (small: ScalarID, share: ScalarID) {
    let small = mathExp(negate(unary(.abs, x)))
    let one = constant(1, like: x)
    return (small, divide(one, add(one, small)))
  }

  /// x / (1 + e⁻ˣ) to 2 ulp, in the tails too.
  package mutating func mathSilu(_ x: ScalarID) -> ScalarID {
    // Only there, where x is not tiny, may it be scaled down.
    let isFar = compare(.less, x, constant(-64, like: x))
    let (scale, sum) = logisticDenominator(x, isFar: isFar)
    // −∞ over a number would be −∞; where the clamp holds the result is 0.
    let least = constant(-1000, like: x)
    let y = select(compare(.less, x, least), least, x)
    return divide(multiply(y, scale), sum)
  }

  /// A power of two c and c·(1 + e⁻ˣ), which does not overflow before x over it underflows; where
  /// a condition does not hold, c is 1.
  private mutating func logisticDenominator(
    _ x: ScalarID, isFar: ScalarID
  ) -> (scale: ScalarID, sum: ScalarID) {
    let (bound, exponent, power) =
      type(x).element == .f32 ? (110.0, 32.0, 0x1p-32) : (754.0, 64.0, 0x1p-64)
    let shift = select(isFar, constant(exponent, like: x), constant(0, like: x))
    let scale = select(isFar, constant(power, like: x), constant(1, like: x))
    let term = exponential(negate(clamped(x, bound)))
    return (scale, add(scale, scaled(term.power, by: subtract(term.count, shift))))
  }

  /// ln(1 + eˣ) to 2 ulp, in the tails too.
  package mutating func mathSoftplus(_ x: ScalarID) -> ScalarID {
    let rest = logOfOnePlusExp(negate(unary(.abs, x)))
    let zero = constant(0, like: x)
    return add(select(compare(.greater, x, zero), x, zero), rest)
  }

  /// ln(eˣ + eʸ) to 2 ulp of the greater of its terms.
  package mutating func mathLogaddexp(_ x: ScalarID, _ y: ScalarID) -> ScalarID {
    // Equal infinities have no difference, but a sum.
    let difference = select(
      compare(.equal, x, y), constant(0, like: x), subtract(x, y))
    let rest = logOfOnePlusExp(negate(unary(.abs, difference)))
    return add(select(compare(.greater, x, y), x, y), rest)
  }

  /// tanh x to 1.5 ulp.
  ///
  /// x + x³·R(x²) below 0.6, 1 − 2·e⁻²ˣ/(1 + e⁻²ˣ) above; one division serves both.
  package mutating func mathTanh(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.tanh, x) }
    let magnitude = unary(.abs, x)
    let one = constant(1, like: x)
    let isSmall = compare(.less, magnitude, constant(0.6, like: x))
    let power = mathExp(negate(add(magnitude, magnitude)))
    let z = multiply(magnitude, magnitude)
    let table = TanhTable.of(type(x).element)
    let cube = multiply(multiply(magnitude, z), polynomial(table.upper, z))
    let ratio = divide(
      select(isSmall, cube, multiply(constant(-2, like: x), power)),
      select(isSmall, polynomial(table.lower, z), add(one, power)))
    return binary(.copysign, add(select(isSmall, magnitude, one), ratio), x)
  }

  /// The slope 4e⁻²ˣ / (1 + e⁻²ˣ)² of tanh to 4 ulp; beside tanh itself it costs a division.
  package mutating func mathTanhSlope(_ x: ScalarID) -> ScalarID {
    let magnitude = unary(.abs, x)
    let power = mathExp(negate(add(magnitude, magnitude)))
    let one = constant(1, like: x)
    let share = divide(constant(2, like: x), add(one, power))
    return multiply(multiply(power, share), share)
  }
}

/// (tanh(x)/x − 1) / x² in x², to 2⁻⁶¹ and 2⁻²⁸, as a quotient of polynomials.
private struct TanhTable {
  /// The numerator.
  var upper: [Double]
  /// The denominator.
  var lower: [Double]

  /// The table of a type.
  static func of(_ type: DType) -> TanhTable { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double = TanhTable(
    upper: [-0x1.5555555555554p-2, -0x1.4fd737f11d861p-6, -0x1.a1a4079dc3328p-13],
    lower: [1, 0x1.d891f416cf17bp-2, 0x1.7d96f4c97a4d6p-6, 0x1.b10fe49b8379ep-13])

  /// The table of `f32`.
  private static let single = TanhTable(
    upper: [-0x1.55553ep-2, 0x1.1109c2p-3, -0x1.b89b92p-5, 0x1.54cac0p-6, -0x1.82abeep-8],
    lower: [1])
}
