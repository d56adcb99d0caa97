import GraphIR
import Ops
import Support

/// Noise of what is computed of whole matrices.
extension Conditioning {
  /// Operations whose results are those of matrices a little off, by units in the last place of
  /// their greatest elements (Wilkinson's backward errors): results may be off by more than they
  /// are, such as the zeros of `solve(a, a)`.
  static let factorings = Set(Operation.linearAlgebra)

  /// A tensor with every number off by units in the last place of the greatest.
  static func movedWhole(_ tensor: Tensor, _ random: inout RandomSource) -> Tensor {
    guard case .floats(let numbers) = tensor.elements else { return tensor }
    let greatest = numbers.map(\.magnitude).filter(\.isFinite).max() ?? 0
    let noise = amplitude * tensor.dtype.ulp(1) * greatest
    return Tensor(
      tensor.dtype, tensor.shape,
      floats: numbers.map { tensor.dtype.rounded($0 + random.uniform(-noise, noise)) })
  }

  /// The same in a region, where the noise is a wave over the places.
  static func movedWhole(
    _ value: Value, _ random: inout RandomSource, _ b: inout Builder
  ) -> Value {
    let dtype = b.dtype(value)
    guard dtype.isFloat else { return value }
    let greatest = greatest(of: value, &b)
    // What is infinite stays so.
    let finite = b.select(b.emit(.isfinite, [greatest]), greatest, b.literal(.int(0), dtype))
    return b.add(value, b.multiply(wave(like: value, &random, &b), finite))
  }

  /// A tensor whose numbers that are nothing but roundings beside the greatest are any smaller ones:
  /// another order of steps may find a singular value of 0 as exactly that.
  static func withLessDust(_ tensor: Tensor, _ random: inout RandomSource) -> Tensor {
    guard case .floats(let numbers) = tensor.elements else { return tensor }
    let dust = dust(of: tensor.dtype) * (numbers.map(\.magnitude).filter(\.isFinite).max() ?? 0)
    return Tensor(
      tensor.dtype, tensor.shape,
      floats: numbers.map { number in
        number.magnitude > dust ? number : tensor.dtype.rounded(number * shrinking(&random))
      })
  }

  /// The same of a value in a region.
  static func withLessDust(
    _ value: Value, _ random: inout RandomSource, _ b: inout Builder
  ) -> Value {
    let dtype = b.dtype(value)
    guard dtype.isFloat else { return value }
    let greatest = greatest(of: value, &b)
    let dust = b.multiply(greatest, b.literal(.float(dust(of: dtype)), dtype))
    let less = b.multiply(value, b.literal(.float(shrinking(&random)), dtype))
    return b.select(b.emit(.greater, [b.abs(value), dust]), value, less)
  }

  /// The greatest magnitude of a value's elements.
  private static func greatest(of value: Value, _ b: inout Builder) -> Value {
    let axes = Attributes.reduction(axes: Array(b.shape(value).indices), keepDims: false)
    return b.emit(.greatest, [b.abs(value)], axes)
  }

  /// What roundings leave of a number that is 0, beside the greatest of its matrix.
  private static func dust(of dtype: DType) -> Double { 4 * amplitude * dtype.ulp(1) }

  /// A factor that makes numbers smaller, on any scale, or 0; half of the time it is 1.
  private static func shrinking(_ random: inout RandomSource) -> Double {
    let digits = Int(random.integer(-60, 60))
    if digits <= 0 { return 1 }
    return digits % 4 == 0 ? 0 : Double(sign: .plus, exponent: -digits, significand: 1)
  }
}
