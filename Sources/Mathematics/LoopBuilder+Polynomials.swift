package import LoopIR
import Support

/// Parts that the bodies of mathematical functions are made of.
///
/// Products and sums may be contracted to fused ones by code generation, so where a body counts on
/// how a product is rounded, it is made exact by dropping bits first.
extension LoopBuilder {
  /// c₀ + c₁·x + c₂·x² + …, by Horner's rule.
  package mutating func polynomial(_ coefficients: [Double], _ x: ScalarID) -> ScalarID {
    var sum = constant(coefficients[coefficients.count - 1], like: x)
    for coefficient in coefficients.dropLast().reversed() {
      sum = multiplyAdd(sum, x, constant(coefficient, like: x))
    }
    return sum
  }

  /// What a function of an `f64` gives, for an `f32` too, by way of `f64`.
  package mutating func inDouble(
    _ x: ScalarID, _ function: (inout LoopBuilder, ScalarID) -> ScalarID
  ) -> ScalarID {
    let element = type(x).element
    let result = function(&self, convert(x, to: .f64))
    return convert(result, to: element)
  }

  /// The number without the lower half of its significand: products of two such are exact.
  package mutating func upperHalf(_ x: ScalarID) -> ScalarID {
    type(x).element == .f32
      ? masked(x, .u32, keeping: 0xFFFF_F000) : masked(x, .u64, keeping: ~0x7FF_FFFF)
  }

  /// The number with the last bit of its significand set to 0.
  package mutating func withoutLastBit(_ x: ScalarID) -> ScalarID {
    type(x).element == .f32
      ? masked(x, .u32, keeping: 0xFFFF_FFFE) : masked(x, .u64, keeping: ~1)
  }

  /// The number with some of its bits set to 0.
  private mutating func masked(
    _ x: ScalarID, _ bits: DType, keeping mask: Int64
  ) -> ScalarID {
    let kept = binary(.and, bitcast(x, to: bits), constant(bits, .int(mask)))
    return bitcast(kept, to: type(x).element)
  }
}
