import GraphIR
import Ops
import Support

extension GraphChecker {
  /// `x ** y`.
  mutating func power(_ base: Expr, _ exponent: Expr, at site: Site) -> Meaning {
    let left = Operand(expr: base, meaning: check(base))
    let right = Operand(expr: exponent, meaning: check(exponent))
    return power(left, right, at: site)
  }

  /// A power; of integers only to what is not negative.
  mutating func power(_ base: Operand, _ exponent: Operand, at site: Site) -> Meaning {
    guard let common = common([base.meaning, exponent.meaning]) else { return .invalid }
    if case .size(let x) = base.meaning, case .size(let y) = exponent.meaning,
      let x = x.constant, let y = y.constant, let result = Folding.power(x, y)
    {
      return .integer(result)
    }
    let dtype = common.dtype == .bool ? .i8 : common.dtype
    if dtype.isFloat { return elementwise(.power, [base, exponent], as: dtype, at: site) }
    if case .size(let dim) = exponent.meaning, let constant = dim.constant, constant < 0 {
      return invalid(
        "an integer to a negative power is an error; write the base as a float", at: site)
    }
    guard let values = values(
      of: [base.meaning, exponent.meaning], as: dtype, [base.expr, exponent.expr])
    else { return .invalid }
    requireNonNegative(values[1], exponent, at: site)
    return emit(
      .power, values, isWeak: common.isWeak, at: site, about: [base.expr, exponent.expr])
  }

  /// Makes the call an error where an exponent turns out to be negative.
  private mutating func requireNonNegative(_ value: Value, _ exponent: Operand, at site: Site) {
    guard builder.dtype(value).isSigned, !isKnownNonNegative(exponent.meaning) else { return }
    builder.site = site
    let zero = builder.literal(0, like: value)
    let isFine = builder.greaterEqual(value, zero)
    let axes = Array(builder.shape(isFine).indices)
    let all = builder.reduceAll(isFine, axes: axes)
    builder.graph.assertions.append(
      Assertion(condition: all, message: "an integer to a negative power", site: site))
  }

  /// Whether integers are 0 or more whatever the sizes and parameters are.
  private func isKnownNonNegative(_ meaning: Meaning) -> Bool {
    switch meaning {
    case .size(let dim): return dim.isKnownNonNegative
    case .array(let array):
      return !array.tensor.dtype.isFloat && array.tensor.integers.allSatisfy { $0 >= 0 }
    case .value(let value, _):
      var node = builder.graph.node(of: value)
      while [.convert, .expandDims, .broadcastTo, .copy].contains(node.operation) {
        if !builder.dtype(node.operands[0]).isInteger { break }
        node = builder.graph.node(of: node.operands[0])
      }
      return node.operation == .arange || builder.dtype(node.result).isUnsigned
        || builder.dtype(node.result) == .bool
    case .invalid, .number: return false
    }
  }
}
