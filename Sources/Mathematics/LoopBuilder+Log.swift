package import LoopIR
import Support

extension LoopBuilder {
  /// ln x to 1 ulp, right for NaN, ∞, zeros, numbers below 0 and below the normal ones.
  ///
  /// x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, and an odd polynomial in f/(2 + f).
  package mutating func mathLog(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.log, x) }
    let (count, significand) = splitAny(x)
    let f = subtract(significand, constant(1, like: x))
    return limitsOfLogarithm(x, logarithm(count: count, f: f, correction: nil))
  }

  /// log₂ x to 2 ulp, exact for powers of two.
  package mutating func mathLog2(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.log2, x) }
    let (count, significand) = splitAny(x)
    let f = subtract(significand, constant(1, like: x))
    let rest = logarithm(count: constant(0, like: x), f: f, correction: nil)
    let inverse = constant(1.4426950408889634, like: x)
    return limitsOfLogarithm(x, multiplyAdd(rest, inverse, count))
  }

  /// The values of a logarithm at 0, ∞, NaN and below 0; elsewhere what is given.
  private mutating func limitsOfLogarithm(_ x: ScalarID, _ result: ScalarID) -> ScalarID {
    let zero = constant(0, like: x)
    let infinity = constant(.infinity, like: x)
    let above = select(compare(.less, x, infinity), result, x)
    let below = select(
      compare(.equal, x, zero), negate(infinity), constant(.nan, like: x))
    return select(compare(.greater, x, zero), above, below)
  }

  /// log₁₀ x to 1 ulp, exact for powers of ten.
  ///
  /// The product of ln m and log₁₀ e is taken of two parts each, of which the upper ones have an
  /// exact product, and so have k and the upper part of log₁₀ 2.
  package mutating func mathLog10(_ x: ScalarID) -> ScalarID {
    let table = LogTable.of(type(x).element)
    let (count, m) = splitAny(x)
    let f = subtract(m, constant(1, like: x))
    let s = divide(f, add(constant(2, like: x), f))
    let z = multiply(s, s)
    let half = multiply(multiply(f, f), constant(0.5, like: x))
    let series = multiplyAdd(z, polynomial(table.polynomial, z), half)
    let upper = upperHalf(subtract(f, half))
    let lower = multiplyAdd(s, series, subtract(subtract(f, upper), half))
    let (scale, digits) = (table.decimal.scale, table.decimal.digits)
    let product = multiply(upper, constant(scale.upper, like: x))
    let whole = multiply(count, constant(digits.upper, like: x))
    let sum = add(whole, product)
    let lost = subtract(product, subtract(sum, whole))
    let rest = multiplyAdd(
      add(lower, upper), constant(scale.lower, like: x),
      multiply(lower, constant(scale.upper, like: x)))
    let small = multiplyAdd(count, constant(digits.lower, like: x), rest)
    return limitsOfLogarithm(x, add(sum, add(lost, small)))
  }

  /// ln(1 + x) to 1 ulp, near 0 too.
  package mutating func mathLog1p(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.log1p, x) }
    return binary(.copysign, logOfSum(x, plus: nil, doublings: nil), x)
  }

  /// k·ln 2 + ln(1 + x + d) for a much smaller d.
  package mutating func logOfSum(
    _ x: ScalarID, plus d: ScalarID?, doublings k: ScalarID?
  ) -> ScalarID {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let u = add(one, x)
    let (exponent, significand) = split(u)
    // What rounding took from u = 1 + x, by way of the greater of the two; nothing where 1 + x is
    // not needed, as in ln(1 + f) with f = x.
    let isNear = compare(.equal, exponent, zero)
    let isLarge = compare(.greaterEqual, x, one)
    let lost = select(isLarge, subtract(one, subtract(u, x)), subtract(x, subtract(u, one)))
    var rest = select(isNear, zero, lost)
    if let d { rest = add(rest, d) }
    let f = select(isNear, x, subtract(significand, one))
    let count = k.map { add(exponent, $0) } ?? exponent
    let result = logarithm(count: count, f: f, correction: divide(rest, u))
    let above = select(compare(.less, x, constant(.infinity, like: x)), result, x)
    let below = select(
      compare(.equal, u, zero), constant(-.infinity, like: x), constant(.nan, like: x))
    return select(compare(.greater, u, zero), above, below)
  }

  /// ln(1 + eˣ) for x ≤ 0.
  package mutating func logOfOnePlusExp(_ x: ScalarID) -> ScalarID {
    let one = constant(1, like: x)
    let y = mathExp(x)
    let u = add(one, y)
    // ln 2 + ln(u/2), where u is above √2, with what rounding took from u. There 1/u is nearly
    // linear, and the little that is lost needs few digits.
    let isHalved = compare(.greater, u, constant(1.4142135623730951, like: x))
    let inverse = multiplyAdd(u, constant(-0.36, like: x), constant(1.205, like: x))
    let lost = multiply(subtract(y, subtract(u, one)), inverse)
    let zero = constant(0, like: x)
    let half = subtract(multiply(u, constant(0.5, like: x)), one)
    return logarithm(
      count: select(isHalved, one, zero), f: select(isHalved, half, y),
      correction: select(isHalved, lost, zero))
  }

  /// k·ln 2 + ln(1 + f) + correction, for |correction| below a unit of the last place of 1.
  package mutating func logarithm(
    count: ScalarID, f: ScalarID, correction: ScalarID?
  ) -> ScalarID {
    let table = LogTable.of(type(f).element)
    let s = divide(f, add(constant(2, like: f), f))
    let z = multiply(s, s)
    let half = multiply(multiply(f, f), constant(0.5, like: f))
    let series = multiplyAdd(z, polynomial(table.polynomial, z), half)
    // The product with the upper part of ln 2 is exact.
    var rest = multiply(count, constant(table.logarithm.lower, like: f))
    if let correction { rest = add(rest, correction) }
    let small = subtract(half, multiplyAdd(s, series, rest))
    let whole = multiply(count, constant(table.logarithm.upper, like: f))
    return subtract(whole, subtract(small, f))
  }

  /// The exponent k and the significand m of a positive number 2ᵏ·m with √½ ≤ m < √2.
  package mutating func splitAny(
    _ x: ScalarID
  ) -> (exponent: ScalarID, significand: ScalarID) {
    let table = LogTable.of(type(x).element)
    let isSubnormal = compare(.less, x, constant(table.leastNormal, like: x))
    let scaled = multiply(x, constant(table.scale, like: x))
    let (exponent, significand) = split(select(isSubnormal, scaled, x))
    let shift = select(
      isSubnormal, constant(-table.scaleExponent, like: x), constant(0, like: x))
    return (add(exponent, shift), significand)
  }

  /// The exponent k and the significand m of a positive normal number 2ᵏ·m with √½ ≤ m < √2.
  private mutating func split(
    _ x: ScalarID
  ) -> (exponent: ScalarID, significand: ScalarID) {
    let table = LogTable.of(type(x).element)
    let element = type(x).element
    // Moved so that the exponent's bits change at √2 and not at 2.
    let moved = add(
      bitcast(x, to: table.bits), constant(table.bits, .int(table.one - table.rootHalf)))
    let fraction = binary(.and, moved, constant(table.bits, .int(table.fractionMask)))
    let significand = bitcast(
      add(fraction, constant(table.bits, .int(table.rootHalf))), to: element)
    let count = binary(
      .shiftRightLogical, moved, constant(table.bits, .int(table.significandBits)))
    // As the last bits of a number that is spaced by 1 the count becomes a float.
    let carrier = bitcast(
      binary(.or, count, constant(table.bits, .int(table.carrierBits))), to: element)
    return (subtract(carrier, constant(table.carrier + table.bias, like: x)), significand)
  }
}

/// What differs between the widths of floats.
private struct LogTable {
  /// The unsigned integer of as many bits.
  var bits: DType
  /// The number of bits behind the leading one.
  var significandBits: Int64
  /// Those bits.
  var fractionMask: Int64
  /// What is added to exponents.
  var bias: Double
  /// The bits of 1.
  var one: Int64
  /// The bits of √½, rounded to a few.
  var rootHalf: Int64
  /// 2ᵇ with b significand bits: from here on numbers are spaced by 1.
  var carrier: Double
  /// The bits of that.
  var carrierBits: Int64
  /// The least number with all its digits.
  var leastNormal: Double
  /// What numbers below the normal ones are multiplied by.
  var scale: Double
  /// The exponent of that.
  var scaleExponent: Double
  /// ln 2 in two parts.
  var logarithm: (upper: Double, lower: Double)
  /// log₁₀ e and log₁₀ 2 in two parts each, of which the upper have half the digits of a number
  /// and so few that their products with exponents are exact.
  var decimal: (scale: (upper: Double, lower: Double), digits: (upper: Double, lower: Double))
  /// (ln((1 + s)/(1 − s)) / s − 2) / s² in s², to 2⁻⁵⁹ and 2⁻³⁰.
  var polynomial: [Double]

  /// The table of a type.
  static func of(_ type: DType) -> LogTable { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double = LogTable(
    bits: .u64, significandBits: 52, fractionMask: 0xF_FFFF_FFFF_FFFF, bias: 1023,
    one: 0x3FF0_0000_0000_0000, rootHalf: 0x3FE6_A09E_0000_0000, carrier: 0x1p52,
    carrierBits: 0x4330_0000_0000_0000, leastNormal: 0x1p-1022, scale: 0x1p54, scaleExponent: 54,
    logarithm: (0x1.62E42FEFp-1, 0x1.473DE6AF278EDp-34),
    decimal: (
      scale: (0x1.bcb7b1p-2, 0x1.49b9438ca9aaep-28),
      digits: (0x1.34413509f7p-2, 0x1.3fde623e2566bp-43)),
    polynomial: [
      0x1.5555555555593p-1, 0x1.999999997f9dcp-2, 0x1.249249422df3fp-2, 0x1.c71c51d321478p-3,
      0x1.74664af26a982p-3, 0x1.39a06e5b5756fp-3, 0x1.2f133e0daac37p-3,
    ])

  /// The table of `f32`.
  private static let single = LogTable(
    bits: .u32, significandBits: 23, fractionMask: 0x7F_FFFF, bias: 127, one: 0x3F80_0000,
    rootHalf: 0x3F35_0000, carrier: 0x1p23, carrierBits: 0x4B00_0000, leastNormal: 0x1p-126,
    scale: 0x1p25, scaleExponent: 25, logarithm: (0x1.62Ep-1, 0x1.0BFBE8p-15),
    decimal: (
      scale: (0x1.bcap-2, 0x1.7b1526p-14), digits: (0x1.344p-2, 0x1.3509f8p-18)),
    polynomial: [0x1.55557ap-1, 0x1.995ec6p-2, 0x1.31e364p-2])
}
