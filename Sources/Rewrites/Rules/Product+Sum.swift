import GraphIR
import Ops
import Support

/// Sums of products, and products of what is stretched: what is summed, is summed first.
extension Rewriter {
  /// A sum along free axes of a contraction that nothing else uses as the contraction of the
  /// operands summed along them; nil where that is not known to be less work.
  mutating func sumOfProduct(_ node: Candidate) -> Value? {
    let product = node.operands[0]
    guard isMade(product, by: .contract), isUsedOnce(product),
      case .reduction(let axes, let keepDims) = node.attributes, !axes.isEmpty,
      case let inner = self.node(of: product), case .contraction(let pairs) = inner.attributes,
      [product, inner.operands[0], inner.operands[1]].allSatisfy({ dtype($0) == node.type.dtype }),
      node.type.dtype.arithmetic == node.type.dtype
    else { return nil }
    let leftFree = pairs.leftFree(rank: type(inner.operands[0]).rank)
    let rightFree = pairs.rightFree(rank: type(inner.operands[1]).rank)
    let batch = pairs.leftBatch.count
    guard axes.allSatisfy({ $0 >= batch }) else { return nil }
    let left = axes.filter { $0 < batch + leftFree.count }.map { leftFree[$0 - batch] }
    let right = axes.filter { $0 >= batch + leftFree.count }
      .map { rightFree[$0 - batch - leftFree.count] }
    guard isLess(inner.operands, pairs, left, right) else { return nil }
    var fewer = pairs
    fewer.leftBatch = pairs.leftBatch.map { $0.without(left) }
    fewer.leftSummed = pairs.leftSummed.map { $0.without(left) }
    fewer.rightBatch = pairs.rightBatch.map { $0.without(right) }
    fewer.rightSummed = pairs.rightSummed.map { $0.without(right) }
    let sum = emit(
      .contract, [summed(inner.operands[0], left), summed(inner.operands[1], right)],
      .contraction(fewer))
    return keepDims ? emit(.expandDims, [sum], .axes(axes)) : sum
  }

  private mutating func summed(_ value: Value, _ axes: [Int]) -> Value {
    axes.isEmpty ? value : emit(.sum, [value], .reduction(axes: axes, keepDims: false))
  }

  /// Whether to sum the operands first is less work, where all symbols are 3 or more.
  private func isLess(
    _ operands: [Value], _ pairs: Contraction, _ left: [Int], _ right: [Int]
  ) -> Bool {
    let shapes = operands.map { shape($0) }
    func size(_ side: Int, _ axes: [Int]) -> Dim { Dim.product(axes.map { shapes[side][$0] }) }
    let between = size(0, pairs.leftSummed)
    let batch = size(0, pairs.leftBatch)
    let frees = [
      pairs.leftFree(rank: shapes[0].count), pairs.rightFree(rank: shapes[1].count),
    ]
    let all = size(0, frees[0]) * size(1, frees[1]) * batch
    let kept =
      size(0, frees[0].filter { !left.contains($0) })
      * size(1, frees[1].filter { !right.contains($0) }) * batch
    var now = all * between
    if !(left.isEmpty && right.isEmpty) { now = now + all }
    var then = kept * between
    if !left.isEmpty { then = then + Dim.product(shapes[0]) }
    if !right.isEmpty { then = then + Dim.product(shapes[1]) }
    return (now - then).isCertainlyPositive(from: 3)
  }

  /// A contraction of a scalar that is stretched as the sum of the other operand times the scalar;
  /// nil for others.
  mutating func productOfScalar(_ node: Candidate) -> Value? {
    guard case .contraction(let pairs) = node.attributes, pairs.leftBatch.isEmpty,
      node.type.dtype.arithmetic == node.type.dtype
    else { return nil }
    let (left, right) = (node.operands[0], node.operands[1])
    // A sum of nothing is 0, and not 0 times infinity.
    let isSummed = pairs.leftSummed.allSatisfy { (shape(left)[$0].constant ?? 0) > 0 }
    func isSafe(_ scalar: Value) -> Bool {
      isSummed || constant(scalar).map(\.double.isFinite) ?? !node.type.dtype.isFloat
    }
    if let scalar = scalarSource(left), !type(left).isScalar, isSafe(scalar) {
      let sum = summed(right, pairs.rightSummed.sorted())
      return broadcast(emit(.multiply, [scalar, sum]), to: node.type.shape)
    }
    if let scalar = scalarSource(right), !type(right).isScalar, isSafe(scalar) {
      let sum = emit(.multiply, [scalar, summed(left, pairs.leftSummed.sorted())])
      let rank = type(sum).rank
      if rank == node.type.rank { return sum }
      let column = emit(.expandDims, [sum], .axes(Array(rank..<node.type.rank)))
      return broadcast(column, to: node.type.shape)
    }
    return nil
  }
}

extension Int {
  /// The place of an axis when others are gone.
  fileprivate func without(_ axes: [Int]) -> Int { self - axes.count { $0 < self } }
}
