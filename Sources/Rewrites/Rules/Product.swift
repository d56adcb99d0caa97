import GraphIR
import Ops
import Support

/// Products of matrices: transposes are taken in, and chains are put in the order of least work.
extension Catalogue {
  static let orderedProducts: [Rule] = [
    .code("product-of-transpose", "xᵀ @ y", "x @ y over other axes", .reordered, on: [.contract]) {
      r, node in r.withoutTransposes(node)
    },
    .code(
      "product-order", "(x @ y) @ z and longer chains, where that is certainly more work",
      "x @ (y @ z)", .reassociated, on: [.contract]
    ) { r, node in r.reassociated(node) },
    .code(
      "product-of-scalar", "broadcast_to(s) @ x", "s * sum(x)", .reassociated, on: [.contract]
    ) { r, node in r.productOfScalar(node) },
    .code(
      "sum-of-product", "sum(x @ y) along free axes, which nothing else uses", "sum(x) @ sum(y)",
      .reassociated, on: [.sum]
    ) { r, node in r.sumOfProduct(node) },
  ]
}

extension Rewriter {
  /// A contraction of what is transposed as one of what is below; nil where there is none, or the
  /// free axes would change their order.
  fileprivate mutating func withoutTransposes(_ node: Candidate) -> Value? {
    guard case .contraction(let pairs) = node.attributes else { return nil }
    var (left, right) = (node.operands[0], node.operands[1])
    var mapped = pairs
    if let (source, order) = transposed(left) {
      let free = pairs.leftFree(rank: order.count).map { order[$0] }
      guard free == free.sorted() else { return nil }
      mapped.leftBatch = pairs.leftBatch.map { order[$0] }
      mapped.leftSummed = pairs.leftSummed.map { order[$0] }
      left = source
    }
    if let (source, order) = transposed(right) {
      let free = pairs.rightFree(rank: order.count).map { order[$0] }
      guard free == free.sorted() else { return nil }
      mapped.rightBatch = pairs.rightBatch.map { order[$0] }
      mapped.rightSummed = pairs.rightSummed.map { order[$0] }
      right = source
    }
    return left == node.operands[0] && right == node.operands[1]
      ? nil : emit(.contract, [left, right], .contraction(mapped))
  }

  /// What a transpose is of, and the order of its axes.
  private func transposed(_ value: Value) -> (source: Value, order: [Int])? {
    guard isMade(value, by: .transpose), case let node = node(of: value),
      case .axes(let order) = node.attributes
    else { return nil }
    return (node.operands[0], order)
  }
}
