import GraphIR
import Ops
import Support

/// Products of matrices.
let matrixCases: [RuleCase] = transposedCases + orderCases + chainCases + scalarCases + sumCases

private let transposedCases: [RuleCase] = [
  RuleCase.shaped("product-of-transpose", .f64(.n, .m), .f64(.n, .k)) { b, v in
    b.product(b.transpose(v[0], [1, 0]), v[1])
  },
  RuleCase.shaped("product-of-transpose", .f64(.m, .n), .f64(.k, .n)) { b, v in
    b.product(v[0], b.transpose(v[1], [1, 0]))
  },
  RuleCase.shaped("product-of-transpose", .f64(.m, .n, .k), .f64(.k, .m)) { b, v in
    b.contract(
      b.transpose(v[0], [2, 0, 1]), b.transpose(v[1], [1, 0]),
      Contraction(leftBatch: [1], rightBatch: [0], leftSummed: [0], rightSummed: [1]))
  },
  // What is left would be in another order.
  RuleCase.shaped("product-of-transpose", .f64(.m, .n, .k), .f64(.k), fires: false) { b, v in
    b.contract(
      b.transpose(v[0], [1, 0, 2]), v[1], Contraction(leftSummed: [2], rightSummed: [0]))
  },
  RuleCase.shaped("product-with-scalar", .f64(.n, .m), .f64()) { b, v in
    b.contract(v[0], v[1], Contraction(leftSummed: [], rightSummed: []))
  },
  RuleCase.shaped("product-with-scalar", .f64(), .f64(.n)) { b, v in
    b.contract(v[0], v[1], Contraction(leftSummed: [], rightSummed: []))
  },
  RuleCase.shaped("product-with-scalar", .f64(.n), .f64(.m), fires: false) { b, v in
    b.contract(v[0], v[1], Contraction(leftSummed: [], rightSummed: []))
  },
].flatMap { $0 }

private let orderCases: [RuleCase] = [
  RuleCase.shaped("product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n)) { b, v in
    b.product(b.product(v[0], v[1]), v[2])
  },
  RuleCase.shaped("product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n)) { b, v in
    b.product(v[2], b.product(v[0], v[1]))
  },
  RuleCase.shaped("product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n)) { b, v in
    b.contract(b.product(v[0], v[1]), v[2], Contraction(leftSummed: [0], rightSummed: [0]))
  },
  RuleCase.shaped("product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n)) { b, v in
    b.contract(v[2], b.product(v[0], v[1]), Contraction(leftSummed: [0], rightSummed: [1]))
  },
  RuleCase.shaped("product-order", .f64(8, 2), .f64(2, 9), .f64(9, 3)) { b, v in
    b.product(b.product(v[0], v[1]), v[2])
  },
  RuleCase.shaped("product-order", .f64(3, 9), .f64(9, 2), .f64(2, 8)) { b, v in
    b.contract(
      b.product(v[1], v[2]), v[0], Contraction(leftSummed: [0], rightSummed: [1]))
  },
  // Few rows may make this the better order.
  RuleCase.shaped("product-order", .f64(.m, .n), .f64(.n, .k), .f64(.k), fires: false) { b, v in
    b.product(b.product(v[0], v[1]), v[2])
  },
  RuleCase.shaped("product-order", .f64(2, 8), .f64(8, 3), .f64(3, 9), fires: false) { b, v in
    b.product(b.product(v[0], v[1]), v[2])
  },
  RuleCase.shaped("product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n), fires: false) { b, v in
    let product = b.product(v[0], v[1])
    return b.add(b.product(product, v[2]), b.reduceSum(product, axes: [0]))
  },
].flatMap { $0 }

/// Longer chains, which no exchange of three factors puts in order.
private let chainCases: [RuleCase] = [
  RuleCase.shaped("product-order", .f64(9, 2), .f64(2, 8), .f64(8, 3), .f64(3, 9)) { b, v in
    b.product(b.product(b.product(v[0], v[1]), v[2]), v[3])
  },
  RuleCase.shaped("product-order", .f64(9, 2), .f64(8, 2), .f64(8, 3), .f64(9, 3)) { b, v in
    let right = b.contract(v[2], v[3], Contraction(leftSummed: [1], rightSummed: [1]))
    let left = b.contract(v[0], v[1], Contraction(leftSummed: [1], rightSummed: [1]))
    return b.contract(left, right, Contraction(leftSummed: [1], rightSummed: [0]))
  },
  RuleCase.shaped("product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n, .n), .f64(.n)) { b, v in
    b.product(b.product(v[0], b.product(v[1], v[2])), v[3])
  },
  RuleCase.shaped("product-order", .f64(.n), .f64(.n, .n), .f64(.n, .n), .f64(.n)) { b, v in
    b.product(v[0], b.product(b.product(v[1], v[2]), v[3]))
  },
  // The best order already: (x @ y) @ (z @ w).
  RuleCase.shaped(
    "product-order", .f64(2, 9), .f64(9, 3), .f64(3, 9), .f64(9, 2), fires: false
  ) { b, v in
    b.product(b.product(v[0], v[1]), b.product(v[2], v[3]))
  },
  RuleCase.shaped(
    "product-order", .f64(.n, .n), .f64(.n, .n), .f64(.n, .n), .f64(.n), fires: false
  ) { b, v in
    b.product(v[0], b.product(v[1], b.product(v[2], v[3])))
  },
].flatMap { $0 }

private let scalarCases: [RuleCase] = [
  RuleCase.shaped("product-of-scalar", .f64(.n, .k)) { b, v in
    b.product(b.broadcast(b.literal(.float(3), .f64), to: [.m, .n]), v[0])
  },
  RuleCase.shaped("product-of-scalar", .f64(.m, 3), .f64()) { b, v in
    b.product(v[0], b.broadcast(v[1], to: [3, .k]))
  },
  RuleCase.shaped("product-of-scalar", .f64(.n)) { b, v in
    b.product(v[0], b.broadcast(b.literal(.float(-1), .f64), to: [.n]))
  },
  // There may be nothing to sum, and 0 times infinity is not 0.
  RuleCase.shaped("product-of-scalar", .f64(.n, .k), .f64(), fires: false) { b, v in
    b.product(b.broadcast(v[1], to: [.m, .n]), v[0])
  },
  RuleCase.shaped("product-of-scalar", .f64(.n, .k), .f64(.n), fires: false) { b, v in
    b.product(b.broadcast(v[1], to: [.m, .n]), v[0])
  },
].flatMap { $0 }

private let sumCases: [RuleCase] = [
  RuleCase.shaped("sum-of-product", .f64(.m, .n), .f64(.n, .k)) { b, v in
    b.reduceSum(b.product(v[0], v[1]), axes: [0])
  },
  RuleCase.shaped("sum-of-product", .f64(.m, .n), .f64(.n, .k)) { b, v in
    b.emit(.sum, [b.product(v[0], v[1])], .reduction(axes: [1], keepDims: true))
  },
  RuleCase.shaped("sum-of-product", .f64(.m, .n), .f64(.n, .k)) { b, v in
    b.reduceSum(b.product(v[0], v[1]), axes: [0, 1])
  },
  RuleCase.shaped("sum-of-product", .f64(.m, .n, .k), .f64(.m, 5, .k)) { b, v in
    let products = b.contract(
      v[0], v[1],
      Contraction(leftBatch: [0], rightBatch: [0], leftSummed: [2], rightSummed: [2]))
    return b.reduceSum(products, axes: [1])
  },
  // An axis of the batch is in both operands.
  RuleCase.shaped("sum-of-product", .f64(.m, .n, .k), .f64(.m, 5, .k), fires: false) { b, v in
    let products = b.contract(
      v[0], v[1],
      Contraction(leftBatch: [0], rightBatch: [0], leftSummed: [2], rightSummed: [2]))
    return b.reduceSum(products, axes: [0])
  },
  RuleCase.shaped("sum-of-product", .f64(.m, .n), .f64(.n, .k), fires: false) { b, v in
    let product = b.product(v[0], v[1])
    return b.multiply(product, b.reduceSum(product, axes: [0]))
  },
  // One row is summed already.
  RuleCase.shaped("sum-of-product", .f64(1, 8), .f64(8, 2), fires: false) { b, v in
    b.reduceSum(b.product(v[0], v[1]), axes: [1])
  },
].flatMap { $0 }

extension Builder {
  /// `a @ b` of matrices and vectors.
  fileprivate mutating func product(_ a: Value, _ b: Value) -> Value {
    contract(a, b, Contraction(leftSummed: [type(a).rank - 1], rightSummed: [0]))
  }
}
