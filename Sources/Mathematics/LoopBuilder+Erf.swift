package import LoopIR
import Support

extension LoopBuilder {
  /// erf x to 1.5 ulp.
  package mutating func mathErf(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.erf, x) }
    let magnitude = unary(.abs, x)
    let parts = errorFunction(magnitude, centre: 1, error: nil)
    let one = constant(1, like: x)
    let outer = subtract(one, scaled(parts.tail, by: parts.count))
    return binary(.copysign, select(parts.isCentral, parts.central, outer), x)
  }

  /// 1 − erf x to 4 ulp.
  package mutating func mathErfc(_ x: ScalarID) -> ScalarID {
    if callsLibrary { return call(.erfc, x) }
    return complement(x, error: nil, factor: constant(1, like: x))
  }

  /// x·Φ(x) to 4 ulp with the normal distribution Φ(x) = ½ erfc(−x/√2).
  package mutating func mathGelu(_ x: ScalarID) -> ScalarID {
    // Beyond the clamp Φ is 0 or 1, and infinities would meet zeros and each other.
    let limit = 1000.0
    let y = clamped(x, limit)
    let (z, error) = scaledByRoot(negate(y))
    let product = complement(z, error: error, factor: multiply(y, constant(0.5, like: x)))
    return select(compare(.greater, x, constant(limit, like: x)), x, product)
  }

  /// factor · erfc(x + error)
  private mutating func complement(
    _ x: ScalarID, error: ScalarID?, factor: ScalarID
  ) -> ScalarID {
    let isNegative = compare(.less, x, constant(0, like: x))
    let magnitude = unary(.abs, x)
    let towards = error.map { select(isNegative, negate($0), $0) }
    let parts = errorFunction(magnitude, centre: 0.45, error: towards)
    let one = constant(1, like: x)
    let central = select(
      isNegative, add(one, parts.central), subtract(one, parts.central))
    let tail = scaled(multiply(factor, parts.tail), by: parts.count)
    let other = subtract(multiply(factor, constant(2, like: x)), tail)
    let outer = select(isNegative, other, tail)
    return select(parts.isCentral, multiply(factor, central), outer)
  }

  /// What `errorFunction` gives.
  private struct ErrorParts {
    /// erf x, where it is central.
    var central: ScalarID
    var isCentral: ScalarID
    /// erfc(x + error) / 2ᵏ, where it is not, and k.
    var tail: ScalarID
    var count: ScalarID
  }

  /// erf x = x + x·R(x²) up to a centre, which is at most 1, and erfc x = e^(−x²)·S(x) / (1 + 2x)
  /// from there on, for x ≥ 0, with a polynomial S in (x − c)/(x + c).
  private mutating func errorFunction(
    _ x: ScalarID, centre: Double, error: ScalarID?
  ) -> ErrorParts {
    let table = ErrorTable.of(type(x).element)
    let isCentral = compare(.less, x, constant(centre, like: x))
    let z = multiply(x, x)
    let limit = constant(table.bound, like: x)
    let y = select(compare(.greater, x, limit), limit, x)
    let middle = constant(table.middle, like: x)
    let folded = divide(subtract(y, middle), add(y, middle))
    let one = constant(1, like: x)
    let upper = select(
      isCentral, polynomial(table.centreUpper, z), add(one, polynomial(table.tail, folded)))
    let lower = select(isCentral, polynomial(table.centreLower, z), add(one, add(y, y)))
    var ratio = divide(upper, lower)
    var central = multiplyAdd(x, ratio, x)
    // x² to twice the precision: the square of its upper half is exact.
    let half = upperHalf(y)
    let square = multiply(half, half)
    var rest = multiply(subtract(y, half), add(y, half))
    if let error {
      // S changes by 2x·S − 2/√π; near 0 the slope of erf is a little above 1.
      let twice = add(y, y)
      let slope = multiplyAdd(twice, ratio, constant(-1.1283791670955126, like: x))
      rest = multiplyAdd(twice, error, rest)
      ratio = multiplyAdd(error, slope, ratio)
      central = add(central, error)
    }
    let (power, count) = exponential(negate(square), plus: negate(rest))
    return ErrorParts(
      central: central, isCentral: isCentral, tail: multiply(power, ratio), count: count)
  }

  /// (1 + 2x)·e^(x²)·erfc x for 0.44 ≤ x ≤ 28 in `f64`.
  mutating func erfcTail(_ x: ScalarID) -> ScalarID {
    let table = ErrorTable.of(type(x).element)
    let middle = constant(table.middle, like: x)
    let folded = divide(subtract(x, middle), add(x, middle))
    return add(constant(1, like: x), polynomial(table.tail, folded))
  }

  /// x/√2 as a number and what it lacks.
  private mutating func scaledByRoot(_ x: ScalarID) -> (ScalarID, error: ScalarID) {
    let (root, upperRoot, rest) =
      type(x).element == .f32
      ? (0x1.6A09E6p-1, 0x1.6A0p-1, 0x1.9FCEF4p-27)
      : (0x1.6A09E667F3BCDp-1, 0x1.6A09E6p-1, -0x1.BDD3413B26456p-55)
    let upper = upperHalf(x)
    let lower = subtract(x, upper)
    // Without its last bit it is no bare product, which could be fused into the difference below.
    let z = withoutLastBit(multiply(x, constant(root, like: x)))
    let difference = subtract(multiply(upper, constant(upperRoot, like: x)), z)
    let small = multiplyAdd(
      lower, constant(root, like: x), multiply(x, constant(rest, like: x)))
    return (z, add(difference, multiplyAdd(upper, constant(root - upperRoot, like: x), small)))
  }
}

/// Coefficients of erf(x)/x − 1 in x² for x ≤ 1, to 2⁻⁶⁰ and 2⁻²⁸·⁶, as a quotient of polynomials,
/// and of (1 + 2x)·e^(x²)·erfc(x) − 1 in (x − c)/(x + c) for x ≥ 0.44, to 2⁻⁵⁹ and 2⁻²⁶·⁹.
private struct ErrorTable {
  /// Where erfc is 0, and a thousand times it too.
  var bound: Double
  /// c, which is in the middle of the polynomial's range.
  var middle: Double
  /// The numerator up to 1.
  var centreUpper: [Double]
  /// The denominator up to 1.
  var centreLower: [Double]
  /// The polynomial from 0.44 on.
  var tail: [Double]

  /// The table of a type.
  static func of(_ type: DType) -> ErrorTable { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double = ErrorTable(
    bound: 27.5, middle: 3.5,
    centreUpper: [
      0x1.06eba8214db69p-3, -0x1.449d3f54f7cbep-2, -0x1.8bea69acf15e2p-5, -0x1.20df4f1abe5f9p-7,
      -0x1.03d86c5ada443p-11, -0x1.5bd609b2b3f08p-16,
    ],
    centreLower: [
      1, 0x1.d790becdafa21p-2, 0x1.8042471f47047p-4, 0x1.5e6447607f2a3p-7, 0x1.6b11e8a3e3a9fp-11,
      0x1.5d23ea3d9fb21p-16,
    ],
    tail: [
      0x1.f054cd07748a0p-3, -0x1.1ebd220ea593cp-3, -0x1.59e2c284b121bp-7, 0x1.8f702ec6b3461p-4,
      -0x1.d76830c35309ap-4, 0x1.686106046bdbbp-4, -0x1.8ff5ef76d5ab2p-5, 0x1.38ec6671f38bdp-6,
      -0x1.143c4ca597311p-8, -0x1.3cf36b9469f87p-12, 0x1.27e6647a06021p-11,
      -0x1.fda8da19228bdp-14, -0x1.66e20a5cb0288p-15, 0x1.97061b7b07494p-16,
      0x1.387caba7c745fp-19, -0x1.ffd2aacdf0ed6p-19, -0x1.7aef10592d27dp-25,
      0x1.416cab02f2b4ep-21, -0x1.137197a2c6458p-27, -0x1.8a821558e4e0bp-24,
      0x1.497eeff97b9c8p-31, 0x1.57b124ce027f4p-27,
    ])

  /// The table of `f32`.
  private static let single = ErrorTable(
    bound: 10.6, middle: 2,
    centreUpper: [
      0x1.06eba7c2e74e7p-3, -0x1.52ec6e2e8c32fp-2, -0x1.de59b6d6be95fp-7, -0x1.5fd38cf768573p-10,
    ],
    centreLower: [
      1, 0x1.681a38ddb88b1p-2, 0x1.3499ff8358024p-5,
    ],
    tail: [
      0x1.1ba038p-2, -0x1.7bf5e6p-4, -0x1.5407d4p-3, 0x1.4ff942p-3, -0x1.bc1b50p-5,
      -0x1.068ffap-7, 0x1.1bad82p-7, 0x1.32ed98p-10, -0x1.498becp-10, -0x1.0c7138p-12,
    ])
}
