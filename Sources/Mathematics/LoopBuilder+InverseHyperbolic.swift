package import LoopIR
import Support

/// The inverse functions of hyperbolic sine, cosine and tangent, by way of logarithms.
extension LoopBuilder {
  /// asinh x = ln(1 + x + x²/(1 + √(1 + x²))) to 2 ulp.
  package mutating func mathAsinh(_ x: ScalarID) -> ScalarID {
    let magnitude = unary(.abs, x)
    let one = constant(1, like: x)
    let square = multiply(magnitude, magnitude)
    let root = unary(.sqrt, multiplyAdd(magnitude, magnitude, one))
    let excess = divide(square, add(one, root))
    let sum = add(magnitude, excess)
    let lost = subtract(excess, subtract(sum, magnitude))
    return binary(.copysign, logOfDouble(magnitude, orNear: sum, lost), x)
  }

  /// acosh x = ln(1 + t + √(t(t + 2))) to 2 ulp with t = x − 1.
  package mutating func mathAcosh(_ x: ScalarID) -> ScalarID {
    let two = constant(2, like: x)
    let one = constant(1, like: x)
    let t = subtract(x, one)
    let factor = add(t, two)
    // Nothing that matters where t is greater than 2.
    let factorLost = subtract(t, subtract(factor, two))
    let root = unary(.sqrt, multiply(t, factor))
    // The product less the square of the root; products of upper halves are exact.
    let (upper, rootUpper, factorUpper) = (upperHalf(t), upperHalf(root), upperHalf(factor))
    let factorLower = add(subtract(factor, factorUpper), factorLost)
    let difference = subtract(
      multiply(upper, factorUpper), multiply(rootUpper, rootUpper))
    let products = multiplyAdd(t, factorLower, multiply(subtract(t, upper), factorUpper))
    let squares = multiply(subtract(root, rootUpper), add(root, rootUpper))
    let residual = add(difference, subtract(products, squares))
    let isZero = compare(.equal, root, constant(0, like: x))
    let correction = divide(residual, select(isZero, one, add(root, root)))
    let sum = add(root, t)
    let lost = subtract(t, subtract(sum, root))
    let result = logOfDouble(x, orNear: sum, add(lost, correction))
    return select(compare(.less, x, one), constant(.nan, like: x), result)
  }

  /// ln 2x for huge x, else ln(1 + u + d).
  private mutating func logOfDouble(
    _ x: ScalarID, orNear u: ScalarID, _ d: ScalarID
  ) -> ScalarID {
    let zero = constant(0, like: x)
    // From here on squares may overflow, and 1 is too small to matter.
    let bound = type(x).element == .f32 ? 0x1p30 : 0x1p60
    let isHuge = compare(.greater, x, constant(bound, like: x))
    return logOfSum(
      select(isHuge, x, u), plus: select(isHuge, zero, d),
      doublings: select(isHuge, constant(1, like: x), zero))
  }

  /// atanh x = ½·ln(1 + 2x/(1 − x)) to 2 ulp; a polynomial below ½.
  package mutating func mathAtanh(_ x: ScalarID) -> ScalarID {
    let magnitude = unary(.abs, x)
    let half = constant(0.5, like: x)
    let z = multiply(x, x)
    let table = AtanhTable.of(type(x).element)
    let near = multiplyAdd(multiply(magnitude, z), polynomial(table, z), magnitude)
    let quotient = divide(
      add(magnitude, magnitude), subtract(constant(1, like: x), magnitude))
    let far = multiply(half, mathLog1p(quotient))
    return binary(.copysign, select(compare(.less, magnitude, half), near, far), x)
  }
}

/// Coefficients of (atanh(x)/x − 1) / x² in x² for x ≤ ½, to 2⁻⁵⁷ and 2⁻²⁹·³ of x.
private enum AtanhTable {
  /// The table of a type.
  static func of(_ type: DType) -> [Double] { type == .f32 ? single : double }

  /// The table of `f64`.
  private static let double: [Double] = [
    0x1.55555555555d1p-2, 0x1.9999999986dc1p-3, 0x1.2492492c80c54p-3, 0x1.c71c6e665f6d5p-4,
    0x1.745d83ae48f3ep-4, 0x1.3b0afc23ff61ap-4, 0x1.11897a594487bp-4, 0x1.d8e72d68209c1p-5,
    0x1.ead365da4abadp-5, 0x1.d224f59362749p-7, 0x1.2a7a2c9ca31d9p-3, -0x1.3b73500f22a3ep-3,
    0x1.cdc62bb34f11ep-3,
  ]

  /// The table of `f32`.
  private static let single: [Double] = [
    0x1.55553ep-2, 0x1.99a74ap-3, 0x1.233f2ep-3, 0x1.e4ddc2p-4, 0x1.a0a0dep-5, 0x1.6b3ddap-3,
  ]
}
