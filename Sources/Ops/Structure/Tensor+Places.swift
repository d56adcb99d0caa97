package import GraphIR
package import Support

extension Tensor {
  /// A tensor whose elements are all the same scalar.
  package static func filled(_ dtype: DType, _ shape: [Int], with scalar: Literal) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(dtype, scalar: scalar)
      .gathering(Array(repeating: 0, count: count), shape: shape)
  }

  /// The tensor with the elements at row-major places replaced by those of another, in order.
  ///
  /// - Requires: the other tensor has the same dtype and as many elements as there are places.
  package func replacing(_ places: [Int], with other: Tensor) -> Tensor {
    var result = self
    switch (elements, other.elements) {
    case (.floats(var values), .floats(let others)):
      for (place, value) in zip(places, others) { values[place] = value }
      result.elements = .floats(values)
    case (.integers(var values), .integers(let others)):
      for (place, value) in zip(places, others) { values[place] = value }
      result.elements = .integers(values)
    case (.floats, .integers), (.integers, .floats):
      preconditionFailure("elements of different types")
    }
    return result
  }

  /// The tensor with the elements of another added at row-major places, in order; of `bool` the sum
  /// is `any`.
  ///
  /// - Requires: the other tensor has the same dtype and as many elements as there are places.
  package func adding(_ other: Tensor, at places: [Int]) -> Tensor {
    var result = self
    switch (elements, other.elements) {
    case (.floats(var values), .floats(let others)):
      for (place, value) in zip(places, others) {
        values[place] = dtype.rounded(values[place] + value)
      }
      result.elements = .floats(values)
    case (.integers(var values), .integers(let others)):
      for (place, value) in zip(places, others) {
        values[place] =
          dtype == .bool ? values[place] | value : dtype.wrapped(values[place] &+ value)
      }
      result.elements = .integers(values)
    case (.floats, .integers), (.integers, .floats):
      preconditionFailure("elements of different types")
    }
    return result
  }
}
