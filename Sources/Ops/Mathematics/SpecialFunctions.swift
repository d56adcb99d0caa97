import Glibc

/// Functions that the C library does not have, or not without global state, computed the plain way
/// to nearly full accuracy: what compiled code is judged by.
package enum SpecialFunctions {
  /// ln |Γ(x)|; unlike `lgamma` of the C library it leaves `signgam` alone.
  package static func lgamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }

  /// x / (1 + e⁻ˣ)
  package static func silu(_ x: Double) -> Double {
    if x == -.infinity { return -0.0 }
    // Far below 0, in two steps, of which the first keeps all digits.
    if x < -700 { return x * exp(x / 2) * exp(x / 2) }
    return x / (1 + exp(-x))
  }

  /// x·Φ(x) with the normal distribution Φ.
  package static func gelu(_ x: Double) -> Double {
    if x == -.infinity { return -0.0 }
    // 1/√2 in two parts. In the tail erfc feels the rounding of its argument, so that is put right
    // to first order.
    let (root, rest) = (0x1.6A09E667F3BCDp-1, -0x1.BDD3413B26456p-55)
    let z = -x * root
    guard z.magnitude < 100 else { return x * 0.5 * erfc(z) }
    let error = (-z).addingProduct(-x, root) - x * rest
    let slope = -1.1283791670955126 * exp(-z * z)
    return x * 0.5 * (erfc(z) + slope * error)
  }

  /// The inverse of erf: Wichura's algorithm AS 241 (Applied Statistics 37, 1988), then a step of
  /// Newton's method.
  package static func erfinv(_ x: Double) -> Double {
    let magnitude = x.magnitude
    guard magnitude < 1 else { return magnitude == 1 ? x * .infinity : .nan }
    let start = NormalQuantile.erfinv(magnitude)
    // The residual is a difference of numbers of its own size, on either side.
    let residual = magnitude < 0.5 ? erf(start) - magnitude : (1 - magnitude) - erfc(start)
    let result = start - residual * 0.886226925452758 * exp(start * start)
    return Double(signOf: x, magnitudeOf: result)
  }
}

extension SpecialFunctions {
  /// ln erfc x
  package static func logErfc(_ x: Double) -> Double {
    if x < 0.5 { return log1p(0 - erf(x)) }
    if x < 26 { return log(erfc(x)) }
    return log(scaledErfcSeries(x) / (x * Double.pi.squareRoot())) - x * x
  }

  /// 2/√π · e^(−x²) / erfc x
  package static func erfcHazard(_ x: Double) -> Double {
    if x >= 26 { return 2 * x / scaledErfcSeries(x) }
    if x < -100 { return 0 }
    // x² in two parts, of which the first is exact.
    let half = Double(Float(x))
    let bell = exp(-half * half) * exp(-(x - half) * (x + half))
    return 1.1283791670955126 * bell / erfc(x)
  }

  /// x·√π·e^(x²)·erfc x for large x.
  private static func scaledErfcSeries(_ x: Double) -> Double {
    let u = 0.5 / (x * x)
    return [1, -1, 3, -15, 105, -945, 10395].reversed().reduce(0) { $0 * u + $1 }
  }
}

/// The rational functions of algorithm AS 241 (PPND16), coefficients of the lowest powers first.
private enum NormalQuantile {
  /// The inverse of erf for 0 ≤ x < 1, to a few ulp.
  static func erfinv(_ x: Double) -> Double {
    let q = x / 2
    let quantile: Double
    if q <= 0.425 {
      let r = 0.180625 - q * q
      quantile = q * horner(centre.0, r) / horner(centre.1, r)
    } else {
      let r = (-log((1 - x) / 2)).squareRoot()
      quantile =
        r <= 5
        ? horner(middle.0, r - 1.6) / horner(middle.1, r - 1.6)
        : horner(tail.0, r - 5) / horner(tail.1, r - 5)
    }
    return quantile * 0.5.squareRoot()
  }

  /// The value of a polynomial.
  private static func horner(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  /// Numerator and denominator up to 0.85.
  private static let centre: ([Double], [Double]) = (
    [
      3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
      1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
      3.3430575583588128105e4, 2.5090809287301226727e3,
    ],
    [
      1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
      2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
      5.2264952788528545610e3,
    ]
  )

  /// Those up to 1 − 2·e⁻²⁵.
  private static let middle: ([Double], [Double]) = (
    [
      1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
      3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ],
    [
      1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
      1.05075007164441684324e-9,
    ]
  )

  /// Those beyond.
  private static let tail: ([Double], [Double]) = (
    [
      6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ],
    [
      1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
      2.04426310338993978564e-15,
    ]
  )
}
