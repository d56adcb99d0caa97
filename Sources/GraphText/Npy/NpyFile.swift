package import GraphIR
import Support

/// Why a `.npy` file cannot be read, in words that go on behind its name.
package struct NpyError: Error, Hashable, Sendable {
  package var message: String

  init(_ message: String) { self.message = message }
}

/// Files of NumPy's format `.npy`, versions 1 to 3.
package enum NpyFile {
  /// The tensor that a file holds.
  package static func read(_ bytes: [UInt8]) throws(NpyError) -> Tensor {
    let (text, start) = try header(bytes)
    var reader = NpyHeaderReader(text)
    let header = try reader.read()
    let format = try NpyFormat(header.description)
    let count = try count(header.shape)
    let (size, isLarge) = count.multipliedReportingOverflow(by: format.byteSize)
    guard !isLarge, size <= bytes.count - start else {
      let needs = isLarge ? "more than there can be" : "\(size) bytes"
      let there = isLarge ? "" : ", \(bytes.count - start) are there"
      throw NpyError(
        "ends too early: \(spelled(header.shape)) of '\(header.description)' needs "
          + needs + there)
    }
    guard size == bytes.count - start else {
      throw NpyError("has \(bytes.count - start - size) bytes too many behind its elements")
    }
    let elements = NpyElements(bytes: bytes, start: start, count: count, format: format)
    let tensor = elements.tensor(shape: header.shape)
    return header.isFortran ? fortran(tensor) : tensor
  }

  /// The header's text, and where the elements begin.
  private static func header(
    _ bytes: [UInt8]
  ) throws(NpyError) -> (text: ArraySlice<UInt8>, start: Int) {
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw NpyError("is no .npy file")
    }
    guard bytes.count >= 10 else { throw NpyError("ends in its header") }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw NpyError("has version \(version) of the format; versions 1 to 3 can be read")
    }
    let width = version == 1 ? 2 : 4
    guard bytes.count >= 8 + width else { throw NpyError("ends in its header") }
    let length = (0..<width).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let begin = 8 + width
    guard length <= bytes.count - begin else { throw NpyError("ends in its header") }
    return (bytes[begin..<(begin + length)], begin + length)
  }

  /// The number of elements; the product of the sizes that are not 0 fits as well.
  private static func count(_ shape: [Int]) throws(NpyError) -> Int {
    var count = 1
    for size in shape where size != 0 {
      let (product, isLarge) = count.multipliedReportingOverflow(by: size)
      if isLarge { throw NpyError("has an impossible shape: \(spelled(shape))") }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }

  /// A tensor whose elements stand in column-major order, put in row-major order.
  private static func fortran(_ tensor: Tensor) -> Tensor {
    guard tensor.shape.count > 1, tensor.count > 0 else { return tensor }
    var strides: [Int] = []
    var stride = 1
    for size in tensor.shape {
      strides.append(stride)
      stride *= size
    }
    var places = [0]
    for (size, stride) in zip(tensor.shape, strides) {
      places = places.flatMap { place in (0..<size).map { place + $0 * stride } }
    }
    return tensor.gathering(places, shape: tensor.shape)
  }

  private static func spelled(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
  }
}
