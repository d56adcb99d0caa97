package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Sums of products of two tensors over paired axes. Bilinear: each transpose contracts the
  /// cotangent with the other operand.
  package static let contract: Operation = .init(
    "contract", arity: .exactly(2),
    infer: { query throws(TypeError) in
      guard case .contraction(let pairs) = query.attributes else { throw TypeError("needs axes") }
      return [try Contracting.type(query.operands[0], query.operands[1], pairs)]
    },
    derivative: .bilinear(
      left: { b, c, ct in Contracting.leftCotangent(&b, c, ct) },
      right: { b, c, ct in Contracting.rightCotangent(&b, c, ct) }),
    evaluate: { context in [Contracting.evaluate(context)] },
    lowering: Kernel.contraction, samples: Contracting.samples, notation: .infix("\\dot"))
}

/// What makes up the record of `contract`.
private enum Contracting {
  /// The type of the result.
  static func type(
    _ left: TensorType, _ right: TensorType, _ pairs: Contraction
  ) throws(TypeError) -> TensorType {
    let dtype = try TypeRules.common([left, right])
    guard dtype != .bool else { throw TypeError("a product of matrices takes numbers, not 'bool'") }
    let axes = [
      (pairs.leftBatch + pairs.leftSummed, left), (pairs.rightBatch + pairs.rightSummed, right),
    ]
    for (axes, type) in axes { try TypeRules.axes(axes.sorted(), of: type) }
    guard pairs.leftBatch.count == pairs.rightBatch.count,
      pairs.leftSummed.count == pairs.rightSummed.count
    else { throw TypeError("axes \(pairs.leftSummed) and \(pairs.rightSummed) do not pair") }
    let leftAxes = pairs.leftBatch + pairs.leftSummed
    let rightAxes = pairs.rightBatch + pairs.rightSummed
    for (a, b) in zip(leftAxes, rightAxes) where left.shape[a] != right.shape[b] {
      throw TypeError(
        "shapes \(TensorType.spelling(left.shape)) and \(TensorType.spelling(right.shape)) do not "
          + "fit together: \(left.shape[a]) along axis \(a) against \(right.shape[b]) along "
          + "axis \(b)",
        dims: [left.shape[a], right.shape[b]])
    }
    let free = pairs.leftFree(rank: left.rank).map { left.shape[$0] }
      + pairs.rightFree(rank: right.rank).map { right.shape[$0] }
    return TensorType(dtype, pairs.leftBatch.map { left.shape[$0] } + free)
  }

  /// The cotangent of the left operand: that of the result with the right operand, summed over the
  /// free axes of the right one.
  static func leftCotangent(_ b: inout Builder, _ c: DerivativeContext, _ ct: Value) -> Value {
    guard case .contraction(let pairs) = c.attributes else { return ct }
    let batch = Array(pairs.leftBatch.indices)
    let leftFree = pairs.leftFree(rank: b.shape(c.operands[0]).count)
    let rightFree = pairs.rightFree(rank: b.shape(c.operands[1]).count)
    let behind = batch.count + leftFree.count
    let product = b.contract(
      ct, c.operands[1],
      Contraction(
        leftBatch: batch, rightBatch: pairs.rightBatch,
        leftSummed: rightFree.indices.map { $0 + behind }, rightSummed: rightFree))
    let summed = partners(of: pairs.rightSummed, in: pairs.leftSummed)
    return b.transpose(product, Operation.inverse(pairs.leftBatch + leftFree + summed))
  }

  /// The cotangent of the right operand: the left operand with that of the result, summed over the
  /// free axes of the left one.
  static func rightCotangent(_ b: inout Builder, _ c: DerivativeContext, _ ct: Value) -> Value {
    guard case .contraction(let pairs) = c.attributes else { return ct }
    let batch = Array(pairs.leftBatch.indices)
    let leftFree = pairs.leftFree(rank: b.shape(c.operands[0]).count)
    let rightFree = pairs.rightFree(rank: b.shape(c.operands[1]).count)
    let product = b.contract(
      c.operands[0], ct,
      Contraction(
        leftBatch: pairs.leftBatch, rightBatch: batch, leftSummed: leftFree,
        rightSummed: leftFree.indices.map { $0 + batch.count }))
    let summed = partners(of: pairs.leftSummed, in: pairs.rightSummed)
    return b.transpose(product, Operation.inverse(pairs.rightBatch + summed + rightFree))
  }

  /// The axes paired with `axes` when those ascend.
  private static func partners(of axes: [Int], in others: [Int]) -> [Int] {
    zip(axes, others).sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The sums of products, one after the other.
  static func evaluate(_ context: EvaluationContext) -> Tensor {
    let (left, right) = (context.operands[0], context.operands[1])
    guard case .contraction(let pairs) = context.attributes else { return left }
    let leftFree = pairs.leftFree(rank: left.shape.count)
    let rightFree = pairs.rightFree(rank: right.shape.count)
    let summed = pairs.leftSummed.map { left.shape[$0] }
    let leftAxes = pairs.leftBatch + leftFree + rightFree.map { _ in nil }
    let rightAxes = pairs.rightBatch + leftFree.map { _ in nil } + rightFree
    let places = zip(
      offsets(left, context.shape, leftAxes), offsets(right, context.shape, rightAxes))
    let steps = Array(
      zip(offsets(left, summed, pairs.leftSummed), offsets(right, summed, pairs.rightSummed)))
    switch (left.elements, right.elements) {
    case (.floats(let a), .floats(let b)):
      let sums = places.map { i, j in steps.reduce(0.0) { $0 + a[i + $1.0] * b[j + $1.1] } }
      return Tensor(context.dtype, context.shape, floats: sums.map { context.dtype.rounded($0) })
    case (.integers(let a), .integers(let b)):
      let sums = places.map { i, j in steps.reduce(0) { $0 &+ a[i + $1.0] &* b[j + $1.1] } }
      return Tensor(
        context.dtype, context.shape, integers: sums.map { context.dtype.wrapped($0) })
    case (.floats, .integers), (.integers, .floats):
      preconditionFailure("operands of different types")
    }
  }

  /// For each position of `shape`, how far it moves along the tensor's axes that belong to it.
  private static func offsets(_ tensor: Tensor, _ shape: [Int], _ axes: [Int?]) -> [Int] {
    let strides = Broadcasting.strides(tensor.shape)
    return Broadcasting.offsets(
      shape: shape, strides: axes.map { axis in axis.map { strides[$0] } ?? 0 })
  }

  /// Operands of every kind of product.
  static let samples = [
    sample([2, 3], [3, 4], Contraction(leftSummed: [1], rightSummed: [0])),
    sample([3], [3], Contraction(leftSummed: [0], rightSummed: [0])),
    sample([2], [3], Contraction(leftSummed: [], rightSummed: [])),
    sample([3, 2], [4, 3], Contraction(leftSummed: [0], rightSummed: [1])),
    sample(
      [2, 3, 4], [2, 4, 1],
      Contraction(leftBatch: [0], rightBatch: [0], leftSummed: [2], rightSummed: [1])),
    sample(
      [3, 2, 4, 2], [4, 2, 3, 5],
      Contraction(leftBatch: [1], rightBatch: [1], leftSummed: [2, 0], rightSummed: [0, 2])),
    sample([], [2], Contraction(leftSummed: [], rightSummed: [])),
    sample([2, 0], [0, 3], Contraction(leftSummed: [1], rightSummed: [0])),
  ]

  /// Operands of these shapes.
  private static func sample(_ left: [Int], _ right: [Int], _ pairs: Contraction) -> Sample {
    Sample(
      shapes: [left, right], domains: [.interval(-2, 2), .interval(-2, 2)],
      attributes: .contraction(pairs))
  }
}
