import Glibc
import Mathematics

extension SpecialFunctions {
  /// ψ(x), by reflection, recurrence and the asymptotic series (Abramowitz and Stegun 6.3.7, 6.3.5,
  /// 6.3.18), and near its positive root by their difference from the root.
  package static func digamma(_ x: Double) -> Double {
    if x == 0 { return Double(signOf: -x, magnitudeOf: .infinity) }
    if x < 0 {
      // cot πx has the period 1, and x less a whole number is exact.
      let part = x - x.rounded()
      if part == 0 || x.isInfinite { return .nan }
      return digamma(1 - x) - Double.pi / tan(Double.pi * part)
    }
    if x > 1, x < 2 { return digammaNearRoot(x) }
    var argument = x
    var sum = 0.0
    while argument < asymptotic {
      sum -= 1 / argument
      argument += 1
    }
    return sum + (log(argument) - 0.5 / argument - digammaSeries(argument))
  }

  /// The series that are used from here on err by less than a unit of the last place.
  private static let asymptotic = 10.0

  /// Σ B₂ₖ / (2k·x²ᵏ)
  private static func digammaSeries(_ x: Double) -> Double {
    let square = 1 / (x * x)
    return Bernoulli.numbers.enumerated().reversed()
      .reduce(0) { ($0 + $1.element / Double(2 * $1.offset + 2)) * square }
  }

  /// ψ(x) = ψ(x) − ψ(root) on (1, 2), where every term has the sign of x − root.
  private static func digammaNearRoot(_ x: Double) -> Double {
    let (root, rest) = (0x1.762D86356BE3Fp+0, 9.549995429965697e-17)
    let distance = (x - root) - rest
    var slope = 0.0
    for shift in 0..<Int(asymptotic) {
      slope += 1 / ((x + Double(shift)) * (root + Double(shift)))
    }
    let (a, b) = (x + asymptotic, root + asymptotic)
    // The divided difference of ln x − 1/(2x) − Σ B₂ₖ/(2k·x²ᵏ) between b and a.
    slope += distance == 0 ? 1 / b : log1p(distance / b) / distance
    slope += 0.5 / (a * b)
    let (u, v) = (1 / (a * a), 1 / (b * b))
    var (power, quotient) = (v, 1.0)
    for (index, number) in Bernoulli.numbers.enumerated() {
      slope += number / Double(2 * index + 2) * quotient * (a + b) * u * v
      quotient = quotient * u + power
      power *= v
    }
    return distance * slope
  }

  /// ψ⁽ⁿ⁾(x) for n ≥ 1, by reflection, recurrence and the asymptotic series (Abramowitz and Stegun
  /// 6.4.7, 6.4.6, 6.4.11).
  package static func polygamma(_ order: Int, _ x: Double) -> Double {
    if x.isNaN { return .nan }
    let sign = order % 2 == 0 ? -1.0 : 1.0
    if x == 0 { return order % 2 == 0 ? -.infinity * Double(signOf: x, magnitudeOf: 1) : .infinity }
    if x < 0 {
      let part = x - x.rounded()
      if part == 0 { return order % 2 == 0 ? .nan : .infinity }
      if x.isInfinite { return .nan }
      let cotangent = derivativeOfCotangent(order, 1 / tan(Double.pi * part))
      return -sign * polygamma(order, 1 - x) - pow(Double.pi, Double(order + 1)) * cotangent
    }
    var argument = x
    var sum = 0.0
    let factorial = tgamma(Double(order) + 1)
    while argument < asymptotic + Double(order) {
      sum += factorial * pow(argument, Double(-order - 1))
      argument += 1
    }
    return sign * (sum + polygammaSeries(order, argument))
  }

  /// dⁿ/dtⁿ cot t, given cot t.
  private static func derivativeOfCotangent(_ order: Int, _ cotangent: Double) -> Double {
    CotangentDerivative.coefficients(order).reversed().reduce(0) { $0 * cotangent + $1 }
  }

  /// (n−1)!/xⁿ + n!/(2·xⁿ⁺¹) + Σ B₂ₖ·(2k+n−1)!/((2k)!·x²ᵏ⁺ⁿ)
  private static func polygammaSeries(_ order: Int, _ x: Double) -> Double {
    var leading = 1 / x
    for factor in 1..<max(order, 1) { leading *= Double(factor) / x }
    var sum = 1 + Double(order) / (2 * x)
    var scale = 1.0
    for (index, number) in Bernoulli.numbers.enumerated() {
      let k = Double(2 * index + 2)
      scale *= (Double(order) + k - 2) * (Double(order) + k - 1) / ((k - 1) * k * x * x)
      sum += number * scale
    }
    return leading * sum
  }
}
