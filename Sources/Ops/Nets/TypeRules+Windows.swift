import GraphIR
import Support

extension TypeRules {
  /// Refuses windows that no axes have whatever the symbols are.
  static func windows(_ axes: [WindowAxis]) throws(TypeError) {
    for axis in axes {
      guard axis.stride > 0, axis.dilation > 0 else {
        throw TypeError("the stride and the dilation of windows are positive")
      }
      try sizes([axis.extent, axis.size, axis.count])
    }
  }

  /// Refuses a shape whose last axes are not as windows say.
  static func trailing(
    _ shape: [Dim], are wanted: [Dim], _ what: String
  ) throws(TypeError) {
    guard shape.count >= wanted.count, Array(shape.suffix(wanted.count)) == wanted else {
      throw TypeError(
        "\(what) \(TensorType.spelling(shape)) do not end in \(TensorType.spelling(wanted))",
        dims: shape + wanted)
    }
  }
}
