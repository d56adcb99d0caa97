/// The type of one element.
package enum DType: String, CaseIterable, Hashable, Sendable {
  case bool, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64

  package var isFloat: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64: true
    case .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: false
    }
  }

  /// Whether it is an integer type; `bool` is none.
  package var isInteger: Bool { isSigned || isUnsigned }

  package var isSigned: Bool {
    switch self {
    case .i8, .i16, .i32, .i64: true
    case .bool, .u8, .u16, .u32, .u64, .f16, .bf16, .f32, .f64: false
    }
  }

  package var isUnsigned: Bool {
    switch self {
    case .u8, .u16, .u32, .u64: true
    case .bool, .i8, .i16, .i32, .i64, .f16, .bf16, .f32, .f64: false
    }
  }

  /// Bytes of one element in memory.
  package var byteSize: Int {
    switch self {
    case .bool, .i8, .u8: 1
    case .i16, .u16, .f16, .bf16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64: 8
    }
  }

  /// Bits of one element in memory.
  package var bitWidth: Int { byteSize * 8 }

  /// The type in which arithmetic on this type is done: `f32` for the half types, else itself.
  package var arithmetic: DType { self == .f16 || self == .bf16 ? .f32 : self }

  /// The type that results where `self` meets `other`, as NumPy 2 promotes.
  package func promoted(with other: DType) -> DType {
    if self == other { return self }
    if self == .bool { return other }
    if other == .bool { return self }
    switch (isFloat, other.isFloat) {
    case (true, true): return DType.promotedFloats(self, other)
    case (true, false): return DType.promoted(float: self, integer: other)
    case (false, true): return DType.promoted(float: other, integer: self)
    case (false, false): return DType.promotedIntegers(self, other)
    }
  }

  /// The wider of two floating types; `f16` with `bf16` is `f32`.
  private static func promotedFloats(_ a: DType, _ b: DType) -> DType {
    if a.bitWidth == b.bitWidth { return .f32 }
    return a.bitWidth > b.bitWidth ? a : b
  }

  /// The least floating type that holds `float` and is wide enough for `integer`.
  private static func promoted(float: DType, integer: DType) -> DType {
    let needed: DType =
      switch integer.byteSize {
      case 1: float
      case 2: .f32
      default: .f64
      }
    return needed.byteSize > float.byteSize ? needed : float
  }

  /// The least integer type that holds both; `u64` with a signed type is `f64`.
  private static func promotedIntegers(_ a: DType, _ b: DType) -> DType {
    if a.isSigned == b.isSigned { return a.bitWidth > b.bitWidth ? a : b }
    let (signed, unsigned) = a.isSigned ? (a, b) : (b, a)
    if signed.bitWidth > unsigned.bitWidth { return signed }
    switch unsigned {
    case .u8: return .i16
    case .u16: return .i32
    case .u32: return .i64
    default: return .f64
    }
  }
}

/// By its number: what comes with an enum of strings compares and hashes the strings.
extension DType {
  private var number: UInt8 {
    switch self {
    case .bool: 0
    case .i8: 1
    case .i16: 2
    case .i32: 3
    case .i64: 4
    case .u8: 5
    case .u16: 6
    case .u32: 7
    case .u64: 8
    case .f16: 9
    case .bf16: 10
    case .f32: 11
    case .f64: 12
    }
  }

  package static func == (a: DType, b: DType) -> Bool { a.number == b.number }
  package static func != (a: DType, b: DType) -> Bool { a.number != b.number }
  package func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
