package import Support

/// A dense tensor as compiled code sees it: bytes in the machine's order.
package struct RawTensor: Sendable {
  package var dtype: DType
  package var shape: [Int]
  package var bytes: [UInt8]

  package init(_ dtype: DType, _ shape: [Int], bytes: [UInt8]) {
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// A tensor of zeros.
  package init(zeros dtype: DType, _ shape: [Int]) {
    self.init(
      dtype, shape,
      bytes: [UInt8](repeating: 0, count: shape.reduce(1, *) * dtype.byteSize))
  }

  package var count: Int { bytes.count / dtype.byteSize }

  /// The bits of an element.
  package func bits(_ index: Int) -> UInt64 {
    (0..<dtype.byteSize).reduce(0) { bits, byte in
      bits | UInt64(bytes[index * dtype.byteSize + byte]) << UInt64(8 * byte)
    }
  }

  /// An element as a literal.
  package subscript(_ index: Int) -> Literal {
    let bits = bits(index)
    switch dtype {
    case .bool: return .bool(bits != 0)
    case .i8: return .int(Int64(Int8(truncatingIfNeeded: bits)))
    case .i16: return .int(Int64(Int16(truncatingIfNeeded: bits)))
    case .i32: return .int(Int64(Int32(truncatingIfNeeded: bits)))
    case .i64, .u8, .u16, .u32, .u64: return .int(Int64(truncatingIfNeeded: bits))
    case .f16: return .float(RawTensor.halfValue(UInt16(truncatingIfNeeded: bits)))
    case .bf16: return .float(Double(Float(bitPattern: UInt32(bits) << 16)))
    case .f32: return .float(Double(Float(bitPattern: UInt32(bits))))
    case .f64: return .float(Double(bitPattern: bits))
    }
  }

  /// Sets an element; a number that its type cannot hold is rounded, wrapped or cut.
  package mutating func set(_ index: Int, _ literal: Literal) {
    let bits = RawTensor.bits(of: literal, dtype)
    for byte in 0..<dtype.byteSize {
      bytes[index * dtype.byteSize + byte] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))
    }
  }

  /// The bits of a literal as an element of a type.
  private static func bits(of literal: Literal, _ dtype: DType) -> UInt64 {
    switch dtype {
    case .f64: return literal.double.bitPattern
    case .f32: return UInt64(Float(literal.double).bitPattern)
    case .bf16: return UInt64(Float(DType.bf16.rounded(literal.double)).bitPattern >> 16)
    case .f16: return UInt64(halfBits(DType.f16.rounded(literal.double)))
    case .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64:
      switch literal {
      case .bool(let value): return value ? 1 : 0
      case .int(let value): return UInt64(bitPattern: dtype.wrapped(value))
      case .float(let value): return UInt64(bitPattern: dtype.converted(value))
      }
    }
  }

  /// The number with the bits of IEEE binary16.
  private static func halfValue(_ bits: UInt16) -> Double {
    let magnitude = Int(bits & 0x7FFF)
    let exponent = magnitude >> 10
    let fraction = Double(magnitude & 0x3FF)
    let value: Double =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
      }
    return bits & 0x8000 != 0 ? -value : value
  }

  /// The bits of IEEE binary16 of a number that it can hold.
  private static func halfBits(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    if value.isNaN { return 0x7E00 }
    if value.isInfinite { return sign | 0x7C00 }
    let magnitude = value.magnitude
    if magnitude < 0x1p-14 { return sign | UInt16(magnitude * 0x1p24) }
    let exponent = Int(magnitude.exponent)
    let fraction = (magnitude / Double(sign: .plus, exponent: exponent, significand: 1) - 1) * 1024
    return sign | UInt16(exponent + 15) << 10 | UInt16(fraction)
  }
}
