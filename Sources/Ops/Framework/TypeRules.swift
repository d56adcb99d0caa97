package import GraphIR
package import Support

/// Rules that the type rules of operations are made of.
package enum TypeRules {
  /// The shape of an elementwise result: aligned at the right, an axis that is literally 1
  /// stretches.
  package static func broadcast(_ shapes: [[Dim]]) throws(TypeError) -> [Dim] {
    var result: [Dim] = []
    for shape in shapes {
      if shape.isEmpty || shape == result { continue }
      if result.isEmpty {
        result = shape
        continue
      }
      let rank = max(shape.count, result.count)
      var merged: [Dim] = []
      for axis in 0..<rank {
        let a = axis - (rank - result.count)
        let b = axis - (rank - shape.count)
        let left = a < 0 ? Dim(1) : result[a]
        let right = b < 0 ? Dim(1) : shape[b]
        if left == right || right == Dim(1) {
          merged.append(left)
        } else if left == Dim(1) {
          merged.append(right)
        } else {
          let spelled = shapes.map { TensorType.spelling($0) }.joined(separator: " and ")
          throw TypeError(
            "shapes \(spelled) do not fit together: \(left) against \(right) along axis \(axis)",
            dims: [left, right])
        }
      }
      result = merged
    }
    return result
  }

  /// The dtype that all operands share.
  package static func common(_ operands: [TensorType]) throws(TypeError) -> DType {
    let dtype = operands[0].dtype
    guard operands.allSatisfy({ $0.dtype == dtype }) else {
      throw TypeError("operands have different types: \(operands.map(\.dtype.rawValue))")
    }
    return dtype
  }

  /// An axis as a number from 0, where -1 is the last.
  package static func axis(_ axis: Int, rank: Int) throws(TypeError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw TypeError("axis \(axis) is out of range for \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The shape without the axes of a reduction, or with 1 in their place.
  package static func reduced(_ shape: [Dim], axes: [Int], keepDims: Bool) -> [Dim] {
    var result: [Dim] = []
    for (axis, dim) in shape.enumerated() {
      if !axes.contains(axis) {
        result.append(dim)
      } else if keepDims {
        result.append(Dim(1))
      }
    }
    return result
  }
}
