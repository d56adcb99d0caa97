import Support

extension ModuleLoader {
  /// Gives a func a derivative of its own.
  mutating func attach(_ rule: RuleDeclaration, in module: Int) {
    guard let number = function(of: rule, in: module) else { return }
    let function = program.functions[number].declaration
    if let known = program.rules[number]?[rule.mode] {
      return refuse(
        rule, "'\(rule.function.text)' has a '\(rule.mode.rawValue)' already",
        "it is declared here", known.declaration.function.site)
    }
    if rule.isWhole, function.isWhole, let mistake = mistake(in: rule, of: function) {
      return refuse(rule, mistake, "the func is declared here", function.name.site)
    }
    program.rules[number, default: FunctionRules()][rule.mode] = Rule(rule, module: module)
  }

  private mutating func refuse(
    _ rule: RuleDeclaration, _ message: String, _ note: String, _ site: Site
  ) {
    diagnostics.error(message, at: rule.function.site, notes: [.note(note, at: site)])
  }

  /// The number of the func that a derivative belongs to.
  private mutating func function(of rule: RuleDeclaration, in module: Int) -> Int? {
    let name = rule.function
    guard let entry = program.modules[module].names[name.text] else {
      guard program.modules[module].isWhole else { return nil }
      let funcs = program.modules[module].names.filter {
        if case .function = $0.value.kind { true } else { false }
      }
      let nearest = NearestName.of(name.text, in: funcs.keys.sorted())
      diagnostics.error(
        "unknown func '\(name.text)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""),
        at: name.site, fix: nearest.map { Fix(site: name.site, replacement: $0) })
      return nil
    }
    guard case .function(let number) = entry.kind else {
      let what = entry.kind == .graph ? "graph" : "const"
      refuse(
        rule, "'\(name.text)' is a \(what); only a 'func' is given a '\(rule.mode.rawValue)'",
        "it is declared here", entry.site)
      return nil
    }
    guard program.functions[number].module == module else {
      refuse(
        rule, "'\(name.text)' is a func of another file, in which its derivatives stand too",
        "it is declared here", entry.site)
      return nil
    }
    return number
  }

  /// What of the head of a derivative does not fit the func.
  private func mistake(in rule: RuleDeclaration, of function: FunctionDeclaration) -> String? {
    let name = rule.function.text
    let parameters = function.parameters.count
    guard rule.parameters.count == parameters else {
      return "'\(name)' has \(counted(parameters, "parameter")), not \(rule.parameters.count)"
    }
    if rule.mode == .jvp, rule.directions.count != parameters {
      return "a 'jvp' has a tangent for each parameter behind 'along': \(parameters), not "
        + "\(rule.directions.count)"
    }
    guard let results = function.results?.count ?? function.body.knownResultCount else { return nil }
    guard rule.results.isEmpty || rule.results.count == results else {
      return "'\(name)' has \(counted(results, "result")), not \(rule.results.count)"
    }
    if rule.mode == .vjp, rule.directions.count != results {
      return "a 'vjp' has a cotangent for each result behind 'along': \(results), not "
        + "\(rule.directions.count)"
    }
    return nil
  }

  private func counted(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }
}

extension Block {
  /// The number of results; nil where a call gives it.
  fileprivate var knownResultCount: Int? {
    guard isWhole else { return nil }
    if results.count == 1, case .call = results[0].kind { return nil }
    return results.count
  }
}
