import LoopIR
import Support

extension LoopBuilder {
  /// An `i64` that is less where an element comes before another: by value, ±0 as one, and behind
  /// all numbers the NaNs, as one. Where the order is descending, all is the other way around.
  mutating func orderKey(_ element: ScalarID, of dtype: DType, isDescending: Bool) -> ScalarID {
    let key = ascendingKey(element, of: dtype)
    return isDescending ? unary(.not, key) : key
  }

  private mutating func ascendingKey(_ element: ScalarID, of dtype: DType) -> ScalarID {
    if dtype.isFloat { return floatKey(convert(element, to: .f64)) }
    if dtype == .u64 {
      let sign = constant(.i64, .int(.min))
      return binary(.xor, bitcast(element, to: .i64), sign)
    }
    return convert(element, to: .i64)
  }

  /// The bits of a number, where those of negative ones grow the other way.
  private mutating func floatKey(_ x: ScalarID) -> ScalarID {
    let zero = constant(0, like: x)
    let isZero = compare(.equal, x, zero)
    let isNaN = compare(.notEqual, x, x)
    let bits = bitcast(select(isZero, zero, x), to: .i64)
    let most = constant(.i64, .int(.max))
    let sign = binary(.shiftRight, bits, constant(.i64, .int(63)))
    let key = binary(.xor, bits, binary(.and, sign, most))
    return select(isNaN, most, key)
  }
}
