import LLVMInterop
import LoopIR
import Support

extension ObjectEmitter {
  /// The data of a constant; equal data stand in the object once.
  func global(_ constant: ConstantData) -> IRGlobal {
    if let known = constants[constant] { return known }
    let bytes = DataBytes(constant, isLittleEndian: target.isLittleEndian).bytes
    let alignment = bytes.count < WorkspacePlan.alignment ? 16 : WorkspacePlan.alignment
    let global = bytes.withUnsafeBytes { module.addData("data", $0, align: alignment) }
    constants[constant] = global
    return global
  }
}

/// The bytes of constant data as the target keeps them.
struct DataBytes {
  private(set) var bytes: [UInt8] = []

  init(_ data: ConstantData, isLittleEndian: Bool) {
    let size = data.element.byteSize
    bytes.reserveCapacity(data.elements.count * size)
    func append(_ bits: UInt64) {
      for position in 0..<size {
        let byte = isLittleEndian ? position : size - 1 - position
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte)))
      }
    }
    switch data.elements {
    case .floats(let values):
      for value in values { append(DataBytes.bits(value, data.element)) }
    case .integers(let values):
      for value in values { append(UInt64(bitPattern: value)) }
    }
  }

  /// The bits of a number in an element type.
  private static func bits(_ value: Double, _ element: DType) -> UInt64 {
    switch element {
    case .f64: value.bitPattern
    case .f32: UInt64(Float(value).bitPattern)
    case .bf16: UInt64(Float(element.rounded(value)).bitPattern >> 16)
    case .f16: UInt64(halfBits(element.rounded(value)))
    case .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64:
      UInt64(bitPattern: element.converted(value))
    }
  }

  /// The bits of a number that a half type can hold.
  private static func halfBits(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    if value.isNaN { return sign | 0x7E00 }
    if value.isInfinite { return sign | 0x7C00 }
    let magnitude = value.magnitude
    if magnitude < 0x1p-14 { return sign | UInt16(magnitude * 0x1p24) }
    let exponent = Int(magnitude.exponent)
    let fraction = (magnitude / Double(sign: .plus, exponent: exponent, significand: 1) - 1) * 1024
    return sign | UInt16((exponent + 15) << 10) | UInt16(fraction)
  }
}
