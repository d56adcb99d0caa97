import GraphIR
import Ops
import Support

extension Builtin {
  /// Sums of products over axes that are named.
  static let contractions: [Builtin] = [
    Builtin("tensordot", ["a", "b"], options: ["axes"]) { checker, call in
      [checker.tensordot(call)]
    },
    Builtin("einsum", ["\"ij,jk->ik\"", "a"], takesMore: true) { checker, call in
      [checker.einsum(call)]
    },
  ]
}

extension GraphChecker {
  // MARK: tensordot

  /// `tensordot(a, b, axes: [[1], [0]])`, `tensordot(a, b, axes: 2)`.
  fileprivate mutating func tensordot(_ call: BuiltinCall) -> Meaning {
    let operands = operands(call)
    let types = operands.compactMap { type(of: $0.meaning) }
    guard types.count == 2, let pairs = pairs(call, types) else { return .invalid }
    return product(operands, at: call.site) { b, x, y throws(TypeError) in
      try b.tryEmit(.contract, [x, y], .contraction(pairs))[0]
    }
  }

  /// The axes that `axes:` pairs, two of each if it is not given.
  private mutating func pairs(_ call: BuiltinCall, _ types: [TensorType]) -> Contraction? {
    guard let expr = call.options["axes"] else {
      return pairs(count: 2, types, at: call.site)
    }
    guard case .array(let sides) = expr.kind else {
      guard let count = integer(expr, "the number of axes") else { return nil }
      return pairs(count: count, types, at: expr.site)
    }
    guard sides.count == 2 else {
      error("'axes' pairs axes of two values: '[[1], [0]]'", at: expr.site)
      return nil
    }
    var axes: [[Int]] = []
    for (side, type) in zip(sides, types) {
      guard let side = pairedAxes(side, rank: type.rank) else { return nil }
      axes.append(side)
    }
    guard axes[0].count == axes[1].count else {
      error("\(axes[0].count) and \(axes[1].count) axes do not pair", at: expr.site)
      return nil
    }
    return Contraction(leftSummed: axes[0], rightSummed: axes[1])
  }

  /// The last axes of the one and the first of the other.
  private mutating func pairs(
    count: Int, _ types: [TensorType], at site: Site
  ) -> Contraction? {
    guard count >= 0, types.allSatisfy({ count <= $0.rank }) else {
      error(
        "'tensordot' cannot sum over \(count) axes of \(types[0]) and \(types[1])", at: site)
      return nil
    }
    return Contraction(
      leftSummed: Array((types[0].rank - count)..<types[0].rank), rightSummed: Array(0..<count))
  }

  /// One axis or several, in the order in which they are given.
  private mutating func pairedAxes(_ expr: Expr, rank: Int) -> [Int]? {
    let exprs = if case .array(let exprs) = expr.kind { exprs } else { [expr] }
    var axes: [Int] = []
    for expr in exprs {
      guard let axis = axis(expr, rank: rank) else { return nil }
      guard !axes.contains(axis) else {
        error("axis \(axis) is given twice", at: expr.site)
        return nil
      }
      axes.append(axis)
    }
    return axes
  }

  // MARK: einsum

  /// `einsum("bij,bjk->bik", a, b)`.
  fileprivate mutating func einsum(_ call: BuiltinCall) -> Meaning {
    let exprs = Array(call.operands.dropFirst())
    let operands = exprs.map { Operand(expr: $0, meaning: check($0)) }
    guard let text = call.operands.first else { return .invalid }
    guard case .text(let words) = text.kind else {
      if case .invalid = text.kind { return .invalid }
      checkNames(text)
      return invalid("'einsum' begins with a text such as \"ij,jk->ik\"", at: text.site)
    }
    let types = operands.compactMap { type(of: $0.meaning) }
    guard types.count == operands.count, let common = common(operands.map(\.meaning)) else {
      return operands.isEmpty
        ? invalid("'einsum' takes at least one value behind its text", at: call.site) : .invalid
    }
    guard common.dtype != .bool else {
      return invalid("'einsum' takes numbers, not 'bool'", at: exprs[0].site)
    }
    do throws(TypeError) {
      let spec = try EinsumSpec(words, types)
      guard let values = values(of: operands.map(\.meaning), as: common.dtype, exprs) else {
        return .invalid
      }
      return build(at: call.site, isWeak: common.isWeak) { b throws(TypeError) in
        var sums = EinsumBuilder(spec, values, b)
        let value = sums.result()
        b = sums.builder
        return value
      }
    } catch {
      self.error(error, at: text.site, about: exprs)
      return .invalid
    }
  }
}
