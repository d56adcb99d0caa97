import GraphIR
import Ops
import Support

extension Guard {
  /// The variable stands for numbers without a sign: 0 or above, not -0, or NaN.
  static func hasClearSign(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is never below 0 nor -0") { $0.hasClearSign($1[x]) }
  }
}

extension Rewriter {
  /// How far down a question about a value looks.
  private static let signDepth = 6

  /// Whether a value is known to have no element below 0 nor -0; it may have NaN.
  func hasClearSign(_ value: Value, depth: Int = Rewriter.signDepth) -> Bool {
    let node = graph.node(of: value)
    let operation = node.operation
    if case .literal(let literal, _) = node.attributes {
      return literal.double >= 0 && literal.double.sign == .plus
    }
    if Signs.clear.contains(operation) { return true }
    guard depth > 0 else { return false }
    if Signs.kept.contains(operation) {
      return node.operands.allSatisfy { hasClearSign($0, depth: depth - 1) }
    }
    if operation == .select {
      return node.operands.dropFirst().allSatisfy { hasClearSign($0, depth: depth - 1) }
    }
    return false
  }
}

/// What operations do to signs.
private enum Signs {
  /// Results have none.
  static let clear: Set<Operation> = [.exp, .exp2, .abs, .square, .sigmoid, .softplus, .cosh]
  /// Results have none where no operand has one.
  static let kept: Set<Operation> = [
    .add, .multiply, .divide, .sqrt, .maximum, .minimum, .sum, .product, .greatest, .least,
    .broadcastTo, .reshape, .transpose, .expandDims, .squeeze, .slice, .flip, .pad, .concatenate,
  ]
}
