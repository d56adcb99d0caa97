package import LoopIR
import Support

extension LoopBuilder {
  /// The inverse of erf.
  ///
  /// Below 0.8 an odd function of x, a rational function in 0.64 − x²; above, √(−ln(1 − x)) less a
  /// rational function of it. One division serves both.
  package mutating func mathErfinv(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in b.erfinvOfDouble(x) }
  }

  /// The inverse of erf for an `f64`.
  private mutating func erfinvOfDouble(_ x: ScalarID) -> ScalarID {
    let parts = erfinvParts(x)
    let slope = constant(0.886226925452758, like: x)
    let central = multiplyAdd(parts.cube, parts.ratio, multiply(parts.magnitude, slope))
    return erfinvResult(parts, central, add(parts.root, parts.ratio), x)
  }

  /// √2 · erfinv x of an `f64`: the value that a normal distribution stays below with probability
  /// (1 + x)/2. The outer sum is rounded once, with √2 in two parts.
  package mutating func mathNormalDeviate(_ x: ScalarID) -> ScalarID {
    let parts = erfinvParts(x)
    let factor = constant(0x1.6a09e667f3bcdp+0, like: x)
    let rest = constant(-0x1.bdd3413b26456p-54, like: x)
    let slope = constant(1.2533141373155003, like: x)
    let ratio = multiply(parts.ratio, factor)
    let central = multiplyAdd(parts.cube, ratio, multiply(parts.magnitude, slope))
    let outer = multiplyAdd(parts.root, factor, multiplyAdd(parts.root, rest, ratio))
    return erfinvResult(parts, central, outer, x)
  }

  /// What erfinv of |x| is put together from: up to 0.8 of the cube times the ratio and a multiple
  /// of |x|, above of the sum of root and ratio.
  private struct ErfinvParts {
    var magnitude: ScalarID
    var isCentral: ScalarID
    var cube: ScalarID
    var root: ScalarID
    var ratio: ScalarID
  }

  private mutating func erfinvParts(_ x: ScalarID) -> ErfinvParts {
    let magnitude = unary(.abs, x)
    let square = multiply(x, x)
    let depth = subtract(constant(0.64, like: x), square)
    let isCentral = compare(.lessEqual, magnitude, constant(0.8, like: x))
    let root = unary(.sqrt, negate(mathLog(subtract(constant(1, like: x), magnitude))))
    let variable = select(isCentral, depth, root)
    let upper = polynomials(isCentral, ErfinvTables.centreUpper, ErfinvTables.tailUpper, variable)
    let lower = polynomials(isCentral, ErfinvTables.centreLower, ErfinvTables.tailLower, variable)
    return ErfinvParts(
      magnitude: magnitude, isCentral: isCentral, cube: multiply(magnitude, square), root: root,
      ratio: divide(upper, lower))
  }

  /// The value of the part that x lies in, with the sign of x. At 1 the root is infinite, and the
  /// ratio has no value.
  private mutating func erfinvResult(
    _ parts: ErfinvParts, _ central: ScalarID, _ outer: ScalarID, _ x: ScalarID
  ) -> ScalarID {
    let result = select(parts.isCentral, central, outer)
    let isOne = compare(.equal, parts.magnitude, constant(1, like: x))
    return binary(.copysign, select(isOne, constant(.infinity, like: x), result), x)
  }

  /// One of two polynomials, evaluated together with their coefficients chosen.
  private mutating func polynomials(
    _ condition: ScalarID, _ a: [Double], _ b: [Double], _ x: ScalarID
  ) -> ScalarID {
    var sum = constant(0, like: x)
    for index in (0..<max(a.count, b.count)).reversed() {
      let left = constant(index < a.count ? a[index] : 0, like: x)
      let right = constant(index < b.count ? b[index] : 0, like: x)
      sum = multiplyAdd(sum, x, select(condition, left, right))
    }
    return sum
  }
}

/// Coefficients of (erfinv(x)/x − √π/2) / x² in 0.64 − x² to 2⁻⁵⁷, and of erfinv(x) − r in
/// r = √(−ln(1 − x)) to 2⁻⁵⁶.
private enum ErfinvTables {
  /// The numerator below 0.8.
  static let centreUpper: [Double] = [
    0x1.8a6cad9d59521p-2, 0x1.5c0723f457ec1p+1, 0x1.c168d76a3c304p+2, 0x1.0345e4560215ep+3,
    0x1.03550ffbe49bcp+2, 0x1.5ee3f32c16fdbp-1, 0x1.f7aaa557cdfbep-8, -0x1.1a635de30a1c7p-12,
  ]
  /// The denominator below 0.8.
  static let centreLower: [Double] = [
    1, 0x1.0950c7db93ad2p+3, 0x1.a5cad718417bcp+4, 0x1.42878e0ed5947p+5, 0x1.e6975d31c392dp+4,
    0x1.49cec5283e752p+3, 0x1.2769182ff35c5p+0,
  ]
  /// The numerator above.
  static let tailUpper: [Double] = [
    -0x1.b5f6dcd57e89ap-9, -0x1.f1c881b55d8a7p-1, -0x1.2b3abd7459bc2p+3, -0x1.887a04c19a0abp+3,
    -0x1.1bc7db4d7723fp+4, -0x1.3668c32e88ae1p+3, -0x1.50efa6ce6d939p+0, -0x1.4c14115e0193cp-5,
    -0x1.24dfab2c71d23p-14, 0x1.e8cca9e48ef80p-23,
  ]
  /// The denominator above.
  static let tailLower: [Double] = [
    1, 0x1.44d099c293293p+3, 0x1.5505846ba9d73p+4, 0x1.256354401c201p+5, 0x1.1e18ae913ffb9p+5,
    0x1.bac176463d302p+4, 0x1.045bc4d53cddbp+3, 0x1.71954dc66accbp-1, 0x1.eb4f32d19f42ep-7,
  ]
}
