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
private struct Term {
  var value: Value
  var isSubtracted: Bool
}

extension Rewriter {
  /// So many terms or factors are looked at.
  private static let collected = 12

  /// A sum with its constants added up, and terms combined; nil where there is nothing to combine.
  fileprivate mutating func collectedTerms(_ node: Candidate) -> Value? {
    var terms = terms(of: node, through: [.add, .subtract])
    guard terms.count > 2 else { return nil }
    guard node.type.dtype.isFloat else {
      return cancel(&terms) ? sum(terms, nil, node.type) : nil
    }
    let constants = terms.filter { constant($0.value) != nil }
    if constants.count > 1, let total = total(constants, node.type.dtype) {
      terms.removeAll { constant($0.value) != nil }
      return sum(terms, total, node.type)
    }
    return combine(&terms, node.type.dtype) ? sum(terms, nil, node.type) : nil
  }

  /// What a node adds up or multiplies, looking through nodes of its operations that nothing else
  /// uses.
  private func terms(of node: Candidate, through operations: [Operation]) -> [Term] {
    var found: [Term] = []
    var open = [
      Term(value: node.operands[1], isSubtracted: node.operation == .subtract),
      Term(value: node.operands[0], isSubtracted: false),
    ]
    while let term = open.popLast() {
      guard found.count + open.count < Rewriter.collected,
        operations.contains(where: { isMade(term.value, by: $0) }), isUsedOnce(term.value),
        type(term.value) == node.type
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

  /// The sum of constants; nil where it is not exact.
  private func total(_ constants: [Term], _ dtype: DType) -> Double? {
    var total: Double?
    for term in constants {
      let number = (constant(term.value)?.double ?? 0) * (term.isSubtracted ? -1 : 1)
      guard let before = total else {
        total = number
        continue
      }
      guard Numbers.isExactSum(before, number, dtype) else { return nil }
      total = before + number
    }
    return total
  }

  /// Drops integers that are added and subtracted; gives whether there were any.
  private func cancel(_ terms: inout [Term]) -> Bool {
    let count = terms.count
    var place = 0
    while place < terms.count {
      let term = terms[place]
      if let other = terms.lastIndex(where: {
        $0.value == term.value && $0.isSubtracted != term.isSubtracted
      }) {
        terms.remove(at: max(place, other))
        terms.remove(at: min(place, other))
      } else {
        place += 1
      }
    }
    return terms.count < count
  }

  /// Makes multiples of one value one term, of one sign both; gives whether there were any.
  private mutating func combine(_ terms: inout [Term], _ dtype: DType) -> Bool {
    let multiples = terms.map { multiple($0.value) }
    for (first, a) in multiples.enumerated() {
      for (second, b) in multiples.enumerated().dropFirst(first + 1) {
        guard a.value == b.value, terms[first].isSubtracted == terms[second].isSubtracted,
          a.factor * b.factor > 0, Numbers.isExactSum(a.factor, b.factor, dtype)
        else { continue }
        terms[first].value = emit(
          .multiply, [literal(.float(a.factor + b.factor), dtype), a.value])
        terms.remove(at: second)
        return true
      }
    }
    return false
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

  /// A product with its constants in front as one; nil where there are not two.
  fileprivate mutating func collectedFactors(_ node: Candidate) -> Value? {
    guard node.type.dtype.isFloat else { return nil }
    let factors = terms(of: node, through: [.multiply]).map(\.value)
    let numbers = factors.compactMap { constant($0)?.double }
    guard numbers.count > 1,
      numbers.allSatisfy({ $0.magnitude >= 1 }) || numbers.allSatisfy({ $0.magnitude < 1 })
    else { return nil }
    let product = node.type.dtype.rounded(numbers.reduce(1, *))
    let others = factors.filter { constant($0) == nil }
    guard Numbers.isNormal(product, node.type.dtype), let first = others.first else { return nil }
    let rest = others.dropFirst().reduce(first) { emit(.multiply, [$0, $1]) }
    return emit(.multiply, [literal(.float(product), node.type.dtype), rest])
  }
}
