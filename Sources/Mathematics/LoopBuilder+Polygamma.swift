package import LoopIR
import Support

extension LoopBuilder {
  /// ψ(x); its error is relative to the result, for negative x to the greater of the result and 1.
  ///
  /// The logarithm and a polynomial in 1/x from 2 on, a rational function times the distance from
  /// the root between 1 and 2, and reflection.
  package mutating func mathDigamma(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in b.digammaOfDouble(x) }
  }

  /// ψ(x) of an `f64`.
  private mutating func digammaOfDouble(_ x: ScalarID) -> ScalarID {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let isPositive = compare(.greater, x, zero)
    let y = select(isPositive, x, subtract(one, x))
    let isNear = compare(.less, y, constant(2, like: x))
    let positive = select(isNear, digammaNearRoot(y), digammaFromTwo(y))
    // ψ(x) = ψ(1 − x) − π cot πx; the cotangent has the period 1.
    let (cotangent, isPole) = cotangentOfPi(x)
    let reflected = subtract(positive, multiply(cotangent, constant(.pi, like: x)))
    let below = select(isPole, constant(.nan, like: x), reflected)
    return select(isPositive, positive, below)
  }

  /// cot πx, and whether x is a whole number below 0.
  private mutating func cotangentOfPi(_ x: ScalarID) -> (ScalarID, isPole: ScalarID) {
    let zero = constant(0, like: x)
    let part = subtract(x, unary(.roundEven, x))
    let tangent = call(.tan, multiply(part, constant(.pi, like: x)))
    let isPole = binary(.and, compare(.equal, part, zero), compare(.less, x, zero))
    // For ±0 the part loses its sign, which the pole there has.
    let signed = select(compare(.equal, x, zero), x, tangent)
    return (divide(constant(1, like: x), signed), isPole)
  }

  /// ψ(x) for 0 < x < 2: ψ(t) = (t − root)·R(t) for 1 ≤ t ≤ 2, R to 2⁻⁵⁹, and
  /// ψ(x) = ψ(x + 1) − 1/x.
  private mutating func digammaNearRoot(_ x: ScalarID) -> ScalarID {
    let one = constant(1, like: x)
    let isBelow = compare(.less, x, one)
    let t = select(isBelow, add(x, one), x)
    let distance = subtract(
      subtract(t, constant(0x1.762D86356BE3Fp+0, like: x)),
      constant(9.549995429965697e-17, like: x))
    let rest = subtract(t, one)
    let ratio = divide(
      polynomial(DigammaTables.upper, rest), polynomial(DigammaTables.lower, rest))
    let step = select(isBelow, divide(constant(-1, like: x), x), constant(0, like: x))
    return multiplyAdd(distance, ratio, step)
  }

  /// ψ(x) = ln x − 1/(2x) + P(1/x)/x² for x ≥ 2.
  private mutating func digammaFromTwo(_ x: ScalarID) -> ScalarID {
    let inverse = divide(constant(1, like: x), x)
    let series = multiplyAdd(
      polynomial(DigammaTables.far, inverse), inverse, constant(-0.5, like: x))
    return multiplyAdd(series, inverse, mathLog(x))
  }

  /// ψ⁽ⁿ⁾(x) for n ≥ 1, by the asymptotic series, recurrence and reflection.
  package mutating func mathPolygamma(_ order: Int, _ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in b.polygammaOfDouble(order, x) }
  }

  /// ψ⁽ⁿ⁾(x) of an `f64`.
  private mutating func polygammaOfDouble(_ order: Int, _ x: ScalarID) -> ScalarID {
    let one = constant(1, like: x)
    let isPositive = compare(.greater, x, constant(0, like: x))
    let y = select(isPositive, x, subtract(one, x))
    let magnitude = polygammaMagnitude(order, y)
    // ψ⁽ⁿ⁾(x) = (−1)ⁿ ψ⁽ⁿ⁾(1 − x) − π dⁿ/dxⁿ cot πx, and ψ⁽ⁿ⁾ has the sign (−1)ⁿ⁺¹ above 0.
    let (cotangent, isPole) = cotangentOfPi(x)
    var scale = -Double.pi
    for _ in 0..<order { scale *= Double.pi }
    let slope = multiply(
      polynomial(CotangentDerivative.coefficients(order), cotangent), constant(scale, like: x))
    let reflected = subtract(slope, magnitude)
    let isEven = order % 2 == 0
    let pole = constant(isEven ? .nan : .infinity, like: x)
    let below = select(isPole, pole, reflected)
    return select(isPositive, isEven ? negate(magnitude) : magnitude, below)
  }

  /// |ψ⁽ⁿ⁾(x)| for x > 0.
  private mutating func polygammaMagnitude(_ order: Int, _ x: ScalarID) -> ScalarID {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let steps = 10 + order
    let isShort = compare(.less, x, constant(Double(steps), like: x))
    var sum = zero
    for step in (0..<steps).reversed() {
      let inverse = divide(one, add(x, constant(Double(step), like: x)))
      var term = inverse
      for factor in 1...order {
        term = multiply(term, multiply(inverse, constant(Double(factor), like: x)))
      }
      sum = add(sum, term)
    }
    let y = select(isShort, add(x, constant(Double(steps), like: x)), x)
    return add(polygammaSeries(order, y), select(isShort, sum, zero))
  }

  /// (n−1)!/xⁿ + n!/(2·xⁿ⁺¹) + Σ B₂ₖ·(2k+n−1)!/((2k)!·x²ᵏ⁺ⁿ)
  private mutating func polygammaSeries(_ order: Int, _ x: ScalarID) -> ScalarID {
    let inverse = divide(constant(1, like: x), x)
    var leading = inverse
    for factor in 1..<order {
      leading = multiply(leading, multiply(inverse, constant(Double(factor), like: x)))
    }
    var terms: [Double] = []
    var scale = 1.0
    for (index, number) in Bernoulli.numbers.enumerated() {
      let k = Double(2 * index + 2)
      scale *= (Double(order) + k - 2) * (Double(order) + k - 1) / ((k - 1) * k)
      terms.append(number * scale)
    }
    let square = multiply(inverse, inverse)
    let first = multiplyAdd(
      inverse, constant(Double(order) / 2, like: x), constant(1, like: x))
    return multiply(leading, multiplyAdd(polynomial(terms, square), square, first))
  }
}

/// Coefficients of ψ(1 + t) / (1 + t − root) as a quotient of polynomials, and of what ψ is beside
/// its first terms.
private enum DigammaTables {
  /// (ψ(x) − ln x + 1/(2x))·x² in 1/x for x ≥ 2, to 2⁻⁵⁹ of ψ.
  static let far: [Double] = [
    -0x1.5555555559852p-4, 0x1.eb6cdde24438fp-36, 0x1.11110e3e7215dp-7, 0x1.1ed4047aa3987p-25,
    -0x1.0418cd06ff9abp-8, 0x1.3d8c805b56a75p-18, 0x1.0f919305ff45ep-8, -0x1.77e6931aeca83p-16,
    -0x1.9d861848fb90bp-8, -0x1.5749e84af76f5p-7, 0x1.23e53d7a89925p-4, -0x1.3a8a18af20c17p-3,
    0x1.8be0e975528a6p-3, -0x1.37e245b39b9a3p-3, 0x1.2056031a9a547p-4, -0x1.e1db15d463c12p-7,
  ]
  /// The numerator.
  static let upper: [Double] = [
    0x1.4018e9a62525ep+0, 0x1.c8af838774032p+0, 0x1.b830e0e72dc6ep-1, 0x1.59917c798bd6cp-3,
    0x1.97ed06492e6f4p-7, 0x1.dc089286d4a79p-13,
  ]
  /// The denominator.
  static let lower: [Double] = [
    1, 0x1.0e1cd9ac90171p+1, 0x1.873bc920d81b9p+0, 0x1.eca704dbddd1cp-2, 0x1.107d778f118ffp-4,
    0x1.c599d989ca032p-9, 0x1.50a39495ff256p-15,
  ]
}
