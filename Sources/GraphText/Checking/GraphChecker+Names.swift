import GraphIR
import Support

extension GraphChecker {
  /// What a name of the scopes stands for.
  func binding(of name: String) -> Binding? {
    for scope in frame.scopes.reversed() {
      if let binding = scope.bindings[name] { return binding }
    }
    return nil
  }

  /// Gives a name a meaning in the innermost scope.
  mutating func give(_ name: Name, _ meaning: Meaning, as role: Binding.Role) {
    guard name.text != "_" else { return }
    if let known = given(name.text) {
      let what = known.isSize ? "is a size already" : "is given already"
      error(
        "'\(name.text)' \(what); a name is given once", at: name.site,
        notes: [.note("it is given here", at: known.site)])
      return
    }
    if role == .local || role == .result { warnIfHiding(name) }
    let last = frame.scopes.count - 1
    let kept = role == .size ? meaning : kept(meaning, of: name.text, at: name.site)
    var binding = Binding(meaning: kept, site: name.site, role: role)
    binding.isUsed = role != .local
    frame.scopes[last].bindings[name.text] = binding
    frame.scopes[last].order.append(name.text)
    if case .value(let value, _) = kept { builder.graph.name(value, name.text) }
  }

  /// A literal that derivatives are taken with respect to becomes one value; others stay literals,
  /// so that each takes the type of what it meets.
  private mutating func kept(_ meaning: Meaning, of name: String, at site: Site) -> Meaning {
    guard frame.differentiated.contains(name) else { return meaning }
    switch meaning {
    case .number, .array:
      return value(of: meaning, at: site).map { .value($0, isWeak: true) } ?? .invalid
    case .invalid, .size, .value: return meaning
    }
  }

  /// Where a name was given, in the scopes or as a func or a const of the file.
  private func given(_ name: String) -> (site: Site, isSize: Bool)? {
    if let known = binding(of: name), known.role != .unknown {
      return (known.site, known.role == .size)
    }
    guard let entry = module.names[name], entry.kind != .graph else { return nil }
    return (entry.site, false)
  }

  private mutating func warnIfHiding(_ name: Name) {
    guard Builtin.all[name.text] != nil || Meaning.constants[name.text] != nil
      || DType.named(name.text, options) != nil
    else { return }
    diagnostics.warning("'\(name.text)' hides the built-in '\(name.text)'", at: name.site)
  }

  /// The meaning of a name that is used.
  mutating func lookUp(_ name: Name) -> Meaning {
    for index in frame.scopes.indices.reversed() {
      if let binding = frame.scopes[index].bindings[name.text] {
        frame.scopes[index].bindings[name.text]?.isUsed = true
        return binding.meaning
      }
    }
    if let entry = module.names[name.text] { return meaning(of: entry, name) }
    if let value = Meaning.constants[name.text] { return .number(value) }
    if let builtin = Builtin.all[name.text] {
      return invalid("'\(name.text)' is a function: \(builtin.usage)", at: name.site)
    }
    return unknown(name)
  }

  /// The meaning of a name of the file.
  private mutating func meaning(of entry: Entry, _ name: Name) -> Meaning {
    switch entry.kind {
    case .constant(let number): return meaning(ofConstant: number)
    case .function:
      return invalid("'\(name.text)' is a func, and is called: '\(name.text)(…)'", at: name.site)
    case .graph:
      return invalid(
        "'\(name.text)' is a graph, which stands for no value; a 'func' can be called",
        at: name.site)
    }
  }

  /// The meaning of a const; its data is put in the graph once.
  private mutating func meaning(ofConstant number: Int) -> Meaning {
    switch program.constants[number].value {
    case .weak(let meaning): return meaning
    case .tensor(let tensor):
      if let value = constants[number] { return .value(value, isWeak: false) }
      let name = program.constants[number].name
      let value = data(tensor, at: name.site)
      builder.graph.name(value, name.text)
      constants[number] = value
      return .value(value, isWeak: false)
    case nil: return .invalid
    }
  }

  /// Reports a name that was never given, once in its frame.
  private mutating func unknown(_ name: Name) -> Meaning {
    defer {
      let binding = Binding(meaning: .invalid, site: name.site, role: .unknown, isUsed: true)
      frame.scopes[0].bindings[name.text] = binding
    }
    // The nearest name is searched only where it will be told.
    guard frame.isWhole, diagnostics.errorCount < Diagnostics.errorLimit else {
      mistakeCount += frame.isWhole ? 1 : 0
      return .invalid
    }
    if let later = frame.body?.place(giving: name.text) {
      return invalid(
        "'\(name.text)' is not given yet here", at: name.site,
        notes: [.note("it is given here", at: later)])
    }
    let known = frame.scopes.flatMap { scope in
      scope.bindings.filter { $0.value.role != .unknown }.map(\.key)
    }
    let consts = module.names.filter { if case .constant = $0.value.kind { true } else { false } }
    let candidates = known + consts.keys + Meaning.constants.keys
    let nearest = NearestName.of(name.text, in: candidates.sorted())
    return invalid(unknown: name, "name", nearest: nearest)
  }

  /// Reports an unknown name, and offers another.
  mutating func invalid(unknown name: Name, _ kind: String, nearest: String?) -> Meaning {
    invalid(
      "unknown \(kind) '\(name.text)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""),
      at: name.site, fix: nearest.map { Fix(site: name.site, replacement: $0) })
  }

  /// Warns of the locals of the innermost scope that nothing has used.
  mutating func warnOfUnused() {
    guard frame.isWhole, !isStopped, let scope = frame.scopes.last else { return }
    for name in scope.order {
      guard let binding = scope.bindings[name], binding.role == .local, !binding.isUsed,
        frame.isUncalled || !binding.meaning.isInvalid
      else { continue }
      diagnostics.warning("'\(name)' is never used", at: binding.site)
    }
  }
}

extension Block {
  /// Where a statement gives a name.
  fileprivate func place(giving name: String) -> Site? {
    for statement in statements {
      guard case .assign(let targets, _) = statement.kind else { continue }
      if let target = targets.first(where: { $0.text == name }) { return target.site }
    }
    return nil
  }
}
