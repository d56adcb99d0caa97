package import LoopIR
import Support

extension LoopBuilder {
  /// √(x² + y²) to 1.2 ulp, with powers of two against overflow and underflow of the squares.
  package mutating func mathHypot(_ x: ScalarID, _ y: ScalarID) -> ScalarID {
    if callsLibrary { return call(.hypot, x, y) }
    let (a, b) = (unary(.abs, x), unary(.abs, y))
    let (large, small, down, up) =
      type(x).element == .f32
      ? (0x1p60, 0x1p-50, 0x1p-70, 0x1p80) : (0x1p500, 0x1p-450, 0x1p-600, 0x1p600)
    let isLarge = isEitherAbove(large, a, b)
    let isSmall = unary(.not, isEitherAbove(small, a, b))
    let one = constant(1, like: x)
    let raised = select(isSmall, constant(up, like: x), one)
    let factor = select(isLarge, constant(down, like: x), raised)
    let lowered = select(isSmall, constant(1 / up, like: x), one)
    let inverse = select(isLarge, constant(1 / down, like: x), lowered)
    let (u, v) = (multiply(a, factor), multiply(b, factor))
    let root = unary(.sqrt, multiplyAdd(u, u, multiply(v, v)))
    // Beside an infinity even NaN does not matter.
    let infinity = constant(.infinity, like: x)
    let isInfinite = binary(
      .or, compare(.equal, a, infinity), compare(.equal, b, infinity))
    return select(isInfinite, infinity, multiply(root, inverse))
  }

  /// Whether one of two numbers is above a bound.
  private mutating func isEitherAbove(
    _ bound: Double, _ a: ScalarID, _ b: ScalarID
  ) -> ScalarID {
    let bound = constant(bound, like: a)
    return binary(.or, compare(.greater, a, bound), compare(.greater, b, bound))
  }
}
