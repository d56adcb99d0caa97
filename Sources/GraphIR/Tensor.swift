package import Support

/// Elements with their values at hand: a constant, or what the reference evaluator computes.
package struct Tensor: Hashable, Sendable {
  /// The elements in row-major order. Floats of every width are held as `Double`, integers and
  /// `bool` as `Int64`, `u64` by its bit pattern.
  package enum Elements: Hashable, Sendable {
    case floats([Double])
    case integers([Int64])
  }

  package var dtype: DType
  package var shape: [Int]
  package var elements: Elements

  /// - Requires: `floats` holds as many elements as the shape has, rounded to `dtype`.
  package init(_ dtype: DType, _ shape: [Int], floats: [Double]) {
    precondition(dtype.isFloat && floats.count == shape.reduce(1, *))
    self.dtype = dtype
    self.shape = shape
    elements = .floats(floats)
  }

  /// - Requires: `integers` holds as many elements as the shape has, wrapped to `dtype`.
  package init(_ dtype: DType, _ shape: [Int], integers: [Int64]) {
    precondition(!dtype.isFloat && integers.count == shape.reduce(1, *))
    self.dtype = dtype
    self.shape = shape
    elements = .integers(integers)
  }

  /// A scalar; a literal is rounded or wrapped to the type.
  package init(_ dtype: DType, scalar: Literal) {
    if dtype.isFloat {
      self.init(dtype, [], floats: [dtype.rounded(scalar.double)])
    } else {
      let value: Int64 =
        switch scalar {
        case .bool(let value): value ? 1 : 0
        case .int(let value): value
        case .float(let value): dtype.converted(value)
        }
      self.init(dtype, [], integers: [dtype.wrapped(value)])
    }
  }

  package var count: Int {
    switch elements {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// The type with the shape as constants.
  package var type: TensorType { TensorType(dtype, shape.map { Dim($0) }) }

  /// The elements, where they are floats.
  package var floats: [Double] {
    guard case .floats(let values) = elements else { preconditionFailure("integers") }
    return values
  }

  /// The elements, where they are integers or `bool`.
  package var integers: [Int64] {
    guard case .integers(let values) = elements else { preconditionFailure("floats") }
    return values
  }

  /// An element as a literal.
  package subscript(_ index: Int) -> Literal {
    switch elements {
    case .floats(let values): .float(values[index])
    case .integers(let values): dtype == .bool ? .bool(values[index] != 0) : .int(values[index])
    }
  }

  /// A tensor of the same type with the elements that the row-major indices name.
  package func gathering(_ indices: [Int], shape: [Int]) -> Tensor {
    switch elements {
    case .floats(let values): Tensor(dtype, shape, floats: indices.map { values[$0] })
    case .integers(let values): Tensor(dtype, shape, integers: indices.map { values[$0] })
    }
  }
}
