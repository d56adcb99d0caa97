package import LoopIR
import Support

extension LoopBuilder {
  /// x·Φ(x) with the normal distribution Φ.
  package mutating func mathGelu(_ x: ScalarID) -> ScalarID {
    inDouble(x) { b, x in b.geluOfDouble(x) }
  }

  private mutating func geluOfDouble(_ x: ScalarID) -> ScalarID {
    // Beyond the clamp Φ is 0 or 1; for −∞ the product with 0 would be NaN.
    let limit = constant(1000, like: x)
    let least = negate(limit)
    let above = select(compare(.less, x, least), least, x)
    let y = select(compare(.greater, above, limit), limit, above)
    let (z, error) = scaledByRoot(negate(y))
    // erfc feels the rounding of its argument in the tail: corrected to first order.
    let slope = multiply(
      mathExp(negate(multiply(z, z))), constant(-1.1283791670955126, like: x))
    let normal = multiplyAdd(slope, error, call(.erfc, z))
    return multiply(multiply(above, constant(0.5, like: x)), normal)
  }

  /// x/√2 as a number and what it lacks.
  private mutating func scaledByRoot(_ x: ScalarID) -> (ScalarID, error: ScalarID) {
    let root = 0x1.6A09E667F3BCDp-1
    let upperRoot = 0x1.6A09E6p-1
    let upper = upperHalf(x)
    let lower = subtract(x, upper)
    // Without its last bit it is no bare product, which could be fused into the difference below.
    let z = withoutLastBit(multiply(x, constant(root, like: x)))
    let difference = subtract(multiply(upper, constant(upperRoot, like: x)), z)
    let rest = multiplyAdd(
      lower, constant(root, like: x), multiply(x, constant(-0x1.BDD3413B26456p-55, like: x)))
    return (z, add(difference, multiplyAdd(upper, constant(root - upperRoot, like: x), rest)))
  }
}
