import GraphIR
import Ops
import Support

/// Reductions of what is stretched or scaled.
extension Rewriter {
  /// A reduction of a broadcast as one of what is broadcast, where the sizes that are left out are
  /// known and not 0; a sum is multiplied by them.
  mutating func reducedUnstretched(_ node: Candidate) -> Value? {
    guard let source = operand(of: node.operands[0], .broadcastTo),
      case .reduction(let axes, let keepDims) = node.attributes,
      node.type.dtype == dtype(source)
    else { return nil }
    let (from, to) = (shape(source), shape(node.operands[0]))
    let offset = to.count - from.count
    var count = 1
    for axis in axes where axis < offset || from[axis - offset] != to[axis] {
      guard let size = to[axis].constant, size > 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      count = product
    }
    // Where nothing is left out, the broadcast may still have stretched what stays.
    let places = axes.filter { $0 >= offset }.map { $0 - offset }
    if places.count == axes.count, count == 1, from == to { return nil }
    let reduced =
      places.isEmpty
      ? source : emit(node.operation, [source], .reduction(axes: places, keepDims: keepDims))
    guard node.operation == .sum, count > 1 else { return reduced }
    return emit(.multiply, [literal(.int(Int64(count)), node.type.dtype), reduced])
  }

  /// The sum of a multiple as a multiple of the sum: fewer products, and of what is smaller.
  ///
  /// A factor below 1 stays inside, since the sum may overflow without it.
  mutating func sumOfMultiple(_ node: Candidate) -> Value? {
    let product = node.operands[0]
    guard isMade(product, by: .multiply), isUsedOnce(product),
      case let operands = self.node(of: product).operands,
      let factor = scalarConstant(operands[0]), let number = constant(factor)?.double,
      shape(operands[1]) == shape(product), node.type.dtype == dtype(product),
      !node.type.dtype.isFloat || (number.magnitude >= 1 && number.isFinite)
    else { return nil }
    return emit(.multiply, [factor, emit(.sum, [operands[1]], node.attributes)])
  }
}
