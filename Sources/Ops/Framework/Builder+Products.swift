package import GraphIR
import Support

/// Products of vectors and matrices, by NumPy's rules.
extension Builder {
  /// Sums of products over paired axes.
  package mutating func contract(_ a: Value, _ b: Value, _ pairs: Contraction) -> Value {
    emit(.contract, [a, b], .contraction(pairs))
  }

  /// `a @ b`: the last axis of `a` with the last but one of `b`, or its only one. Axes before the
  /// last two are batches, which broadcast.
  package mutating func matmul(_ a: Value, _ b: Value) throws(TypeError) -> Value {
    let (left, right) = (type(a), type(b))
    guard !left.isScalar, !right.isScalar else {
      throw mismatch("'@' takes no scalars", left, right)
    }
    let rightAxis = Swift.max(right.rank - 2, 0)
    try check(left, right, left.rank - 1, rightAxis)
    if left.rank <= 2 || right.rank <= 2 {
      return unbatchedProduct(a, b, rightAxis: rightAxis)
    }
    return try batchedProduct(a, b)
  }

  /// NumPy's `dot`: a product where one is a scalar, else the last axis of `a` with the last but
  /// one of `b`, or its only one; there are no batches.
  package mutating func dot(_ a: Value, _ b: Value) throws(TypeError) -> Value {
    let (left, right) = (type(a), type(b))
    if left.isScalar || right.isScalar {
      return try tryEmit(.multiply, [a, b])[0]
    }
    let rightAxis = Swift.max(right.rank - 2, 0)
    try check(left, right, left.rank - 1, rightAxis)
    return contract(
      a, b, Contraction(leftSummed: [left.rank - 1], rightSummed: [rightAxis]))
  }

  /// All products of an element of `a` with one of `b`, each taken as a vector.
  package mutating func outer(_ a: Value, _ b: Value) throws(TypeError) -> Value {
    let column = expandDims(reshape(a, to: [type(a).count]), axes: [1])
    return try tryEmit(.multiply, [column, reshape(b, to: [type(b).count])])[0]
  }

  /// Refuses operands whose summed axes or whose types differ.
  private func check(
    _ left: TensorType, _ right: TensorType, _ leftAxis: Int, _ rightAxis: Int
  ) throws(TypeError) {
    _ = try TypeRules.common([left, right])
    let (a, b) = (left.shape[leftAxis], right.shape[rightAxis])
    guard a == b else {
      throw mismatch(
        "\(a) along axis \(leftAxis) against \(b) along axis \(rightAxis)", left, right,
        dims: [a, b])
    }
    guard left.dtype != .bool else {
      throw mismatch("a product of matrices takes numbers, not 'bool'", left, right)
    }
  }

  /// What is said of operands that do not fit.
  private func mismatch(
    _ reason: String, _ left: TensorType, _ right: TensorType, dims: [Dim] = []
  ) -> TypeError {
    TypeError(
      "shapes \(TensorType.spelling(left.shape)) and \(TensorType.spelling(right.shape)) cannot be "
        + "multiplied: \(reason)", dims: dims)
  }

  /// A product in which at most one operand has batches: they stay free axes, of the left one in
  /// front, of the right one brought there.
  private mutating func unbatchedProduct(_ a: Value, _ b: Value, rightAxis: Int) -> Value {
    let (leftRank, rightRank) = (shape(a).count, shape(b).count)
    let product = contract(
      a, b, Contraction(leftSummed: [leftRank - 1], rightSummed: [rightAxis]))
    guard leftRank == 2, rightRank > 2 else { return product }
    // The rows stand in front of the batches.
    let batches = Array(1..<(rightRank - 1))
    return transpose(product, batches + [0, rightRank - 1])
  }

  /// A product of two stacks of matrices, over the axes that either has.
  private mutating func batchedProduct(_ a: Value, _ b: Value) throws(TypeError) -> Value {
    let (left, right) = (shape(a), shape(b))
    let batch: [Dim]
    do {
      batch = try TypeRules.broadcast([Array(left.dropLast(2)), Array(right.dropLast(2))])
    } catch {
      throw mismatch(error.message, type(a), type(b), dims: error.dims)
    }
    let rank = batch.count
    let pairs = Contraction(
      leftBatch: Array(0..<rank), rightBatch: Array(0..<rank), leftSummed: [rank + 1],
      rightSummed: [rank])
    return contract(
      broadcast(a, to: batch + left.suffix(2)), broadcast(b, to: batch + right.suffix(2)), pairs)
  }
}
