import GraphIR
import Ops
import Support

extension Rewriter {
  /// The value that the first fitting rule gives; nil if none fits.
  mutating func rewritten(_ candidate: Candidate) -> Value? {
    guard mayApply else { return nil }
    let list = table.attempts(for: candidate.operation)
    guard depth < Rewriter.depthLimit, fuel > 0 else {
      if !list.attempts.isEmpty { isIncomplete = true }
      return nil
    }
    depth += 1
    defer { depth -= 1 }
    let isExactOnly = options.strict && isFloating(candidate)
    for number in list.attempts.indices
    where list.mayFit(number, candidate.operands, operations) {
      let attempt = list.attempts[number]
      let rule = table.rules[attempt.rule]
      if isExactOnly, rule.exactness != .exact { continue }
      if let value = applied(rule, attempt, to: candidate) { return value }
    }
    return nil
  }

  /// Whether floating numbers take part in a node; on others every rule is exact.
  private func isFloating(_ candidate: Candidate) -> Bool {
    candidate.type.dtype.isFloat || candidate.operands.contains { dtype($0).isFloat }
  }

  /// The value that a rule gives for the node, with the node's type; nil where it does not fit.
  private mutating func applied(
    _ rule: Rule, _ attempt: RuleTable.Attempt, to candidate: Candidate
  ) -> Value? {
    if let left = attempt.left, !fits(left, rule, candidate) { return nil }
    // Counted first, so that what the result sets off is within the limit too.
    let count = log.begin(attempt.rule)
    guard let value = right(of: rule, for: candidate) else {
      log.cancel(attempt.rule)
      return nil
    }
    fuel -= 1
    let result = adapted(value, to: candidate.type, by: rule)
    if let trace = options.trace {
      trace(
        RewriteEvent(
          number: count, rule: rule.name, site: site, before: text(candidate), after: text(result)))
    }
    return result
  }

  /// Whether a node looks like the left side, and the guard holds; binds the variables.
  private mutating func fits(_ left: Pattern, _ rule: Rule, _ candidate: Candidate) -> Bool {
    bindings.clear()
    return Matcher.matches(
      left, candidate.operation, candidate.operands, candidate.attributes, graph, &bindings)
      && rule.condition?.holds(self, bindings) ?? true
  }

  /// What a rule gives for a node that its left side fits; nil where code does not apply.
  private mutating func right(of rule: Rule, for candidate: Candidate) -> Value? {
    switch rule.body {
    case .code(let code): code(&self, candidate)
    case .sides(_, let right): built(right, bindings, dtype: candidate.type.dtype)
    }
  }

  /// The value with the type of the node whose place it takes: broadcast where it is smaller.
  private mutating func adapted(_ value: Value, to type: TensorType, by rule: Rule) -> Value {
    let given = self.type(value)
    if given == type { return value }
    let joined = try? TypeRules.broadcast([type.shape, given.shape])
    guard given.dtype == type.dtype, joined == type.shape else {
      preconditionFailure("rule '\(rule.name)' gives \(given) for \(type)")
    }
    return broadcast(value, to: type.shape)
  }

  /// The value of a right side; constants in it take the type of the operand beside them.
  private mutating func built(_ pattern: Pattern, _ bindings: Bindings, dtype: DType) -> Value {
    switch pattern {
    case .value(let variable), .constant(let variable): return bindings[variable]
    case .literal(let number): return literal(number, dtype)
    case .node(let operation, let patterns, let attributes):
      let operands = built(patterns, of: operation, bindings, dtype: dtype)
      switch attributes {
      case .exactly(let attributes):
        // Computed at once, also where folding is off: a rule that moves a sign into a constant
        // would meet one that moves it out again.
        if pattern.isConstantTerm, let value = evaluated(operation, operands, attributes) {
          return value
        }
        return emit(operation, operands, attributes)
      case .bound(let variable): return emit(operation, operands, bindings[variable])
      }
    }
  }

  /// The values of the operands of a node on a right side.
  private mutating func built(
    _ patterns: [Pattern], of operation: Operation, _ bindings: Bindings, dtype: DType
  ) -> [Value] {
    // The condition of `where` says nothing about the type of the others.
    let first = operation == .select ? 1 : 0
    var operands: [Value?] = []
    for (index, pattern) in patterns.enumerated() {
      if case .literal = pattern {
        operands.append(nil)
      } else {
        operands.append(built(pattern, bindings, dtype: index < first ? .bool : dtype))
      }
    }
    let sibling = operands.dropFirst(first).compactMap { $0 }.first.map { self.dtype($0) }
    return zip(operands, patterns).map { operand, pattern in
      operand ?? built(pattern, bindings, dtype: sibling ?? dtype)
    }
  }

  /// A node as a line of a dump.
  private func text(_ candidate: Candidate) -> String {
    let operands = candidate.operands.map { "%\($0.index)" }.joined(separator: ", ")
    let attributes = candidate.attributes.spelling
    return candidate.operation.name + (operands.isEmpty ? "" : "(\(operands))")
      + (attributes.isEmpty ? "" : " \(attributes)") + ": \(candidate.type)"
  }

  /// The node of a value as a line of a dump.
  private func text(_ value: Value) -> String {
    let node = graph.node(of: value)
    return "%\(value.index) = "
      + text(
        Candidate(
          operation: node.operation, operands: node.operands, attributes: node.attributes,
          type: type(value)))
  }
}
