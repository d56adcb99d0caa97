package import LoopIR
import Support

extension LoopBuilder {
  /// eˣ to 1.1 ulp, right for NaN, ±∞ and results below the normal numbers.
  package mutating func mathExp(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.exp, x) }
    let (power, count) = exponential(clamped(x, ExpTable.of(type(x).element).bound))
    return scaled(power, by: count)
  }

  /// eˣ − 1 to 2 ulp, near 0 too.
  package mutating func mathExpm1(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.expm1, x) }
    // From here on the result is −1, and ∞.
    let lower = constant(-60, like: x)
    let upper = constant(ExpTable.of(type(x).element).greatest, like: x)
    let raised = select(compare(.less, x, lower), lower, x)
    let y = select(compare(.greater, raised, upper), upper, raised)
    let rest = reducedByLogarithm(y)
    // 2ᵏ·(eʳ − 1) + (2ᵏ − 1), halved, since 2ᵏ may be too large by one.
    let scale = powerOfTwo(subtract(rest.count, constant(1, like: x)))
    let lessHalf = subtract(scale, constant(0.5, like: x))
    let whole = multiplyAdd(scale, powerLessOne(rest), lessHalf)
    return binary(.copysign, multiply(whole, constant(2, like: x)), x)
  }

  /// 2ˣ to 1 ulp, exact for whole numbers.
  package mutating func mathExp2(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.exp2, x) }
    let limit = type(x).element == .f32 ? 160.0 : 1100.0
    let y = clamped(x, limit)
    let count = wholeNumber(y)
    return scaled(powerOfTwo(fraction: subtract(y, count), plus: nil), by: count)
  }

  /// 2ᶠ⁺ᵈ for |f| ≤ ½ and a much smaller d, with an error of little more than its rounding.
  package mutating func powerOfTwo(fraction f: ScalarID, plus d: ScalarID?) -> ScalarID {
    let table = ExpTable.of(type(f).element)
    let half = upperHalf(f)
    // The product of the upper parts is exact.
    let upper = multiply(half, constant(table.halves.upper, like: f))
    let product = multiply(half, constant(table.halves.lower, like: f))
    let rest = d.map { add(subtract(f, half), $0) } ?? subtract(f, half)
    let lower = multiplyAdd(rest, constant(0.6931471805599453, like: f), product)
    let r = add(upper, lower)
    let small = multiplyAdd(multiply(r, r), polynomial(table.polynomial, r), lower)
    // What the first sum loses goes into the second.
    let one = constant(1, like: f)
    let sum = add(one, upper)
    return add(sum, add(subtract(upper, subtract(sum, one)), small))
  }

  /// sinh x to 2 ulp: a polynomial below 1, else from eˣ.
  package mutating func mathSinh(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.sinh, x) }
    let magnitude = unary(.abs, x)
    let z = multiply(x, x)
    let cube = multiply(multiply(magnitude, z), polynomial(ExpTable.of(type(x).element).sinh, z))
    let half = halfExponential(magnitude)
    let large = subtract(half, divide(constant(0.25, like: x), half))
    let isSmall = compare(.less, magnitude, constant(1, like: x))
    return binary(.copysign, select(isSmall, add(magnitude, cube), large), x)
  }

  /// cosh x to 2 ulp.
  package mutating func mathCosh(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.cosh, x) }
    let half = halfExponential(unary(.abs, x))
    return add(half, divide(constant(0.25, like: x), half))
  }

  /// ½·eˣ for x ≥ 0, which overflows only where it is too large itself.
  private mutating func halfExponential(_ x: ScalarID) -> ScalarID {
    let (power, count) = exponential(clamped(x, ExpTable.of(type(x).element).bound))
    return scaled(power, by: subtract(count, constant(1, like: x)))
  }

  /// y·2ᵏ = eˣ⁺ᵈ with ½ < y < 2, for x within the bounds where eˣ is 0 and where it is ∞.
  ///
  /// x = k·ln 2 + r with |r| ≤ ½ ln 2, and a polynomial in r; d is much smaller than x.
  package mutating func exponential(
    _ x: ScalarID, plus d: ScalarID? = nil
  ) -> (power: ScalarID, count: ScalarID) {
    var rest = reducedByLogarithm(x)
    if let d { rest.lower = add(rest.lower, d) }
    return (add(constant(1, like: x), powerLessOne(rest)), rest.count)
  }

  /// eʳ − 1 for |r| ≤ ½ ln 2.
  private mutating func powerLessOne(_ rest: Reduced) -> ScalarID {
    let r = add(rest.upper, rest.lower)
    let series = polynomial(ExpTable.of(type(r).element).polynomial, r)
    return add(rest.upper, multiplyAdd(multiply(r, r), series, rest.lower))
  }

  /// The number, or the bound where it is beyond; comparisons that are false for NaN let it pass.
  package mutating func clamped(_ x: ScalarID, _ bound: Double) -> ScalarID {
    let high = constant(bound, like: x)
    let low = constant(-bound, like: x)
    let capped = select(compare(.greater, x, high), high, x)
    return select(compare(.less, capped, low), low, capped)
  }

  /// A number k·ln 2 + upper + lower, where k is whole, and the last term very small.
  private struct Reduced {
    var count: ScalarID
    var upper: ScalarID
    var lower: ScalarID
  }

  /// Takes the nearest multiple of ln 2 from a number.
  private mutating func reducedByLogarithm(_ x: ScalarID) -> Reduced {
    let table = ExpTable.of(type(x).element)
    let count = wholeNumber(multiply(x, constant(1.4426950408889634, like: x)))
    // The upper part of ln 2 has so few bits that its product with k is exact.
    let upper = subtract(x, multiply(count, constant(table.logarithm.upper, like: x)))
    let lower = multiply(count, constant(-table.logarithm.lower, like: x))
    return Reduced(count: count, upper: upper, lower: lower)
  }

  /// The nearest whole number, of a number well below 2²².
  package mutating func wholeNumber(_ x: ScalarID) -> ScalarID {
    // Next to so great a number there is no room for a fraction.
    let shift = constant(ExpTable.of(type(x).element).shift, like: x)
    return subtract(add(x, shift), shift)
  }

  /// x·2ᵏ with one rounding, for a whole number k given as a float.
  package mutating func scaled(_ x: ScalarID, by count: ScalarID) -> ScalarID {
    binary(.scale, x, count)
  }

  /// 2ᵏ for a whole number k, given as a float, for which it is a normal number or ∞.
  package mutating func powerOfTwo(_ count: ScalarID) -> ScalarID {
    let table = ExpTable.of(type(count).element)
    // The sum has k plus the bias of exponents as its last bits.
    let sum = add(count, constant(table.shift + table.bias, like: count))
    let bits = bitcast(sum, to: table.bits)
    let exponent = binary(.shiftLeft, bits, constant(table.bits, .int(table.significandBits)))
    return bitcast(exponent, to: type(count).element)
  }
}

/// What differs between the widths of floats.
private struct ExpTable {
  /// The unsigned integer of as many bits.
  var bits: DType
  /// The number of bits behind the leading one.
  var significandBits: Int64
  /// What is added to exponents.
  var bias: Double
  /// 1.5·2ᵇ with b significand bits: where numbers are spaced by 1.
  var shift: Double
  /// Where eˣ is ∞.
  var greatest: Double
  /// Where e⁻ˣ is 0 too.
  var bound: Double
  /// ln 2 in two parts.
  var logarithm: (upper: Double, lower: Double)
  /// ln 2 with as many bits in its upper part as the upper half of a number has.
  var halves: (upper: Double, lower: Double)
  /// (sinh(x)/x − 1) / x² in x² for |x| ≤ 1, to 2⁻⁶¹ and 2⁻³¹.
  var sinh: [Double]
  /// (eʳ − 1 − r) / r², to 2⁻⁵⁶·⁸ and 2⁻²⁸ of eʳ.
  var polynomial: [Double]

  /// The table of a type.
  static func of(_ type: DType) -> ExpTable { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double = ExpTable(
    bits: .u64, significandBits: 52, bias: 1023, shift: 0x1.8p52, greatest: 710, bound: 746,
    logarithm: (0x1.62E42FEFp-1, 0x1.473DE6AF278EDp-34),
    halves: (0x1.62E42F8p-1, 0x1.BE8E7BCD5E4F2p-27),
    sinh: [
      0x1.5555555555556p-3, 0x1.111111111101ep-7, 0x1.a01a01a0372b4p-13, 0x1.71de3a3afd347p-19,
      0x1.ae647002532afp-26, 0x1.6116ecf1e5c4ep-33, 0x1.b5cbbf31e9c8ep-41,
    ],
    polynomial: [
      0.5, 0x1.5555555555501p-3, 0x1.5555555553201p-5, 0x1.1111111128a30p-7,
      0x1.6c16c17cc4c64p-10, 0x1.a01a011b59e91p-13, 0x1.a019ab288f157p-16, 0x1.71df57a4d5c25p-19,
      0x1.289f8f24c78e9p-22, 0x1.ad1c17aea426ap-26,
    ])

  /// The table of `f32`.
  private static let single = ExpTable(
    bits: .u32, significandBits: 23, bias: 127, shift: 0x1.8p23, greatest: 89, bound: 104,
    logarithm: (0x1.62Ep-1, 0x1.0BFBE8p-15), halves: (0x1.62Ep-1, 0x1.0BFBE8p-15),
    sinh: [0x1.555556p-3, 0x1.1110e0p-7, 0x1.a022bcp-13, 0x1.756becp-19],
    polynomial: [0.5, 0x1.5554a4p-3, 0x1.55568ep-5, 0x1.122f1ap-7, 0x1.6b667ap-10])
}
