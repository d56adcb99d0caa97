extension DType {
  /// The nearest number of this floating type, ties to even.
  package func rounded(_ value: Double) -> Double {
    switch self {
    case .f64: value
    case .f32: Double(Float(value))
    case .f16: DType.rounded(value, significand: 10, leastExponent: -14, greatest: 65504)
    case .bf16: DType.rounded(value, significand: 7, leastExponent: -126, greatest: 0x1.FEp127)
    case .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: value
    }
  }

  /// The nearest number with so many bits behind the leading one.
  private static func rounded(
    _ value: Double, significand: Int, leastExponent: Int, greatest: Double
  ) -> Double {
    guard value.isFinite, value != 0 else { return value }
    let exponent = max(Int(value.exponent), leastExponent)
    let unit = Double(sign: .plus, exponent: exponent - significand, significand: 1)
    let result = (value / unit).rounded(.toNearestOrEven) * unit
    if result.magnitude > greatest { return result < 0 ? -.infinity : .infinity }
    return result == 0 && value < 0 ? -0.0 : result
  }

  /// The integer with its bits above the width dropped, as wrapping arithmetic does.
  package func wrapped(_ value: Int64) -> Int64 {
    switch self {
    case .bool: value != 0 ? 1 : 0
    case .i8: Int64(Int8(truncatingIfNeeded: value))
    case .i16: Int64(Int16(truncatingIfNeeded: value))
    case .i32: Int64(Int32(truncatingIfNeeded: value))
    case .u8: Int64(UInt8(truncatingIfNeeded: value))
    case .u16: Int64(UInt16(truncatingIfNeeded: value))
    case .u32: Int64(UInt32(truncatingIfNeeded: value))
    case .i64, .u64, .f16, .bf16, .f32, .f64: value
    }
  }

  /// A floating number as this integer type: truncated, saturated, NaN as 0.
  package func converted(_ value: Double) -> Int64 {
    if self == .bool { return value != 0 ? 1 : 0 }
    if value.isNaN { return 0 }
    if self == .u64 {
      if value <= 0 { return 0 }
      return value >= 0x1p64 ? -1 : Int64(bitPattern: UInt64(value))
    }
    let (least, greatest) = integerRange
    if value <= Double(least) { return least }
    return value >= Double(greatest) ? greatest : Int64(value)
  }

  /// Least and greatest value of an integer type; of `u64` those that fit 63 bits.
  package var integerRange: (Int64, Int64) {
    switch self {
    case .bool: (0, 1)
    case .i8: (Int64(Int8.min), Int64(Int8.max))
    case .i16: (Int64(Int16.min), Int64(Int16.max))
    case .i32: (Int64(Int32.min), Int64(Int32.max))
    case .u8: (0, Int64(UInt8.max))
    case .u16: (0, Int64(UInt16.max))
    case .u32: (0, Int64(UInt32.max))
    case .u64: (0, .max)
    case .i64, .f16, .bf16, .f32, .f64: (.min, .max)
    }
  }
}
