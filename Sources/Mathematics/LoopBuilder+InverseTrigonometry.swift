package import LoopIR
import Support

/// The inverse functions of sine, cosine and tangent, as q·π/2 + v + w with a whole number q and a
/// small w: π/2 has two parts, and what the first sum loses goes into the second.
extension LoopBuilder {
  /// atan x to 1.3 ulp.
  package mutating func mathAtan(_ x: ScalarID) -> ScalarID {
    let magnitude = unary(.abs, x)
    let one = constant(1, like: x)
    let isSteep = compare(.greater, magnitude, one)
    // atan x = π/2 − atan 1/x
    let tangent = divide(select(isSteep, one, magnitude), select(isSteep, magnitude, one))
    let turns = select(isSteep, one, constant(0, like: x))
    return binary(.copysign, arctangent(tangent, turns, isSubtracted: isSteep), x)
  }

  /// The angle of the point (x, y) to 1.5 ulp, with the values of C at zeros and infinities.
  package mutating func mathAtan2(_ y: ScalarID, _ x: ScalarID) -> ScalarID {
    let (a, b) = (unary(.abs, y), unary(.abs, x))
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let isSteep = compare(.greater, a, b)
    let ratio = divide(select(isSteep, b, a), select(isSteep, a, b))
    // Zeros and infinities have no ratio, but equal ones an angle.
    let diagonal = select(compare(.equal, b, zero), zero, one)
    let tangent = select(compare(.equal, a, b), diagonal, ratio)
    // Of −0 too.
    let isLeft = compare(.less, binary(.copysign, one, x), zero)
    let turns = select(isSteep, one, select(isLeft, constant(2, like: x), zero))
    let angle = arctangent(tangent, turns, isSubtracted: binary(.xor, isSteep, isLeft))
    return binary(.copysign, angle, y)
  }

  /// asin x to 1.2 ulp: π/2 − 2·asin √((1 − |x|)/2) from ½ on.
  package mutating func mathAsin(_ x: ScalarID) -> ScalarID {
    let sine = halvedSine(x)
    let one = constant(1, like: x)
    let factor = select(sine.isOuter, constant(-2, like: x), one)
    let turns = select(sine.isOuter, one, constant(0, like: x))
    let angle = turned(
      turns, plus: multiply(factor, sine.value), multiply(factor, sine.excess))
    return binary(.copysign, angle, x)
  }

  /// acos x to 1.2 ulp: 2·asin √((1 − |x|)/2), or π less that, from ½ on.
  package mutating func mathAcos(_ x: ScalarID) -> ScalarID {
    let sine = halvedSine(x)
    let two = constant(2, like: x)
    let isNegative = compare(.less, x, constant(0, like: x))
    let outerTurns = select(isNegative, two, constant(0, like: x))
    let turns = select(sine.isOuter, outerTurns, constant(1, like: x))
    let outer = binary(.copysign, two, x)
    let factor = select(sine.isOuter, outer, negate(binary(.copysign, constant(1, like: x), x)))
    return turned(turns, plus: multiply(factor, sine.value), multiply(factor, sine.excess))
  }

  /// q·π/2 ± atan t for 0 ≤ t ≤ 1, where atan t = t + t³·R(t²).
  private mutating func arctangent(
    _ t: ScalarID, _ turns: ScalarID, isSubtracted: ScalarID
  ) -> ScalarID {
    let z = multiply(t, t)
    let series = polynomial(ArcTable.of(type(t).element).tangent, z)
    let signed = select(isSubtracted, negate(t), t)
    return turned(turns, plus: signed, multiply(multiply(signed, z), series))
  }

  /// What `halvedSine` gives: asin s = value + excess.
  private struct HalvedSine {
    /// Whether s is √((1 − |x|)/2), not |x|.
    var isOuter: ScalarID
    var value: ScalarID
    var excess: ScalarID
  }

  /// s = |x| up to ½, and √((1 − |x|)/2), which is at most ½, from there on, with asin s as
  /// s + s³·R(s²).
  private mutating func halvedSine(_ x: ScalarID) -> HalvedSine {
    let magnitude = unary(.abs, x)
    let half = constant(0.5, like: x)
    let isOuter = compare(.greater, magnitude, half)
    let rest = multiply(subtract(constant(1, like: x), magnitude), half)
    let z = select(isOuter, rest, multiply(x, x))
    let s = select(isOuter, unary(.sqrt, rest), magnitude)
    let series = polynomial(ArcTable.of(type(x).element).sine, z)
    return HalvedSine(isOuter: isOuter, value: s, excess: multiply(multiply(s, z), series))
  }

  /// q·π/2 + v + w for q = 0, 1, 2, where |v| is at most π/2, and w is small.
  private mutating func turned(
    _ turns: ScalarID, plus v: ScalarID, _ w: ScalarID
  ) -> ScalarID {
    let table = ArcTable.of(type(v).element)
    // Exact for so few turns.
    let whole = multiply(turns, constant(table.turn.upper, like: v))
    let sum = add(whole, v)
    let lost = subtract(v, subtract(sum, whole))
    return add(sum, add(lost, multiplyAdd(turns, constant(table.turn.lower, like: v), w)))
  }
}

/// What differs between the widths of floats.
private struct ArcTable {
  /// π/2 in two parts.
  var turn: (upper: Double, lower: Double)
  /// (atan(t)/t − 1) / t² in t² for t ≤ 1, to 2⁻⁵⁶·⁶ and 2⁻²⁷·⁶ of t.
  var tangent: [Double]
  /// (asin(s)/s − 1) / s² in s² for s ≤ ½, to 2⁻⁵⁹·¹ and 2⁻³¹·⁶ of s.
  var sine: [Double]

  /// The table of a type.
  static func of(_ type: DType) -> ArcTable { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double = ArcTable(
    turn: (0x1.921FB54442D18p+0, 0x1.1A62633145C07p-54),
    tangent: [
      -0x1.555555555554ep-2, 0x1.9999999998dbdp-3, -0x1.249249245c8e5p-3, 0x1.c71c71b793007p-4,
      -0x1.745d15ea7dfa5p-4, 0x1.3b139d126f838p-4, -0x1.11103d5456a31p-4, 0x1.e1d5109769b73p-5,
      -0x1.aedcdaa6f5d09p-5, 0x1.84bd71d486ab5p-5, -0x1.5f3d9befb13dap-5, 0x1.393bc1be8b11ep-5,
      -0x1.0cf2786d7e67bp-5, 0x1.ad738c3260467p-6, -0x1.31fdbc9271e3fp-6, 0x1.747806590a708p-7,
      -0x1.71bbb50bcb492p-8, 0x1.1bab6fabf392cp-9, -0x1.38cc4e070b0aap-11, 0x1.b677c6b24ab52p-14,
      -0x1.2438d87d8e006p-17,
    ],
    sine: [
      0x1.5555555555578p-3, 0x1.333333332df1dp-4, 0x1.6db6db7228c65p-5, 0x1.f1c71a8dcfbc4p-6,
      0x1.6e8bdf8073b75p-6, 0x1.1c49e8356ce19p-6, 0x1.ca20056e91cc7p-7, 0x1.75841096d6530p-7,
      0x1.613846035574fp-7, 0x1.e6e46df2331f7p-9, 0x1.6324144c47dfcp-6, -0x1.571787039f284p-6,
      0x1.0aeea3c60dc8fp-5,
    ])

  /// The table of `f32`.
  private static let single = ArcTable(
    turn: (0x1.921FB6p+0, -0x1.777A5Cp-25),
    tangent: [
      -0x1.555552p-2, 0x1.999824p-3, -0x1.2476ccp-3, 0x1.c51c94p-4, -0x1.6983b0p-4, 0x1.158196p-4,
      -0x1.71e7b4p-5, 0x1.77b024p-6, -0x1.eb8150p-8, 0x1.2d6b36p-10,
    ],
    sine: [
      0x1.55554cp-3, 0x1.3338aep-4, 0x1.6ca6d8p-5, 0x1.04d838p-5, 0x1.d4bf60p-7, 0x1.34ef80p-5,
    ])
}
