package import GraphIR
package import Support

/// The value of an elementwise operation for one element, computed the plain way.
///
/// Floats are computed in `Double` and rounded to the result's type; integers come and go as
/// `Int64` and are wrapped to the result's type.
package enum PointReference: Sendable {
  /// Floats to a float.
  case floats(@Sendable ([Double]) -> Double)
  /// Floats to a float, or integers (of the given type) to an integer.
  case numbers(
    floats: @Sendable ([Double]) -> Double, integers: @Sendable (DType, [Int64]) -> Int64)
  /// Integers or `bool` (of the given type) to the same.
  case integers(@Sendable (DType, [Int64]) -> Int64)
  /// Floats or integers (of the given type) to `bool`.
  case predicate(
    floats: @Sendable ([Double]) -> Bool, integers: @Sendable (DType, [Int64]) -> Bool)

  /// The result for whole operands, with broadcasting.
  package func evaluate(_ context: EvaluationContext) -> Tensor {
    let reads = context.operands.map { Broadcasting.indices(of: $0.shape, in: context.shape) }
    let count = context.shape.reduce(1, *)
    let type = context.operands[0].dtype
    if case .floats = context.operands[0].elements {
      let operands = context.operands.map(\.floats)
      func at(_ i: Int) -> [Double] { operands.indices.map { operands[$0][reads[$0][i]] } }
      switch self {
      case .floats(let function), .numbers(let function, _):
        let values = (0..<count).map { context.dtype.rounded(function(at($0))) }
        return Tensor(context.dtype, context.shape, floats: values)
      case .predicate(let function, _):
        let values: [Int64] = (0..<count).map { function(at($0)) ? 1 : 0 }
        return Tensor(.bool, context.shape, integers: values)
      case .integers: preconditionFailure("floats where integers belong")
      }
    }
    let operands = context.operands.map(\.integers)
    func at(_ i: Int) -> [Int64] { operands.indices.map { operands[$0][reads[$0][i]] } }
    switch self {
    case .integers(let function), .numbers(_, let function):
      let values = (0..<count).map { context.dtype.wrapped(function(type, at($0))) }
      return Tensor(context.dtype, context.shape, integers: values)
    case .predicate(_, let function):
      let values: [Int64] = (0..<count).map { function(type, at($0)) ? 1 : 0 }
      return Tensor(.bool, context.shape, integers: values)
    case .floats: preconditionFailure("integers where floats belong")
    }
  }
}

/// Positions of elements under NumPy's broadcasting.
package enum Broadcasting {
  /// For each element of `shape` in row-major order, the row-major place in an operand.
  package static func indices(of operand: [Int], in shape: [Int]) -> [Int] {
    if operand == shape { return Array(0..<shape.reduce(1, *)) }
    var strides = [Int](repeating: 0, count: shape.count)
    var stride = 1
    for axis in operand.indices.reversed() {
      let target = axis + shape.count - operand.count
      strides[target] = operand[axis] == 1 ? 0 : stride
      stride *= operand[axis]
    }
    return Broadcasting.offsets(shape: shape, strides: strides)
  }

  /// For each position of `shape` in row-major order, the sum of its coordinates times `strides`.
  package static func offsets(shape: [Int], strides: [Int], start: Int = 0) -> [Int] {
    var offsets = [start]
    for (extent, stride) in zip(shape, strides) {
      var next: [Int] = []
      next.reserveCapacity(offsets.count * extent)
      for offset in offsets {
        for step in 0..<extent { next.append(offset + step * stride) }
      }
      offsets = next
    }
    return offsets
  }

  /// The row-major strides of a shape.
  package static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }
}
