import GraphIR
import Ops
import Support

/// Conversions between types.
extension Catalogue {
  static let conversions: [Rule] = [
    .code("convert-own-type", "f64(x) of f64", "x", .exact, on: [.convert]) { r, node in
      r.dtype(node.operands[0]) == node.type.dtype ? node.operands[0] : nil
    },
    .code(
      "convert-widened", "f32(f64(x))", "f32(x)", .exact, on: [.convert]
    ) { r, node in
      let middle = node.operands[0]
      guard let source = r.operand(of: middle, .convert),
        r.dtype(middle).holds(r.dtype(source))
      else { return nil }
      // Floats saturate where integers wrap.
      let saturates = r.dtype(middle).isFloat && node.type.dtype.isInteger
      if saturates, !r.dtype(source).isFloat { return nil }
      return r.emit(.convert, [source], node.attributes)
    },
  ]
}

extension DType {
  /// Whether every number of another type is one of this type.
  func holds(_ other: DType) -> Bool {
    if self == other || other == .bool { return true }
    if self == .bool { return false }
    switch (isFloat, other.isFloat) {
    case (true, true): return self == .f64 || (self == .f32 && other != .f64)
    case (false, true): return false
    case (true, false): return other.valueBits <= significandBits
    case (false, false):
      return isSigned
        ? bitWidth > other.bitWidth || (other.isSigned && bitWidth == other.bitWidth)
        : other.isUnsigned && bitWidth >= other.bitWidth
    }
  }

  /// The bits of the magnitude of an integer.
  private var valueBits: Int { isSigned ? bitWidth - 1 : bitWidth }

  /// The bits up to which a floating type holds every integer.
  private var significandBits: Int {
    switch self {
    case .f16: 11
    case .bf16: 8
    case .f32: 24
    case .f64: 53
    case .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: 0
    }
  }
}
