import GraphIR
import Support

extension GraphChecker {
  /// Checks a statement.
  mutating func check(_ statement: Statement) {
    switch statement.kind {
    case .assign(let targets, let value): assign(value, to: targets)
    case .update(let name, let value):
      if frame.loops.isEmpty {
        update(name, value, at: statement.site)
      } else {
        updateCarried(name, value)
      }
    case .emit(let name, let value): emitStacked(name, value)
    case .assert(let condition, let message): assert(condition, message)
    case .forLoop(let loop): check(loop, at: statement.site)
    case .whileLoop(let loop): check(loop, at: statement.site)
    }
  }

  /// Gives names to the values of an expression.
  private mutating func assign(_ expr: Expr, to targets: [Name]) {
    var meanings: [Meaning]
    if targets.count == 1 {
      meanings = [check(expr)]
    } else if case .call(let name, let arguments) = expr.kind {
      meanings = call(name, arguments, at: expr.site)
    } else if case .conditional(let conditional) = expr.kind {
      meanings = branch(conditional, at: expr.site)
    } else {
      meanings = [check(expr)]
    }
    if meanings.contains(.invalid) || meanings.count != targets.count {
      if !meanings.contains(.invalid) {
        error(
          "\(targets.count) names for \(meanings.count) value\(meanings.count == 1 ? "" : "s")",
          at: targets[0].site.through(targets[targets.count - 1].site))
      }
      meanings = targets.map { _ in .invalid }
    }
    for (target, meaning) in zip(targets, meanings) { give(target, meaning, from: expr) }
  }

  /// Gives a name to a value; a result takes its declared type.
  private mutating func give(_ target: Name, _ meaning: Meaning, from expr: Expr) {
    guard callers.isEmpty, resultNames[target.text] != nil else {
      return give(target, meaning, as: .local)
    }
    give(target, adoptedResult(meaning, target, at: expr.site), as: .result)
  }

  /// Checks `w <- value`.
  private mutating func update(_ name: Name, _ expr: Expr, at site: Site) {
    let meaning = check(expr)
    guard let number = inouts[name.text], callers.isEmpty else { return refuseUpdate(of: name) }
    if let earlier = builder.graph.updates.first(where: { $0.parameter == number }) {
      return error(
        "'\(name.text)' is updated already", at: name.site,
        notes: [.note("it is updated here", at: earlier.site)])
    }
    let type = builder.type(builder.graph.parameters[number].value)
    let adopted = adopt(meaning, type, at: expr.site) {
      "'\(name.text)' is \($1), its new value \($0)"
    }
    // An invalid one counts as well, so that nothing is said of a parameter that keeps its value.
    let value = value(of: adopted, at: expr.site) ?? builder.graph.parameters[number].value
    builder.graph.updates.append(Update(parameter: number, value: value, site: site))
  }

  /// Reports an update of what is not `inout`.
  private mutating func refuseUpdate(of name: Name) {
    guard let known = binding(of: name.text), known.role != .unknown else {
      let nearest = NearestName.of(name.text, in: inouts.keys.sorted())
      if frame.isWhole { _ = invalid(unknown: name, "name", nearest: nearest) }
      return
    }
    let role =
      switch known.role {
      case .parameter: "a parameter; write 'inout \(name.text)' there to update it"
      case .size: "a size"
      case .local, .result, .unknown: "a value; only 'inout' parameters are updated"
      }
    error(
      "'\(name.text)' is \(role)", at: name.site,
      notes: [.note("it is given here", at: known.site)])
  }

  /// Checks `assert condition, "message"`.
  private mutating func assert(_ expr: Expr, _ message: TextLiteral) {
    let meaning = check(expr)
    guard let type = type(of: meaning), let value = value(of: meaning, at: expr.site) else {
      return
    }
    guard type.dtype == .bool else {
      return error("a condition is 'bool', not '\(type.dtype.rawValue)'", at: expr.site)
    }
    guard type.isScalar else {
      return error(
        "a condition is a scalar, it has shape \(TensorType.spelling(type.shape)); write 'all(…)'",
        at: expr.site)
    }
    builder.graph.assertions.append(
      Assertion(condition: value, message: message.text, site: expr.site))
  }
}
