import Support

/// A tensor by the bits of its elements: −0 is not 0, and a NaN is itself.
package struct TensorBits: Hashable, Sendable {
  private let dtype: DType
  private let shape: [Int]
  private let bits: [UInt64]

  package init(_ tensor: Tensor) {
    dtype = tensor.dtype
    shape = tensor.shape
    switch tensor.elements {
    case .floats(let values): bits = values.map(\.bitPattern)
    case .integers(let values): bits = values.map { UInt64(bitPattern: $0) }
    }
  }
}
