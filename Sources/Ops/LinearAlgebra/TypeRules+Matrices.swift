package import GraphIR
package import Support

/// The parts of the shape of a stack of matrices.
package struct MatrixShape: Hashable, Sendable {
  package var batch: [Dim]
  package var rows: Dim
  package var columns: Dim

  /// - Requires: The shape has two axes or more.
  package init(_ shape: [Dim]) {
    batch = Array(shape.dropLast(2))
    rows = shape[shape.count - 2]
    columns = shape[shape.count - 1]
  }

  /// The shape of matrices of another size in the same stack.
  package func with(_ rows: Dim, _ columns: Dim) -> [Dim] { batch + [rows, columns] }
}

extension TypeRules {
  /// The shape of an operand that is a matrix, or a stack of matrices, of `f32` or `f64`.
  package static func matrices(
    _ name: String, _ type: TensorType
  ) throws(TypeError) -> MatrixShape {
    guard type.rank >= 2 else {
      throw TypeError("'\(name)' takes matrices, not \(type)", dims: type.shape)
    }
    guard type.dtype.isFloat, type.dtype.arithmetic == type.dtype else {
      throw TypeError("'\(name)' takes 'f32' or 'f64', not '\(type.dtype.rawValue)'")
    }
    return MatrixShape(type.shape)
  }

  /// The shape of an operand that is a square matrix, or a stack of such, of `f32` or `f64`.
  package static func squareMatrices(
    _ name: String, _ type: TensorType
  ) throws(TypeError) -> MatrixShape {
    let shape = try matrices(name, type)
    guard shape.rows == shape.columns else {
      throw TypeError(
        "'\(name)' takes square matrices, not \(type)", dims: [shape.rows, shape.columns])
    }
    return shape
  }
}
