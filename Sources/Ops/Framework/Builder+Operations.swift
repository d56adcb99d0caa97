package import GraphIR
package import Support

/// Shorthands for nodes that derivative rules, expansions and rewrites are made of.
extension Builder {
  /// A scalar constant of a type, spelled as it is given: `.int(2)` prints as `2`.
  package mutating func literal(_ literal: Literal, _ dtype: DType) -> Value {
    emit(.literal, [], .literal(literal, dtype))
  }

  /// An integer as a constant of the type of another value.
  package mutating func literal(_ number: Int, like value: Value) -> Value {
    literal(.int(Int64(number)), dtype(value))
  }

  /// A floating number as a constant of the type of another value.
  package mutating func literal(_ number: Double, like value: Value) -> Value {
    literal(.float(number), dtype(value))
  }

  package mutating func add(_ a: Value, _ b: Value) -> Value { emit(.add, [a, b]) }
  package mutating func multiply(_ a: Value, _ b: Value) -> Value { emit(.multiply, [a, b]) }

  /// The value stretched to a shape, unless it has it.
  package mutating func broadcast(_ value: Value, to shape: [Dim]) -> Value {
    self.shape(value) == shape ? value : emit(.broadcastTo, [value], .shape(shape))
  }

  /// `value` broadcast to the shape of `like`, in the spelling that says so.
  package mutating func fill(_ like: Value, with value: Value) -> Value {
    emit(.fill, [like, value])
  }

  /// A constant of 0 with a type's shape; `false` for `bool`.
  package mutating func zeros(_ type: TensorType) -> Value {
    let zero: Literal =
      type.dtype == .bool ? .bool(false) : type.dtype.isFloat ? .float(0) : .int(0)
    return broadcast(literal(zero, type.dtype), to: type.shape)
  }

  /// The transpose of broadcasting: sums over the axes that were stretched or added. Of `bool` the
  /// sum is `any`.
  package mutating func sum(_ value: Value, to shape: [Dim]) -> Value {
    let from = self.shape(value)
    if from == shape { return value }
    let added = from.count - shape.count
    let stretched = (added..<from.count).filter {
      shape[$0 - added] == Dim(1) && from[$0] != Dim(1)
    }
    var result = value
    if !stretched.isEmpty {
      result = emit(.sum, [result], .reduction(axes: stretched, keepDims: true))
    }
    if added > 0 {
      result = emit(.sum, [result], .reduction(axes: Array(0..<added), keepDims: false))
    }
    return result
  }

  /// The result of a reduction, or a cotangent like it, with an axis of 1 for each reduced axis.
  package mutating func restoringAxes(_ value: Value, of context: DerivativeContext) -> Value {
    guard case .reduction(let axes, let keep) = context.attributes, !keep else { return value }
    let from = shape(context.operands[0])
    // A value without axes broadcasts as it is.
    if axes.count == from.count { return value }
    return expandDims(value, axes: axes)
  }

  /// The value with new axes of 1 at these places of the result, ascending.
  package mutating func expandDims(_ value: Value, axes: [Int]) -> Value {
    axes.isEmpty ? value : emit(.expandDims, [value], .axes(axes))
  }

  /// Appends a node with regions as it is; gives its results.
  ///
  /// - Requires: The regions fit; a mistake here is the compiler's.
  package mutating func appendRegions(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes, _ regions: [Graph]
  ) -> [Value] {
    do {
      return try tryEmit(operation, operands, attributes, regions: regions)
    } catch {
      preconditionFailure("\(operation.name): \(error.message)")
    }
  }
}
