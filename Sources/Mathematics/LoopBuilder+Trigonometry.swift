package import LoopIR
import Support

/// Sine and cosine.
///
/// Angles up to a bound, which leaves the number of quarter turns exact, are reduced as W. J. Cody
/// and W. Waite do (Software Manual for the Elementary Functions, 1980), by parts of π/2 whose
/// products with that number are exact; greater ones need hundreds of digits of 2/π.
extension LoopBuilder {
  /// sin x to 1 ulp, 1.5 of `f32`.
  package mutating func laneSin(_ x: ScalarID, everywhere: Bool) -> LaneValue {
    let angle = reducedAngle(unary(.abs, x), everywhere: everywhere)
    let turned = quarterWave(angle, isCosine: false)
    let sign = binary(.and, bitcast(x, to: type(angle.turns).element), signBit(angle.turns))
    let bits = binary(.xor, bitcast(turned, to: type(sign).element), sign)
    return LaneValue(
      bitcast(bits, to: type(x).element), isServed: everywhere ? nil : isWithinTurns(x))
  }

  /// cos x to 1 ulp, 1.5 of `f32`.
  package mutating func laneCos(_ x: ScalarID, everywhere: Bool) -> LaneValue {
    let angle = reducedAngle(unary(.abs, x), everywhere: everywhere)
    return LaneValue(
      quarterWave(angle, isCosine: true), isServed: everywhere ? nil : isWithinTurns(x))
  }

  /// Whether an angle needs no quarter turns taken off.
  package mutating func isNearZero(_ x: ScalarID) -> ScalarID {
    let eighthTurn = type(x).element == .f32 ? 0x1.921FB4p-1 : 0x1.921FB54442D18p-1
    return compare(.less, unary(.abs, x), constant(eighthTurn, like: x))
  }

  /// What `laneSin` and `laneCos` give of an angle near 0, bit by bit, in half of their steps.
  package mutating func nearWave(_ x: ScalarID, isCosine: Bool) -> ScalarID {
    let size = unary(.abs, x)
    let nothing = type(x).element == .f32 ? nil : constant(0, like: x)
    if isCosine { return cosineOfRest(size, nothing) }
    return binary(.copysign, sineOfRest(size, nothing), x)
  }

  /// tan x to 1.2 ulp.
  package mutating func laneTan(_ x: ScalarID, everywhere: Bool) -> LaneValue {
    let angle = wideAngle(unary(.abs, x), everywhere: everywhere)
    let one = constant(.u64, .int(1))
    let isOdd = compare(
      .notEqual, binary(.and, angle.turns, one), constant(.u64, .int(0)))
    let tangent = convert(tangentOfTurned(angle, isOdd: isOdd), to: type(x).element)
    let isNegative = compare(
      .less, binary(.copysign, constant(1, like: x), x), constant(0, like: x))
    return LaneValue(
      select(isNegative, negate(tangent), tangent),
      isServed: everywhere ? nil : isWithinTurns(x))
  }

  /// tan(r + d) = r + r³·T(r²) + d·(1 + tan² r), or minus its inverse after an odd number of
  /// quarter turns.
  private mutating func tangentOfTurned(_ angle: ReducedAngle, isOdd: ScalarID) -> ScalarID {
    let r = angle.upper
    let z = multiply(r, r)
    let cube = multiply(r, z)
    let one = constant(1, like: r)
    guard let lower = angle.lower else {
      let tangent = multiplyAdd(cube, polynomial(TangentTable.single, z), r)
      return select(isOdd, divide(constant(-1, like: r), tangent), tangent)
    }
    let series = multiply(cube, polynomial(TangentTable.double, z))
    let rough = add(r, series)
    let small = add(series, multiplyAdd(multiply(rough, rough), lower, lower))
    let tangent = add(r, small)
    // 1/t = u + (1 − u·t)/t, where the product of the upper halves is exact.
    let lost = subtract(small, subtract(tangent, r))
    let inverse = divide(one, tangent)
    let (upper, half) = (upperHalf(inverse), upperHalf(tangent))
    let rest = multiply(upper, add(subtract(tangent, half), lost))
    let residual = subtract(subtract(one, multiply(upper, half)), rest)
    return select(isOdd, negate(multiplyAdd(inverse, residual, upper)), tangent)
  }

  /// An angle k·π/2 + upper + lower.
  package struct ReducedAngle {
    /// An unsigned integer, as wide as the angle, whose last bits are those of k.
    package var turns: ScalarID
    /// At most π/4, and a little more.
    package var upper: ScalarID
    /// What rounding took; nil for nothing that matters.
    package var lower: ScalarID?
  }

  /// Takes the nearest number of quarter turns from an angle of 0 or more; right up to the bound
  /// if not everywhere.
  private mutating func reducedAngle(_ x: ScalarID, everywhere: Bool) -> ReducedAngle {
    let angle = wideAngle(x, everywhere: everywhere)
    guard type(x).element == .f32 else { return angle }
    return ReducedAngle(
      turns: convert(angle.turns, to: .u32), upper: convert(angle.upper, to: .f32))
  }

  /// The same in `f64`, where that of an `f32` needs no second part.
  private mutating func wideAngle(_ x: ScalarID, everywhere: Bool) -> ReducedAngle {
    let near = type(x).element == .f32 ? reducedSingle(x) : reducedDouble(x)
    guard everywhere else { return near }
    let huge = reducedHugeAngle(convert(x, to: .f64))
    let isNear = isWithinTurns(x)
    var lower: ScalarID?
    if let nearLower = near.lower, let hugeLower = huge.lower {
      lower = select(isNear, nearLower, hugeLower)
    }
    return ReducedAngle(
      turns: select(isNear, near.turns, huge.turns),
      upper: select(isNear, near.upper, huge.upper), lower: lower)
  }

  /// The angle of an `f64` up to the bound.
  private mutating func reducedDouble(_ x: ScalarID) -> ReducedAngle {
    let parts = TurnTable.parts
    let (count, turns) = quarterTurns(x)
    // π/2 to 155 bits, of which all but the last part have 34.
    let first = multiplyAdd(count, constant(-parts[0], like: x), x)
    let second = multiplyAdd(count, constant(-parts[1], like: x), first)
    // What rounding took from the second difference; the first is exact.
    let lost = multiplyAdd(count, constant(-parts[1], like: x), subtract(first, second))
    let third = multiplyAdd(count, constant(-parts[2], like: x), lost)
    let rest = multiplyAdd(count, constant(-parts[3], like: x), third)
    let upper = add(second, rest)
    return ReducedAngle(turns: turns, upper: upper, lower: add(subtract(second, upper), rest))
  }

  /// The angle of an `f32` up to the bound in `f64`, which has digits enough.
  private mutating func reducedSingle(_ x: ScalarID) -> ReducedAngle {
    let wide = convert(x, to: .f64)
    let (count, turns) = quarterTurns(wide)
    let first = multiplyAdd(count, constant(-TurnTable.singleParts.0, like: wide), wide)
    let second = multiplyAdd(count, constant(-TurnTable.singleParts.1, like: wide), first)
    return ReducedAngle(turns: turns, upper: second)
  }

  /// The nearest number of quarter turns of an angle, as an `f64` and in the last bits of an
  /// integer.
  private mutating func quarterTurns(_ x: ScalarID) -> (count: ScalarID, turns: ScalarID) {
    let shift = constant(0x1.8p52, like: x)
    let sum = multiplyAdd(x, constant(0x1.45F306DC9C883p-1, like: x), shift)
    return (subtract(sum, shift), bitcast(sum, to: .u64))
  }

  /// Whether an angle has so few quarter turns that their number is exact; true for NaN.
  private mutating func isWithinTurns(_ x: ScalarID) -> ScalarID {
    let limit = type(x).element == .f32 ? 0x1p24 : 0x1p19
    return unary(.not, compare(.greater, unary(.abs, x), constant(limit, like: x)))
  }

  /// The highest bit of an integer type.
  private mutating func signBit(_ like: ScalarID) -> ScalarID {
    type(like).element == .u32
      ? constant(.u32, .int(0x8000_0000)) : constant(.u64, .int(.min))
  }

  /// The sine or cosine of an angle: of the rest behind the quarter turns the one or the other.
  private mutating func quarterWave(_ angle: ReducedAngle, isCosine: Bool) -> ScalarID {
    let integer = type(angle.turns).element
    let one = constant(integer, .int(1))
    let isOdd = compare(
      .notEqual, binary(.and, angle.turns, one), constant(integer, .int(0)))
    let sine = sineOfRest(angle.upper, angle.lower)
    let cosine = cosineOfRest(angle.upper, angle.lower)
    let wave = isCosine ? select(isOdd, sine, cosine) : select(isOdd, cosine, sine)
    // The sine changes its sign after two quarter turns, the cosine after one.
    let halves = isCosine ? add(angle.turns, one) : angle.turns
    let shift = constant(integer, .int(integer == .u32 ? 30 : 62))
    let sign = binary(.and, binary(.shiftLeft, halves, shift), signBit(angle.turns))
    return bitcast(
      binary(.xor, bitcast(wave, to: integer), sign), to: type(angle.upper).element)
  }

  /// sin(r + d) = r + r³·S(r²) + d for |r| ≤ π/4 and what rounding took from r.
  mutating func sineOfRest(_ r: ScalarID, _ lower: ScalarID?) -> ScalarID {
    let z = multiply(r, r)
    let series = polynomial(SineTable.of(type(r).element).sine, z)
    let cube = multiply(r, z)
    guard let lower else { return multiplyAdd(cube, series, r) }
    return add(r, multiplyAdd(cube, series, lower))
  }

  /// cos(r + d) = 1 − r²/2 + r⁴·C(r²) − r·d for |r| ≤ π/4 and what rounding took from r.
  mutating func cosineOfRest(_ r: ScalarID, _ lower: ScalarID?) -> ScalarID {
    let one = constant(1, like: r)
    let z = multiply(r, r)
    let half = multiply(z, constant(0.5, like: r))
    let sum = subtract(one, half)
    let lost = subtract(subtract(one, sum), half)
    let series = polynomial(SineTable.of(type(r).element).cosine, z)
    let square = multiply(z, z)
    let small = lower.map { multiplyAdd(negate(r), $0, lost) } ?? lost
    return add(sum, multiplyAdd(square, series, small))
  }
}

/// Parts of π/2.
private enum TurnTable {
  /// For less than 2¹⁹ quarter turns: three parts of 34 bits, and one of 53.
  static let parts = [
    0x1.921FB544p+0, 0x1.0B4611A6p-34, 0x1.3198A2Ep-69, 0x1.B839A252049C1p-104,
  ]
  /// For less than 2²⁴ quarter turns of an `f32`: one part of 29 bits, and one of 53.
  static let singleParts = (0x1.921FB54p+0, 0x1.10B4611A62633p-30)
}

/// Coefficients of (tan(r)/r − 1) / r² in r² up to π/4.
private enum TangentTable {
  /// Those for `f64`, to 2⁻⁵⁸ of r.
  static let double: [Double] = [
    0x1.555555555555fp-2, 0x1.11111111104a5p-3, 0x1.ba1ba1bacea09p-5, 0x1.664f4859f3fc5p-6,
    0x1.226e3ae5a9785p-7, 0x1.d6d2d7c3a3f6bp-9, 0x1.7db26baa8c8f3p-10, 0x1.34b3afbef621ep-11,
    0x1.ffa440ab4d49cp-13, 0x1.5c28e466175f4p-14, 0x1.1e1b1e95a7f34p-14, -0x1.c2dc99c5cb384p-16,
    0x1.a094fa2845c65p-15, -0x1.9faed6859e46dp-16, 0x1.4c8577866ba0cp-17,
  ]
  /// Those for `f32`, to 2⁻²⁹.
  static let single: [Double] = [
    0x1.555562p-2, 0x1.110d22p-3, 0x1.baee30p-5, 0x1.5bf924p-6, 0x1.66a99ep-7, -0x1.82543ep-15,
    0x1.2317a2p-8,
  ]
}

/// The polynomials of sine and cosine up to π/4.
private struct SineTable {
  /// (sin(r)/r − 1) / r² in r², to 2⁻⁵⁷·⁹ and 2⁻²⁷·⁹ of the sine.
  var sine: [Double]
  /// (cos r − 1 + r²/2) / r⁴ in r², to 2⁻⁶³·⁹ and 2⁻³³ of the cosine.
  var cosine: [Double]

  /// The table of a type.
  static func of(_ type: DType) -> SineTable { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double = SineTable(
    sine: [
      -0x1.5555555555548p-3, 0x1.111111110f730p-7, -0x1.a01a019be9212p-13, 0x1.71de35552aa6cp-19,
      -0x1.ae5e4b8307244p-26, 0x1.5d8b553be408bp-33,
    ],
    cosine: [
      0x1.555555555554bp-5, -0x1.6c16c16c15013p-10, 0x1.a01a019c8ed07p-16, -0x1.27e4f7f141061p-22,
      0x1.1ee9db8e20229p-29, -0x1.8fa65e82e61f1p-37,
    ])

  /// The table of `f32`.
  private static let single = SineTable(
    sine: [-0x1.555546p-3, 0x1.110778p-7, -0x1.9953fep-13],
    cosine: [0x1.55554ap-5, -0x1.6c0c28p-10, 0x1.99e80cp-16])
}
