import GraphIR
import Ops
import Support

/// Reductions.
extension Catalogue {
  static let reductions: [Rule] = [
    .code(
      "reduce-axes-of-one", "max(x) along axes of 1", "squeeze(x)", .exact,
      on: [.greatest, .least, .product, .any, .every]
    ) { r, node in r.reducedLess(node) },
    // A sum begins with +0, and -0 added to that is +0.
    .code("sum-axes-of-one", "sum(x) along axes of 1", "squeeze(x)", .zeroSign, on: [.sum]) {
      r, node in r.reducedLess(node)
    },
    .code(
      "sum-of-scalar", "sum(broadcast_to(c))", "c * count", .reordered, on: [.sum]
    ) { r, node in r.sumOfScalar(node) },
    .code(
      "reduce-of-scalar", "max(broadcast_to(s))", "s, where there are elements", .exact,
      on: [.greatest, .least, .any, .every]
    ) { r, node in
      guard let scalar = r.scalarSource(node.operands[0]), let axes = node.reducedAxes,
        let count = Dim.product(axes.map { r.shape(node.operands[0])[$0] }).constant, count > 0
      else { return nil }
      return scalar
    },
    .code(
      "sum-of-broadcast", "sum(broadcast_to(x)) along known sizes", "count * sum(x)", .reordered,
      on: [.sum]
    ) { r, node in r.reducedUnstretched(node) },
    .code(
      "reduce-of-broadcast", "max(broadcast_to(x)) along known sizes", "max(x)", .exact,
      on: [.greatest, .least, .any, .every]
    ) { r, node in r.reducedUnstretched(node) },
    Rule("sum-negated", sum(-x, a) => -sum(x, a), .zeroSign),
    .code(
      "sum-multiple", "sum(c * x), c 1 or more in magnitude, which nothing else uses",
      "c * sum(x)", .reassociated, on: [.sum]
    ) { r, node in r.sumOfMultiple(node) },
    .code(
      "reduce-reduce", "max(max(x))", "max(x)", .exact, on: [.greatest, .least, .any, .every]
    ) { r, node in r.reducedAtOnce(node) },
    .code("sum-sum", "sum(sum(x))", "sum(x)", .reordered, on: [.sum]) { r, node in
      r.reducedAtOnce(node)
    },
    .code(
      "reduce-transpose", "max(transpose(x))", "max(x)", .exact,
      on: [.greatest, .least, .any, .every]
    ) { r, node in r.reducedUntransposed(node) },
    .code(
      "sum-transpose", "sum(transpose(x))", "sum(x)", .reordered, on: [.sum, .product]
    ) { r, node in r.reducedUntransposed(node) },
  ]
}

extension Candidate {
  /// The axes of a reduction.
  fileprivate var reducedAxes: [Int]? {
    if case .reduction(let axes, _) = attributes { axes } else { nil }
  }
}

extension Rewriter {
  /// A reduction without the axes that are 1 long; nil if there are none of these.
  fileprivate mutating func reducedLess(_ node: Candidate) -> Value? {
    guard case .reduction(let axes, let keepDims) = node.attributes else { return nil }
    let operand = node.operands[0]
    let shape = shape(operand)
    let short = axes.filter { shape[$0] == Dim(1) }
    if short.isEmpty { return axes.isEmpty ? operand : nil }
    let longer = axes.filter { shape[$0] != Dim(1) }
    if keepDims {
      return longer.isEmpty
        ? operand
        : emit(node.operation, [operand], .reduction(axes: longer, keepDims: true))
    }
    let squeezed = emit(.squeeze, [operand], .axes(short))
    if longer.isEmpty { return squeezed }
    let places = longer.map { axis in axis - short.count { $0 < axis } }
    return emit(node.operation, [squeezed], .reduction(axes: places, keepDims: false))
  }

  /// The sum of equal constants as a product, in the type of arithmetic, which holds every size.
  ///
  /// The constant is finite, since there may be no elements, and 0 times infinity is no sum.
  fileprivate mutating func sumOfScalar(_ node: Candidate) -> Value? {
    guard case .reduction(let axes, _) = node.attributes, node.type.dtype != .bool,
      let number = constant(node.operands[0]), number.double.isFinite
    else { return nil }
    let shape = shape(node.operands[0])
    let dtype = node.type.dtype.arithmetic
    var product = literal(number, dtype)
    // One size after the other, since their product may be no size.
    for axis in axes { product = emit(.multiply, [product, size(shape[axis], dtype)]) }
    return dtype == node.type.dtype
      ? product : emit(.convert, [product], .dtype(node.type.dtype))
  }

  /// A size as a scalar of a type: a constant where it is known.
  private mutating func size(_ size: Dim, _ dtype: DType) -> Value {
    if let constant = size.constant { return literal(.int(Int64(constant)), dtype) }
    return emit(.convert, [emit(.size, [], .shape([size]))], .dtype(dtype))
  }

  /// A reduction of a reduction of the same kind as one over the axes of both.
  fileprivate mutating func reducedAtOnce(_ node: Candidate) -> Value? {
    let inner = self.node(of: node.operands[0])
    guard inner.operation == node.operation,
      case .reduction(let first, let innerKeeps) = inner.attributes,
      case .reduction(let second, let outerKeeps) = node.attributes
    else { return nil }
    let shape = shape(inner.operands[0])
    let places = innerKeeps ? Array(shape.indices) : shape.indices.filter { !first.contains($0) }
    let axes = Set(first).union(second.map { places[$0] }).sorted()
    // Axes that only one of the two keeps have no spelling as one reduction.
    guard innerKeeps == outerKeeps || (innerKeeps && Set(first).isSubset(of: second)) else {
      return nil
    }
    return emit(node.operation, inner.operands, .reduction(axes: axes, keepDims: outerKeeps))
  }

  /// A reduction of a transpose as one of what is transposed; what is left is transposed where it
  /// does not keep its order.
  fileprivate mutating func reducedUntransposed(_ node: Candidate) -> Value? {
    let inner = self.node(of: node.operands[0])
    guard inner.operation == .transpose, case .axes(let order) = inner.attributes,
      case .reduction(let axes, let keepDims) = node.attributes
    else { return nil }
    let sources = axes.map { order[$0] }.sorted()
    let kept = order.indices.filter { !axes.contains($0) }.map { order[$0] }
    if keepDims, kept != kept.sorted() || sources != axes { return nil }
    let reduced = emit(
      node.operation, inner.operands, .reduction(axes: sources, keepDims: keepDims))
    if kept == kept.sorted() { return reduced }
    let places = kept.map { axis in kept.count { $0 < axis } }
    return emit(.transpose, [reduced], .axes(places))
  }
}
