package import LoopIR
import Support

/// Reduction of angles of any size, after M. H. Payne and R. N. Hanek (Radian reduction for
/// trigonometric functions, SIGNUM Newsletter 18, 1983): of the product of an angle m·2ᵉ and 2/π
/// only digits from 2 down matter, so m meets only those digits of 2/π that reach them.
extension LoopBuilder {
  /// The rest of an angle of 2¹⁹ or more, to all digits; NaN for ∞.
  package mutating func reducedHugeAngle(_ x: ScalarID) -> ReducedAngle {
    let bits = bitcast(x, to: .u64)
    let exponent = binary(.shiftRightLogical, bits, word(52))
    let fraction = binary(.and, bits, word(0xF_FFFF_FFFF_FFFF))
    let significand = binary(.or, fraction, word(1 << 52))
    let window = digitsOfInverse(from: subtract(exponent, word(1013)))
    let product = lowDigits(of: window, times: significand)
    // The number of quarter turns stands in the first two bits; the rest, doubled twice, is a
    // fraction with a sign.
    let turns = binary(
      .shiftRightLogical, add(product[0], word(1 << 61)), word(62))
    let upper = binary(
      .or, binary(.shiftLeft, product[0], word(2)), binary(.shiftRightLogical, product[1], word(62)))
    let lower = binary(
      .or, binary(.shiftLeft, product[1], word(2)), binary(.shiftRightLogical, product[2], word(62)))
    let (high, low) = quarterTurn(times: fractionOf(upper, lower))
    return ReducedAngle(turns: turns, upper: add(high, subtract(x, x)), lower: low)
  }

  /// A constant of type `u64`.
  private mutating func word(_ value: UInt64) -> ScalarID {
    constant(.u64, .int(Int64(bitPattern: value)))
  }

  /// The lower half of a word.
  private mutating func lowerHalf(_ x: ScalarID) -> ScalarID { binary(.and, x, word(0xFFFF_FFFF)) }

  /// The upper half of a word, shifted down.
  private mutating func higherHalf(_ x: ScalarID) -> ScalarID {
    binary(.shiftRightLogical, x, word(32))
  }

  /// 192 bits of the table from a position on, the first word first.
  private mutating func digitsOfInverse(from position: ScalarID) -> [ScalarID] {
    var words = InverseTable.words.map { word($0) }
    // Words are moved forward by 16, 8, … as the bits of the number of the first word say.
    for (step, needed) in [(16, 4), (8, 11), (4, 7), (2, 5), (1, 4)] {
      let bit = binary(.and, position, word(UInt64(step) << 6))
      let isMoved = compare(.notEqual, bit, word(0))
      for place in 0..<needed {
        words[place] = select(isMoved, words[place + step], words[place])
      }
    }
    let shift = binary(.and, position, word(63))
    let rest = subtract(word(63), shift)
    return (0..<3).map { place in
      let next = binary(.shiftRightLogical, words[place + 1], word(1))
      return binary(
        .or, binary(.shiftLeft, words[place], shift), binary(.shiftRightLogical, next, rest))
    }
  }

  /// The product of 192 bits and a number below 2⁵³, without what goes beyond 192 bits.
  private mutating func lowDigits(of words: [ScalarID], times factor: ScalarID) -> [ScalarID] {
    var halves: [ScalarID] = []
    for word in words.reversed() { halves += [lowerHalf(word), higherHalf(word)] }
    var digits: [ScalarID] = []
    let low = lowerHalf(factor)
    var carry = word(0)
    for half in halves {
      let sum = add(multiply(half, low), carry)
      digits.append(lowerHalf(sum))
      carry = higherHalf(sum)
    }
    let high = higherHalf(factor)
    carry = word(0)
    for place in 1..<halves.count {
      let sum = add(add(multiply(halves[place - 1], high), digits[place]), carry)
      digits[place] = lowerHalf(sum)
      carry = higherHalf(sum)
    }
    return [5, 3, 1].map { place in
      binary(.or, binary(.shiftLeft, digits[place], word(32)), digits[place - 1])
    }
  }

  /// A fraction of 128 bits with a sign, as the sum of two floats.
  private mutating func fractionOf(
    _ upper: ScalarID, _ lower: ScalarID
  ) -> (high: ScalarID, low: ScalarID) {
    let signed = binary(.shiftRight, bitcast(upper, to: .i64), constant(.i64, .int(32)))
    let first = scaledNumber(signed, 0x1p-32)
    let second = scaledNumber(bitcast(lowerHalf(upper), to: .i64), 0x1p-64)
    let third = scaledNumber(bitcast(higherHalf(lower), to: .i64), 0x1p-96)
    let fourth = scaledNumber(bitcast(lowerHalf(lower), to: .i64), 0x1p-128)
    let sum = add(first, second)
    let rest = add(subtract(second, subtract(sum, first)), add(third, fourth))
    let high = add(sum, rest)
    return (high, add(subtract(sum, high), rest))
  }

  /// An integer times a power of two.
  private mutating func scaledNumber(_ x: ScalarID, _ power: Double) -> ScalarID {
    let number = convert(x, to: .f64)
    return multiply(number, constant(power, like: number))
  }

  /// The product of a sum of two floats and π/2.
  mutating func quarterTurn(
    times x: (high: ScalarID, low: ScalarID)
  ) -> (high: ScalarID, low: ScalarID) {
    let half = upperHalf(x.high)
    let turn = constant(.pi / 2, like: half)
    // The product of the upper parts is exact.
    let upper = multiply(half, constant(InverseTable.turn.upper, like: half))
    let small = multiplyAdd(subtract(x.high, half), turn, multiply(x.low, turn))
    let rest = multiplyAdd(half, constant(InverseTable.turn.lower, like: half), small)
    let high = add(upper, rest)
    return (high, add(subtract(upper, high), rest))
  }
}

/// Digits of 2/π.
private enum InverseTable {
  /// 64 bits before the point, and 1216 behind it.
  static let words: [UInt64] = [
    0x0000_0000_0000_0000, 0xA2F9_836E_4E44_1529, 0xFC27_57D1_F534_DDC0, 0xDB62_9599_3C43_9041,
    0xFE51_63AB_DEBB_C561, 0xB724_6E3A_424D_D2E0, 0x0649_2EEA_09D1_921C, 0xFE1D_EB1C_B129_A73E,
    0xE882_35F5_2EBB_4484, 0xE99C_7026_B45F_7E41, 0x3991_D639_8353_39F4, 0x9C84_5F8B_BDF9_283B,
    0x1FF8_97FF_DE05_980F, 0xEF2F_118B_5A0A_6D1F, 0x6D36_7ECF_27CB_09B7, 0x4F46_3F66_9E5F_EA2D,
    0x7527_BAC7_EBE5_F17B, 0x3D07_39F7_8A52_92EA, 0x6BFB_5FB1_1F8D_5D08, 0x5603_3046_FC7B_6BAB,
  ]
  /// π/2 in two parts, of which the upper has half the digits.
  static let turn = (upper: 0x1.921fb5p+0, lower: 0x1.110b4611a6263p-26)
}
