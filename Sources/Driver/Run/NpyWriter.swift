import Support

/// Writes tensors in NumPy's `.npy` format, version 1.0.
package enum NpyWriter {
  /// The bytes of a file; `bf16`, which the format does not know, is written as `f32`.
  package static func bytes(_ tensor: RawTensor) -> [UInt8] {
    var tensor = tensor
    if tensor.dtype == .bf16 {
      var wide = RawTensor(zeros: .f32, tensor.shape)
      for index in 0..<tensor.count { wide.set(index, tensor[index]) }
      tensor = wide
    }
    let shape =
      tensor.shape.count == 1
      ? "(\(tensor.shape[0]),)" : "(" + tensor.shape.map(String.init).joined(separator: ", ") + ")"
    var header =
      "{'descr': '\(code(tensor.dtype))', 'fortran_order': False, 'shape': \(shape), }"
    let preamble = 10
    let padding = (64 - (preamble + header.utf8.count + 1) % 64) % 64
    header += String(repeating: " ", count: padding) + "\n"
    let length = header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(header.utf8) + tensor.bytes
  }

  private static func code(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "|b1"
    case .i8: "|i1"
    case .u8: "|u1"
    case .i16: "<i2"
    case .i32: "<i4"
    case .i64: "<i8"
    case .u16: "<u2"
    case .u32: "<u4"
    case .u64: "<u8"
    case .f16: "<f2"
    case .bf16, .f32: "<f4"
    case .f64: "<f8"
    }
  }
}
