package import LoopIR
import Support

extension LoopBuilder {
  /// ∛x to 0.7 ulp.
  ///
  /// x = 2³ⁿ·a with a = 2ʲ·m; a polynomial in m gives 2^(−j/3)·m^(−1/3), a step of third order
  /// improves it, and a last one from a number t of half the digits, whose square is exact, leaves
  /// the error of one quotient and one sum.
  package mutating func mathCbrt(_ x: ScalarID) -> ScalarID {
    let isSingle = type(x).element == .f32
    let wide = convert(x, to: .f64)
    let parts = cubeParts(unary(.abs, wide))
    let rough = multiply(parts.rest, multiply(parts.inverse, parts.inverse))
    let root = isSingle ? rough : correctedRoot(parts, rough)
    let result = convert(multiply(root, powerOfTwo(parts.count)), to: type(x).element)
    // Zeros, infinities and NaN are their own roots.
    let magnitude = unary(.abs, x)
    let isOrdinary = binary(
      .and, compare(.less, magnitude, constant(.infinity, like: x)),
      compare(.notEqual, x, constant(0, like: x)))
    return select(isOrdinary, binary(.copysign, result, x), x)
  }

  /// A number 2³ⁿ·a, and a^(−1/3) to 2⁻³⁹.
  private struct CubeParts {
    var count: ScalarID
    var rest: ScalarID
    var inverse: ScalarID
  }

  /// The parts of a positive `f64`.
  private mutating func cubeParts(_ x: ScalarID) -> CubeParts {
    let (exponent, m) = splitAny(x)
    let count = wholeNumber(multiply(exponent, constant(1.0 / 3, like: x)))
    let step = multiplyAdd(count, constant(-3, like: x), exponent)
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let (isBelow, isAbove) = (compare(.less, step, zero), compare(.greater, step, zero))
    func choice(_ b: inout LoopBuilder, _ below: Double, _ above: Double) -> ScalarID {
      let rest = b.select(isAbove, b.constant(above, like: x), one)
      return b.select(isBelow, b.constant(below, like: x), rest)
    }
    let a = multiply(m, choice(&self, 0.5, 2))
    let factor = choice(&self, 0x1.428a2f98d728bp+0, 0x1.965fea53d6e3dp-1)
    let y = multiply(polynomial(CbrtTable.inverse, m), factor)
    // h = 1 − a·y³, and y·(1 − h)^(−1/3).
    let h = subtract(one, multiply(multiply(a, y), multiply(y, y)))
    let series = multiplyAdd(h, constant(2.0 / 9, like: x), constant(1.0 / 3, like: x))
    return CubeParts(count: count, rest: a, inverse: multiplyAdd(multiply(y, h), series, y))
  }

  /// t + d/3 − d²/9t with d = a/t² − t, for a root t without the lower half of its digits.
  private mutating func correctedRoot(_ parts: CubeParts, _ rough: ScalarID) -> ScalarID {
    let t = upperHalf(rough)
    let d = subtract(divide(parts.rest, multiply(t, t)), t)
    let third = constant(1.0 / 3, like: t)
    let slope = multiplyAdd(multiply(d, parts.inverse), constant(-1.0 / 9, like: t), third)
    return multiplyAdd(d, slope, t)
  }
}

/// Numbers for cube roots.
private enum CbrtTable {
  /// m^(−1/3) for √½ ≤ m ≤ √2, to 2⁻¹⁴·⁷.
  static let inverse: [Double] = [
    0x1.dfdc15071a70bp+0, -0x1.dc89358acebdbp+0, 0x1.8f85d163855dfp+0, -0x1.675b571fc56e8p-1,
    0x1.069b6bd28e1b8p-3,
  ]
}
