import GraphIR
import Ops
import Support

/// A call of a func with derivatives of its own, while its regions are built.
private struct RuledCall {
  let name: Name
  let site: Site
  /// The arguments as the regions see them: values are their parameters.
  let arguments: [Meaning]
  /// The results as the derivatives see them.
  var results: [Meaning] = []
  /// The parameters that stand for arguments, and for results.
  let operands: [Value]
  var resultParameters: [Value] = []
  var regions: [RegionRequest] = []
}

extension GraphChecker {
  /// Whether a func has derivatives of its own that a call with these arguments can have.
  func hasRules(_ number: Int, for arguments: [Meaning]) -> Bool {
    program.rules[number] != nil && arguments.contains(where: isFloatingValue)
  }

  /// Whether a derivative may be taken by an argument.
  private func isFloatingValue(_ meaning: Meaning) -> Bool {
    guard case .value(let value, _) = meaning else { return false }
    return builder.dtype(value).isFloat
  }

  /// Checks the body of a func and its derivatives with arguments, and adds a call to the graph.
  mutating func expandWithRules(
    _ number: Int, _ name: Name, _ arguments: [Meaning], at site: Site
  ) -> [Meaning] {
    let mistakes = mistakeCount
    let cut = beginRegion()
    var operands: [Value] = []
    var parameters: [Value] = []
    let seen = arguments.map { argument -> Meaning in
      guard case .value(let value, let isWeak) = argument else { return argument }
      operands.append(value)
      let parameter = placeholder(builder.type(value), at: site)
      parameters.append(parameter)
      return .value(parameter, isWeak: isWeak)
    }
    var call = RuledCall(name: name, site: site, arguments: seen, operands: parameters)
    let results = expand(number, name, seen, at: site)
    let values = results.compactMap { value(of: $0, at: site) }
    guard mistakeCount == mistakes, values.count == results.count else {
      dropRegion(cut)
      return results.map { _ in .invalid }
    }
    call.regions = [
      RegionRequest(parameters: parameters, results: values, hasAssertions: true)
    ]
    for (meaning, value) in zip(results, values) {
      let parameter = placeholder(builder.type(value), at: site)
      call.resultParameters.append(parameter)
      call.results.append(.value(parameter, isWeak: isWeak(meaning)))
    }
    let rules = program.rules[number]?.all ?? []
    for rule in rules { add(rule, to: &call) }
    guard mistakeCount == mistakes else {
      dropRegion(cut)
      return results.map { _ in .invalid }
    }
    let (regions, captures) = endRegion(cut, call.regions)
    let form = CallForm(
      name: name.text, arguments: operands.count, hasJvp: program.rules[number]?.jvp != nil,
      hasVjp: program.rules[number]?.vjp != nil)
    let sites = [program.functions[number].declaration.name.site]
      + rules.map(\.declaration.function.site)
    return addCall(form, operands + captures, zip(regions, sites).map { $0.placed(at: $1) }, site)
      .map { zip($0, results).map { .value($0, isWeak: isWeak($1)) } }
      ?? results.map { _ in .invalid }
  }

  /// Adds the node of a call.
  private mutating func addCall(
    _ form: CallForm, _ operands: [Value], _ regions: [Graph], _ site: Site
  ) -> [Value]? {
    builder.site = site
    do {
      return try builder.tryEmit(.call, operands, .call(form), regions: regions)
    } catch {
      self.error(error, at: site)
      return nil
    }
  }

  /// Checks a derivative, and adds its region.
  private mutating func add(_ rule: Rule, to call: inout RuledCall) {
    let assertionCount = builder.graph.assertions.count
    let declaration = rule.declaration
    let primals = declaration.mode == .jvp ? call.arguments : call.results
    guard declaration.isWhole, declaration.body.isWhole else { return mistakeCount += 1 }
    guard requireDirections(rule, primals.count, call) else { return }
    var directions: [Value] = []
    let along = primals.map { primal -> Meaning in
      guard case .value(let value, let isWeak) = primal, builder.dtype(value).isFloat else {
        return .integer(0)
      }
      let direction = placeholder(builder.type(value), at: call.site)
      directions.append(direction)
      return .value(direction, isWeak: isWeak)
    }
    let named = declaration.results.isEmpty ? [] : call.results
    let given = expand(rule.function, call.name, call.arguments + named + along, at: call.site)
    enterFrame(of: rule.function, calledAt: call.site)
    defer { leaveFrame() }
    if let assertion = builder.graph.assertions.dropFirst(assertionCount).first {
      error("a derivative asserts nothing; 'assert' stands in the func", at: assertion.site)
    }
    guard let values = adopt(given, of: declaration, in: call) else { return }
    call.regions.append(
      RegionRequest(
        parameters: call.operands + call.resultParameters + directions, results: values, isPruned: true))
  }

  /// Reports a derivative whose head does not fit the number of results.
  private mutating func requireDirections(
    _ rule: Rule, _ count: Int, _ call: RuledCall
  ) -> Bool {
    let declaration = rule.declaration
    let hasDirections = declaration.directions.count == count
    let results = call.results.count
    if hasDirections, declaration.results.isEmpty || declaration.results.count == results {
      return true
    }
    let given = hasDirections ? declaration.results.count : declaration.directions.count
    enterFrame(of: rule.function, calledAt: call.site)
    defer { leaveFrame() }
    error(
      "'\(call.name.text)' has \(results) result\(results == 1 ? "" : "s"), not \(given)",
      at: declaration.function.site)
    return false
  }

  /// What a derivative gives, in the types that it must have; nil after a mistake.
  private mutating func adopt(
    _ given: [Meaning], of rule: RuleDeclaration, in call: RuledCall
  ) -> [Value]? {
    if given.contains(.invalid) { return nil }
    let wanted = rule.mode == .jvp ? call.results : call.arguments
    let exprs = rule.body.results
    guard given.count == wanted.count else {
      let what = rule.mode == .jvp ? "a tangent for each result" : "a cotangent for each argument"
      error(
        "a '\(rule.mode.rawValue)' of '\(call.name.text)' gives \(what): \(wanted.count), not "
          + "\(given.count)", at: exprs.first?.site ?? rule.function.site)
      return nil
    }
    var values: [Value] = []
    for (number, (meaning, primal)) in zip(given, wanted).enumerated() {
      guard case .value(let like, _) = primal, builder.dtype(like).isFloat else { continue }
      let site = exprs.isEmpty ? rule.function.site : exprs[min(number, exprs.count - 1)].site
      let type = builder.type(like)
      if meaning.literal?.double == 0 {
        builder.site = site
        values.append(builder.zeros(type))
        continue
      }
      let what =
        rule.mode == .jvp
        ? "the tangent of result \(number + 1) of '\(call.name.text)'"
        : "the cotangent of '\(rule.parameters[number].name.text)'"
      let adopted = adopt(meaning, type, at: site) { "\(what) is \($0), and must be \($1)" }
      guard let value = value(of: adopted, at: site) else { return nil }
      values.append(value)
    }
    return values
  }
}

extension Graph {
  /// The graph with the place of what it was made of.
  fileprivate func placed(at site: Site) -> Graph {
    var graph = self
    graph.site = site
    return graph
  }
}
