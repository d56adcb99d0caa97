import GraphIR
import Support

/// How the elements of a `.npy` file are written.
struct NpyFormat {
  let dtype: DType
  let isBigEndian: Bool

  var byteSize: Int { dtype.byteSize }

  /// The types by their letter and size.
  private static let types: [String: DType] = [
    "b1": .bool, "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64, "u1": .u8, "u2": .u16,
    "u4": .u32, "u8": .u64, "f2": .f16, "f4": .f32, "f8": .f64,
  ]

  /// Reads a description such as `<f8`.
  init(_ description: String) throws(NpyError) {
    let order = description.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let letters = order == nil ? description : String(description.dropFirst())
    guard let dtype = NpyFormat.types[letters] else {
      throw NpyError(
        "holds elements of type '\(description)'; integers, floats of 2, 4 and 8 bytes and bool "
          + "can be read")
    }
    self.dtype = dtype
    isBigEndian = order == ">"
  }
}

/// The elements of a `.npy` file in the order in which they stand there.
struct NpyElements {
  let bytes: [UInt8]
  let start: Int
  let count: Int
  let format: NpyFormat

  /// The elements as a tensor in row-major order.
  func tensor(shape: [Int]) -> Tensor {
    let dtype = format.dtype
    if dtype.isFloat {
      return Tensor(dtype, shape, floats: (0..<count).map { float(word($0)) })
    }
    return Tensor(dtype, shape, integers: (0..<count).map { integer(word($0)) })
  }

  /// The bits of an element.
  private func word(_ index: Int) -> UInt64 {
    let size = format.byteSize
    let first = start + index * size
    var word: UInt64 = 0
    for offset in 0..<size {
      let place = format.isBigEndian ? size - 1 - offset : offset
      word |= UInt64(bytes[first + offset]) << UInt64(8 * place)
    }
    return word
  }

  private func integer(_ word: UInt64) -> Int64 {
    format.dtype == .bool ? (word == 0 ? 0 : 1) : format.dtype.wrapped(Int64(bitPattern: word))
  }

  private func float(_ word: UInt64) -> Double {
    switch format.dtype {
    case .f64: Double(bitPattern: word)
    case .f32: Double(Float(bitPattern: UInt32(word)))
    default: NpyElements.half(word)
    }
  }

  /// The value of IEEE half precision bits.
  private static func half(_ bits: UInt64) -> Double {
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 0x3FF)
    let magnitude: Double =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }
}
