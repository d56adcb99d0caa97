package import LoopIR
import Support

extension LoopBuilder {
  /// eˣ to 1.1 ulp, right for NaN, ±∞ and results below the normal numbers.
  ///
  /// x = k·ln 2 + r with |r| ≤ ½ ln 2 and a polynomial in r; 2ᵏ is put together from bits.
  package mutating func mathExp(_ x: ScalarID) -> ScalarID {
    let table = ExpTable.of(type(x).element)
    // Comparisons that are false for NaN let it pass.
    let high = constant(table.greatest, like: x)
    let low = constant(table.least, like: x)
    let capped = select(compare(.greater, x, high), high, x)
    let clamped = select(compare(.less, capped, low), low, capped)
    let (count, r) = reducedByLogarithm(clamped)
    let tail = multiply(multiply(r, r), polynomial(table.polynomial, r))
    let power = add(constant(1, like: x), add(r, tail))
    // In two steps, since neither 2¹⁰²⁴ nor 2⁻¹⁰⁷⁵ is a normal number; only the second rounds.
    let half = wholeNumber(multiply(count, constant(0.5, like: x)))
    let first = multiply(power, powerOfTwo(half))
    return multiply(first, powerOfTwo(subtract(count, half)))
  }

  /// The whole number k nearest to x / ln 2, as a float, and x − k·ln 2.
  package mutating func reducedByLogarithm(
    _ x: ScalarID
  ) -> (count: ScalarID, rest: ScalarID) {
    let table = ExpTable.of(type(x).element)
    let count = wholeNumber(multiply(x, constant(1.4426950408889634, like: x)))
    // The upper part of ln 2 has so few bits that its product with k is exact.
    let upper = subtract(x, multiply(count, constant(table.logarithm.upper, like: x)))
    let rest = multiplyAdd(count, constant(-table.logarithm.lower, like: x), upper)
    return (count, rest)
  }

  /// The nearest whole number, of a number well below 2²².
  package mutating func wholeNumber(_ x: ScalarID) -> ScalarID {
    // Behind so great a number there is no room for a fraction.
    let shift = constant(ExpTable.of(type(x).element).shift, like: x)
    return subtract(add(x, shift), shift)
  }

  /// 2ᵏ for a whole number k, given as a float, for which it is a normal number.
  package mutating func powerOfTwo(_ count: ScalarID) -> ScalarID {
    let table = ExpTable.of(type(count).element)
    // The sum has k and the bias of exponents as its last bits.
    let sum = add(count, constant(table.shift + table.bias, like: count))
    let bits = bitcast(sum, to: table.bits)
    let exponent = binary(.shiftLeft, bits, constant(table.bits, .int(table.significandBits)))
    return bitcast(exponent, to: type(count).element)
  }
}

/// What differs between the widths of floats.
private struct ExpTable {
  var bits: DType
  var significandBits: Int64
  var bias: Double
  /// 1.5·2ᵇ with b significand bits: where numbers are spaced by 1.
  var shift: Double
  /// From here on the result is ∞, or 0.
  var greatest: Double
  var least: Double
  /// ln 2 in two parts.
  var logarithm: (upper: Double, lower: Double)
  /// (eʳ − 1 − r) / r², to 2⁻⁵⁶·⁸ and 2⁻²⁸ of eʳ.
  var polynomial: [Double]

  static func of(_ type: DType) -> ExpTable { type == .f32 ? single : double }

  private static let double = ExpTable(
    bits: .u64, significandBits: 52, bias: 1023, shift: 0x1.8p52, greatest: 710, least: -746,
    logarithm: (0x1.62E42FEFp-1, 0x1.473DE6AF278EDp-34),
    polynomial: [
      0.5, 0x1.5555555555501p-3, 0x1.5555555553201p-5, 0x1.1111111128a30p-7,
      0x1.6c16c17cc4c64p-10, 0x1.a01a011b59e91p-13, 0x1.a019ab288f157p-16, 0x1.71df57a4d5c25p-19,
      0x1.289f8f24c78e9p-22, 0x1.ad1c17aea426ap-26,
    ])

  private static let single = ExpTable(
    bits: .u32, significandBits: 23, bias: 127, shift: 0x1.8p23, greatest: 89, least: -104,
    logarithm: (0x1.62Ep-1, 0x1.0BFBE8p-15),
    polynomial: [0.5, 0x1.5554a4p-3, 0x1.55568ep-5, 0x1.122f1ap-7, 0x1.6b667ap-10])
}
