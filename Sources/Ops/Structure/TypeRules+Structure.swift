package import GraphIR
package import Support

extension TypeRules {
  /// Refuses sizes that are negative whatever the symbols are.
  package static func sizes(_ shape: [Dim]) throws(TypeError) {
    for dim in shape where TypeRules.isNegative(dim) {
      throw TypeError("size \(dim) is negative", dims: [dim])
    }
  }

  /// Whether a dim is below 0 for all sizes of its symbols.
  package static func isNegative(_ dim: Dim) -> Bool { (-dim - 1).isKnownNonNegative }

  /// Refuses axes that are not ascending numbers of the axes of an operand.
  package static func axes(_ axes: [Int], of type: TensorType) throws(TypeError) {
    for axis in axes where axis < 0 || axis >= type.rank {
      throw TypeError(
        "axis \(axis) is out of range for the \(type.rank) axes of "
          + TensorType.spelling(type.shape), dims: type.shape)
    }
    for (axis, next) in zip(axes, axes.dropFirst()) where axis >= next {
      throw TypeError(axis == next ? "axis \(axis) is given twice" : "axes \(axes) do not ascend")
    }
  }
}
