import GraphIR
import Ops
import Support

/// Sums and products of many: constants become one wherever they stand, and so do terms that are
/// multiples of one value.
extension Catalogue {
  static let collections: [Rule] = [
    .code(
      "collect-terms", "(c + x) - y + (d + z), whose sums nothing else uses",
      "(c + d) + x - y + z, as of multiples of x; of integers x - x is 0", .reordered,
      on: [.add, .subtract]
    ) { r, node in
      r.collectedTerms(node)
    },
    .code(
      "collect-factors", "(c * x) * (d * y), c and d both 1 or more in magnitude or both less",
      "(c * d) * (x * y)", .reassociated, on: [.multiply]
    ) { r, node in
      r.collectedFactors(node)
    },
  ]
}

/// A term of a sum.
private struct Term: Equatable {
  var value: Value
  var isSubtracted: Bool
}

extension Rewriter {
  /// So many terms or factors of an operand are looked at.
  private static let collected = 8

  /// A sum with its constants added up, and terms combined; nil where there is nothing to combine.
  ///
  /// What the operands have among themselves was found when they were looked at.
  fileprivate mutating func collectedTerms(_ node: Candidate) -> Value? {
    let sums: [Operation] = [.add, .subtract]
    let left = terms(of: node.operands[0], isSubtracted: false, node.type, through: sums)
    let right = terms(
      of: node.operands[1], isSubtracted: node.operation == .subtract, node.type, through: sums)
    guard left.count + right.count > 2 else { return nil }
    guard node.type.dtype.isFloat else {
      guard let terms = cancelled(left, right) else { return nil }
      return sum(terms, nil, node.type)
    }
    if let total = total(left, right, node.type.dtype) {
      return sum((left + right).filter { constant($0.value) == nil }, total, node.type)
    }
    guard let terms = combined(left, right, node.type.dtype) else { return nil }
    return sum(terms, nil, node.type)
  }

  /// What an operand adds up or multiplies, looking through nodes of some operations that nothing
  /// else uses.
  private func terms(
    of value: Value, isSubtracted: Bool, _ type: TensorType, through operations: [Operation]
  ) -> [Term] {
    var found: [Term] = []
    var open = [Term(value: value, isSubtracted: isSubtracted)]
    while let term = open.popLast() {
      guard found.count + open.count < Rewriter.collected,
        operations.contains(where: { isMade(term.value, by: $0) }), isUsedOnce(term.value),
        self.type(term.value) == type
      else {
        found.append(term)
        continue
      }
      let inner = self.node(of: term.value)
      let isTurned = inner.operation == .subtract
      open.append(Term(value: inner.operands[1], isSubtracted: term.isSubtracted != isTurned))
      open.append(Term(value: inner.operands[0], isSubtracted: term.isSubtracted))
    }
    return found
  }

  /// The sum of the constants of both sides; nil where one has none, or where it is not exact.
  private func total(_ left: [Term], _ right: [Term], _ dtype: DType) -> Double? {
    guard right.contains(where: { constant($0.value) != nil }),
      left.contains(where: { constant($0.value) != nil })
    else { return nil }
    var total: Double?
    for term in left + right {
      guard let literal = constant(term.value) else { continue }
      let number = literal.double * (term.isSubtracted ? -1 : 1)
      guard let before = total else {
        total = number
        continue
      }
      guard Numbers.isExactSum(before, number, dtype) else { return nil }
      total = before + number
    }
    return total
  }

  /// What is left without the integers that are added on one side and subtracted on the other; nil
  /// where there are none.
  private func cancelled(_ left: [Term], _ right: [Term]) -> [Term]? {
    var (kept, rest) = (left, right)
    for term in left {
      guard let place = kept.firstIndex(where: { $0 == term }),
        let other = rest.firstIndex(where: {
          $0.value == term.value && $0.isSubtracted != term.isSubtracted
        })
      else { continue }
      kept.remove(at: place)
      rest.remove(at: other)
    }
    return kept.count < left.count ? kept + rest : nil
  }

  /// The terms with a multiple from each side that are of one value as one term, of one sign both;
  /// nil where there are none.
  private mutating func combined(_ left: [Term], _ right: [Term], _ dtype: DType) -> [Term]? {
    let others = right.map { multiple($0.value) }
    for (first, term) in left.enumerated() {
      let a = multiple(term.value)
      for (second, b) in others.enumerated() {
        guard a.value == b.value, term.isSubtracted == right[second].isSubtracted,
          a.factor * b.factor > 0, Numbers.isExactSum(a.factor, b.factor, dtype)
        else { continue }
        var (terms, rest) = (left, right)
        terms[first].value = emit(
          .multiply, [literal(.float(a.factor + b.factor), dtype), a.value])
        rest.remove(at: second)
        return terms + rest
      }
    }
    return nil
  }

  /// A value as a multiple of another one.
  private func multiple(_ value: Value) -> (factor: Double, value: Value) {
    guard isMade(value, by: .multiply) else { return (1, value) }
    let operands = node(of: value).operands
    return constant(operands[0]).map { ($0.double, operands[1]) } ?? (1, value)
  }

  /// The sum of terms in their order, and of a constant.
  private mutating func sum(_ terms: [Term], _ total: Double?, _ type: TensorType) -> Value {
    var rest = terms
    var sum: Value?
    var total = total
    if let start = rest.firstIndex(where: { !$0.isSubtracted }) {
      sum = rest.remove(at: start).value
    } else if let number = total {
      sum = literal(.float(number), type.dtype)
      total = nil
    }
    var result = sum ?? literal(type.dtype.isFloat ? .float(0) : .int(0), type.dtype)
    for term in rest { result = emit(term.isSubtracted ? .subtract : .add, [result, term.value]) }
    guard let total else { return result }
    return emit(.add, [literal(.float(total), type.dtype), result])
  }

  /// A product with its constants in front as one; nil where an operand has none.
  fileprivate mutating func collectedFactors(_ node: Candidate) -> Value? {
    guard node.type.dtype.isFloat, let right = constantFactors(of: node.operands[1], node.type),
      let left = constantFactors(of: node.operands[0], node.type)
    else { return nil }
    let numbers = left.numbers + right.numbers
    guard numbers.allSatisfy({ $0.magnitude >= 1 }) || numbers.allSatisfy({ $0.magnitude < 1 })
    else { return nil }
    let product = node.type.dtype.rounded(numbers.reduce(1, *))
    let others = left.others + right.others
    guard Numbers.isNormal(product, node.type.dtype), let first = others.first else { return nil }
    let rest = others.dropFirst().reduce(first) { emit(.multiply, [$0, $1]) }
    return emit(.multiply, [literal(.float(product), node.type.dtype), rest])
  }

  /// The factors of an operand, constants and others; nil without constants.
  private func constantFactors(
    of value: Value, _ type: TensorType
  ) -> (numbers: [Double], others: [Value])? {
    var (numbers, others): ([Double], [Value]) = ([], [])
    for term in terms(of: value, isSubtracted: false, type, through: [.multiply]) {
      if let number = constant(term.value)?.double {
        numbers.append(number)
      } else {
        others.append(term.value)
      }
    }
    return numbers.isEmpty ? nil : (numbers, others)
  }
}
