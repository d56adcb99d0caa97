import GraphIR
import Ops
import Support

/// The logarithm of what is made of exponentials, without computing these.
extension Rewriter {
  /// So many nodes of a term of exponentials are looked at.
  private static let logarithmBudget = 64

  /// The logarithm of a value from those of its parts; nil where it has none of its own.
  mutating func logarithm(of value: Value) -> Value? {
    var budget = Rewriter.logarithmBudget
    if hasLogarithm(value, &budget) { return builtLogarithm(of: value, isWhole: true) }
    // 1 is e⁰, which softplus has inside.
    var terms = addends(of: value)
    guard let one = terms.firstIndex(where: { isOne($0) }) else { return nil }
    terms.remove(at: one)
    guard !terms.isEmpty, terms.allSatisfy({ hasLogarithm($0, &budget) }) else { return nil }
    var sum = builtLogarithm(of: terms[0])
    for term in terms.dropFirst() { sum = emit(.logaddexp, [sum, builtLogarithm(of: term)]) }
    return emit(.softplus, [sum])
  }

  /// The terms of a sum of sums.
  private func addends(of value: Value) -> [Value] {
    var terms: [Value] = []
    var open = [value]
    while let next = open.popLast() {
      let node = graph.node(of: next)
      if node.operation == .add, terms.count + open.count < Rewriter.logarithmBudget {
        open += node.operands.reversed()
      } else {
        terms.append(next)
      }
    }
    return terms
  }

  private func isOne(_ value: Value) -> Bool { constant(value).map { $0.double == 1 } ?? false }

  /// Whether the logarithm of a value is better computed from its parts.
  private func hasLogarithm(_ value: Value, _ budget: inout Int) -> Bool {
    budget -= 1
    guard budget > 0 else { return false }
    let node = graph.node(of: value)
    let operands = node.operands
    if Logarithms.own.contains(node.operation) { return true }
    if node.operation == .power, constant(operands[1])?.double.isFinite != true { return false }
    if Logarithms.moves.contains(node.operation) || Logarithms.folds.contains(node.operation) {
      return hasLogarithm(operands[0], &budget)
    }
    if node.operation == .add {
      return hasLogarithm(operands[0], &budget) && hasLogarithm(operands[1], &budget)
    }
    guard node.operation == .multiply || node.operation == .divide else { return false }
    var isKnown = false
    for operand in operands where !isPositive(operand) {
      guard hasLogarithm(operand, &budget) else { return false }
      isKnown = true
    }
    return isKnown
  }

  /// Whether a value is a constant above 0.
  private func isPositive(_ value: Value) -> Bool {
    constant(value).map { $0.double > 0 && $0.double.isFinite } ?? false
  }

  /// The logarithm of a value that has one of its own, or is a constant.
  ///
  /// `isWhole` says that it is no term of a sum, whose own slope is NaN where a term is.
  private mutating func builtLogarithm(of value: Value, isWhole: Bool = false) -> Value {
    let node = graph.node(of: value)
    if Logarithms.moves.contains(node.operation), !isPositive(value) {
      let inner = builtLogarithm(of: node.operands[0], isWhole: isWhole)
      return emit(node.operation, [inner] + node.operands.dropFirst(), node.attributes)
    }
    switch node.operation {
    case .exp: return isWhole ? number(node.operands[0], exponential: value) : node.operands[0]
    case .square, .sqrt, .power:
      let x = builtLogarithm(of: node.operands[0], isWhole: isWhole)
      return emit(.multiply, [exponent(of: node, dtype(x)), x])
    case .sigmoid: return emit(.negate, [emit(.softplus, [emit(.negate, node.operands)])])
    case .softmax: return emit(.logSoftmax, node.operands, node.attributes)
    case .erfc: return emit(.logErfc, node.operands)
    case .reciprocal:
      return emit(.negate, [builtLogarithm(of: node.operands[0], isWhole: isWhole)])
    case .sum: return emit(.logSumExp, [builtLogarithm(of: node.operands[0])], node.attributes)
    case .add: return combined(.logaddexp, node.operands, isWhole: false)
    case .multiply: return combined(.add, node.operands, isWhole: isWhole)
    case .divide: return combined(.subtract, node.operands, isWhole: isWhole)
    default: return emit(.log, [value])
    }
  }

  /// An operation on the logarithms of two values.
  private mutating func combined(
    _ operation: Operation, _ values: [Value], isWhole: Bool
  ) -> Value {
    let logarithms = values.map { builtLogarithm(of: $0, isWhole: isWhole) }
    return emit(operation, logarithms)
  }

  /// The exponent of a power, as a factor.
  private mutating func exponent(of node: Node, _ dtype: DType) -> Value {
    switch node.operation {
    case .square: literal(.int(2), dtype)
    case .sqrt: literal(.float(0.5), dtype)
    default: node.operands[1]
    }
  }

  /// `x` with slope 1, but NaN where `x` is.
  private mutating func number(_ x: Value, exponential: Value) -> Value {
    emit(.select, [emit(.equal, [x, x]), x, exponential])
  }
}

/// What operations do to logarithms.
private enum Logarithms {
  /// Functions whose logarithm is a function of its own.
  static let own: Set<Operation> = [.exp, .sigmoid, .softmax, .erfc]
  /// Functions that become others of logarithms.
  static let folds: Set<Operation> = [.sum, .reciprocal, .square, .sqrt, .power]
  /// Elements that only move.
  static let moves: Set<Operation> = [
    .broadcastTo, .reshape, .transpose, .expandDims, .squeeze, .slice, .flip, .gather,
  ]
}
