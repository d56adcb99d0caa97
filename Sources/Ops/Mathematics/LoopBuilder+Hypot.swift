package import LoopIR
import Support

extension LoopBuilder {
  /// √(x² + y²) to 1 ulp, with powers of two against overflow and underflow of the squares.
  package mutating func mathHypot(_ x: ScalarID, _ y: ScalarID) -> ScalarID {
    let (a, b) = (unary(.abs, x), unary(.abs, y))
    let (large, small) = type(x).element == .f32 ? (0x1p60, 0x1p-50) : (0x1p500, 0x1p-450)
    let (down, up) = type(x).element == .f32 ? (0x1p-70, 0x1p80) : (0x1p-600, 0x1p600)
    let one = constant(1, like: x)
    func isAbove(_ bound: Double, _ builder: inout LoopBuilder) -> ScalarID {
      let bound = builder.constant(bound, like: x)
      return builder.binary(
        .or, builder.compare(.greater, a, bound), builder.compare(.greater, b, bound))
    }
    let isLarge = isAbove(large, &self)
    let isSmall = unary(.not, isAbove(small, &self))
    func scale(_ down: Double, _ up: Double, _ builder: inout LoopBuilder) -> ScalarID {
      let other = builder.select(isSmall, builder.constant(up, like: x), one)
      return builder.select(isLarge, builder.constant(down, like: x), other)
    }
    let factor = scale(down, up, &self)
    let (u, v) = (multiply(a, factor), multiply(b, factor))
    let root = unary(.sqrt, multiplyAdd(u, u, multiply(v, v)))
    let length = multiply(root, scale(1 / down, 1 / up, &self))
    // Beside an infinity even NaN does not matter.
    let infinity = constant(.infinity, like: x)
    let isInfinite = binary(
      .or, compare(.equal, a, infinity), compare(.equal, b, infinity))
    return select(isInfinite, infinity, length)
  }
}
