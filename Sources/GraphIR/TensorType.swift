package import Support

/// The type of a value: the type of its elements, and its shape.
package struct TensorType: Hashable, Sendable, CustomStringConvertible {
  package var dtype: DType
  package var shape: [Dim]

  package init(_ dtype: DType, _ shape: [Dim] = []) {
    self.dtype = dtype
    self.shape = shape
  }

  package var rank: Int { shape.count }
  package var isScalar: Bool { shape.isEmpty }

  /// The number of elements.
  package var count: Dim { Dim.product(shape) }

  /// The same shape with other elements.
  package func with(_ dtype: DType) -> TensorType { TensorType(dtype, shape) }

  /// `f64[m, n]`, or `f64` for a scalar.
  package var description: String {
    isScalar ? dtype.rawValue : dtype.rawValue + TensorType.spelling(shape)
  }

  /// `[m, n]`.
  package static func spelling(_ shape: [Dim]) -> String {
    "[" + shape.map(\.description).joined(separator: ", ") + "]"
  }
}
