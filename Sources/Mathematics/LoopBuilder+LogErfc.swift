package import LoopIR
import Support

extension LoopBuilder {
  /// Where the formulas for the middle and for the tail of erfc meet.
  private static var tailStart: Double { 0.5 }

  /// ln erfc x to 4 ulp.
  package mutating func mathLogErfc(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in
      let start = b.constant(LoopBuilder.tailStart, like: x)
      let isTail = b.compare(.greater, x, start)
      let erf = b.mathErf(b.select(isTail, start, x))
      let inner = b.mathLog1p(b.subtract(b.constant(0, like: x), erf))
      // e^(−x²)·S: both logarithms are negative, so that nothing cancels.
      let y = b.select(isTail, x, start)
      let outer = b.subtract(b.mathLog(b.scaledErfc(y)), b.multiply(y, y))
      return b.select(isTail, outer, inner)
    }
  }

  /// 2/√π · e^(−x²) / erfc x to 5 ulp.
  package mutating func mathErfcHazard(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in
      let start = b.constant(LoopBuilder.tailStart, like: x)
      let isTail = b.compare(.greater, x, start)
      let factor = b.constant(1.1283791670955126, like: x)
      let inner = b.select(isTail, start, x)
      let middle = b.divide(b.multiply(factor, b.bell(inner)), b.mathErfc(inner))
      let outer = b.divide(factor, b.scaledErfc(b.select(isTail, x, start)))
      return b.select(isTail, outer, middle)
    }
  }

  /// ln(1 − eˣ) to 4 ulp.
  package mutating func mathLog1mexp(_ x: ScalarID) -> ScalarID {
    // Near 0 by what 1 − eˣ is, farther down by what eˣ is.
    let isNear = compare(.greater, x, constant(-0.6931471805599453, like: x))
    let isTiny = compare(.greater, x, constant(-0x1p-60, like: x))
    let near = mathLog(negate(select(isTiny, x, mathExpm1(x))))
    let far = mathLog1p(negate(mathExp(x)))
    return select(isNear, near, far)
  }

  /// e^(x²) · erfc x for x ≥ 0.5 in `f64`.
  private mutating func scaledErfc(_ x: ScalarID) -> ScalarID {
    let isFar = compare(.greater, x, constant(27, like: x))
    let one = constant(1, like: x)
    let y = select(isFar, one, x)
    let near = divide(erfcTail(y), add(one, add(y, y)))
    // The first terms of the asymptotic series: of the next one 1/x¹⁴ is left.
    let u = divide(constant(0.5, like: x), multiply(x, x))
    let series = polynomial([1, -1, 3, -15, 105, -945, 10395], u)
    let far = divide(multiply(series, constant(0.5641895835477563, like: x)), x)
    return select(isFar, far, near)
  }

  /// e^(−x²) for x ≤ 0.5 in `f64`, to 2 ulp.
  private mutating func bell(_ x: ScalarID) -> ScalarID {
    // From here on the result is 0, and stays it.
    let least = constant(-28, like: x)
    let y = select(compare(.less, x, least), least, x)
    // x² to twice the precision: the square of its upper half is exact.
    let half = upperHalf(y)
    let rest = multiply(subtract(y, half), add(y, half))
    let (power, count) = exponential(negate(multiply(half, half)), plus: negate(rest))
    return scaled(power, by: count)
  }
}
