import GraphIR
import Ops
import Support

/// One axis of each operand is summed, and no other is shared.
private struct PlainProduct {
  let operands: [Value]
  let summed: [Int]

  /// The only free axis of an operand, which is a matrix.
  func free(_ side: Int) -> Int { 1 - summed[side] }
}

extension Rewriter {
  /// A product of three factors in the other order, where that is certainly less work; nil else.
  ///
  /// What is taken apart is a product of two matrices that nothing else uses; the third factor is a
  /// matrix or a vector.
  mutating func reassociated(_ node: Candidate) -> Value? {
    guard let outer = plainProduct(node.operation, node.operands, node.attributes) else {
      return nil
    }
    for side in 0...1 where type(outer.operands[side]).rank == 2 {
      let product = outer.operands[side]
      guard isUsedOnce(product), isMade(product, by: .contract),
        case let inner = self.node(of: product),
        let factors = plainProduct(.contract, inner.operands, inner.attributes),
        factors.operands.allSatisfy({ type($0).rank == 2 })
      else { continue }
      if let other = reassociated(outer, side, factors) { return other }
    }
    return nil
  }

  private func plainProduct(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes
  ) -> PlainProduct? {
    guard operation == .contract, case .contraction(let pairs) = attributes,
      pairs.leftBatch.isEmpty, pairs.leftSummed.count == 1,
      operands.allSatisfy({ (1...2).contains(type($0).rank) })
    else { return nil }
    return PlainProduct(
      operands: operands, summed: [pairs.leftSummed[0], pairs.rightSummed[0]])
  }

  /// The outer product with the factor of the inner one that it sums over multiplied first.
  private mutating func reassociated(
    _ outer: PlainProduct, _ side: Int, _ inner: PlainProduct
  ) -> Value? {
    // The factor whose free axis the outer product sums over, and the one that stays.
    let near = outer.summed[side]
    let (first, last) = (inner.operands[near], inner.operands[1 - near])
    let third = outer.operands[1 - side]
    guard isLess(outer, side, inner) else { return nil }
    let thirdSummed = outer.summed[1 - side]
    // The result keeps the order of its operands: what was on the left stays there.
    if side == 0 {
      let partial = contracted(first, inner.free(near), third, thirdSummed)
      return contracted(last, inner.summed[1 - near], partial, 0)
    }
    let partial = contracted(third, thirdSummed, first, inner.free(near))
    return contracted(partial, type(partial).rank - 1, last, inner.summed[1 - near])
  }

  private mutating func contracted(_ x: Value, _ i: Int, _ y: Value, _ j: Int) -> Value {
    emit(.contract, [x, y], .contraction(Contraction(leftSummed: [i], rightSummed: [j])))
  }

  /// Whether the other order certainly takes fewer multiplications, whatever the sizes are.
  private func isLess(_ outer: PlainProduct, _ side: Int, _ inner: PlainProduct) -> Bool {
    let near = outer.summed[side]
    let joined = shape(inner.operands[near])[inner.free(near)]
    let between = shape(inner.operands[near])[inner.summed[near]]
    let kept = shape(inner.operands[1 - near])[inner.free(1 - near)]
    let third = outer.operands[1 - side]
    let far = type(third).rank == 1 ? Dim(1) : shape(third)[1 - outer.summed[1 - side]]
    let now = kept * between * joined + kept * joined * far
    let then = between * joined * far + kept * between * far
    return (now - then).isCertainlyPositive
  }
}

extension Dim {
  /// Whether it is above 0 for some sizes and below for none, where all symbols are 1 or more.
  fileprivate var isCertainlyPositive: Bool {
    if let constant { return constant > 0 }
    let raised = substituting(raisedSymbols)
    return raised != Dim(0) && raised.isKnownNonNegative
  }

  /// Each symbol with itself plus 1 in its place.
  private var raisedSymbols: [String: Dim] {
    var sizes: [String: Dim] = [:]
    for name in symbols { sizes[name] = .symbol(name) + 1 }
    return sizes
  }
}
