import GraphIR
import Ops
import Support

extension GraphChecker {
  /// The values of a call: of a conversion, a func, or a built-in function.
  mutating func call(_ name: Name, _ arguments: [Argument], at site: Site) -> [Meaning] {
    if case .function(let number)? = module.names[name.text]?.kind {
      return callFunction(number, name, arguments, at: site)
    }
    if let dtype = DType.named(name.text, options) {
      return [convert(name, dtype, arguments, at: site)]
    }
    if let builtin = Builtin.all[name.text] {
      guard let call = match(builtin, name, arguments, at: site) else { return [.invalid] }
      return builtin.check(&self, call)
    }
    for argument in arguments { checkNames(argument) }
    return [uncallable(name)]
  }

  /// Reports a name that cannot be called.
  mutating func uncallable(_ name: Name) -> Meaning {
    if let known = binding(of: name.text), known.role != .unknown {
      return invalid(
        "'\(name.text)' is a value and cannot be called; a product needs its '*'", at: name.site,
        notes: [.note("it is given here", at: known.site)])
    }
    if let entry = module.names[name.text] {
      let what = entry.kind == .graph ? "graph" : "const"
      return invalid(
        "'\(name.text)' is a \(what); only a 'func' can be called", at: name.site,
        notes: [.note("it is declared here", at: entry.site)])
    }
    // The nearest name is searched only where it will be told.
    guard module.isWhole, diagnostics.errorCount < Diagnostics.errorLimit else {
      mistakeCount += module.isWhole ? 1 : 0
      return .invalid
    }
    if let known = Builtin.elsewhere[name.text] {
      return invalid(
        "unknown function '\(name.text)'; it is written '\(known)' here", at: name.site,
        fix: Fix(site: name.site, replacement: known))
    }
    let funcs = module.names.filter { if case .function = $0.value.kind { true } else { false } }
    let candidates = Array(funcs.keys) + Builtin.all.keys + DType.allCases.map(\.rawValue)
    return invalid(
      unknown: name, "function", nearest: NearestName.of(name.text, in: candidates.sorted()))
  }

  /// Sorts the arguments of a built-in function; nil where they do not fit it.
  private mutating func match(
    _ builtin: Builtin, _ name: Name, _ arguments: [Argument], at site: Site
  ) -> BuiltinCall? {
    var call = BuiltinCall(name: name, site: site)
    var isSound = true
    for argument in arguments {
      guard let label = argument.label else {
        call.operands.append(argument.value)
        continue
      }
      if !builtin.options.contains(label.text) {
        isSound = false
        refuse(label, of: builtin)
      } else if call.options[label.text] != nil {
        isSound = false
        error("'\(label.text)' is given twice", at: label.site)
      } else {
        call.options[label.text] = argument.value
      }
    }
    if isSound { isSound = checkArity(call, of: builtin) }
    if !isSound {
      for argument in arguments { checkNames(argument) }
    }
    return isSound ? call : nil
  }

  /// Reports a label that a function does not have.
  private mutating func refuse(_ label: Name, of builtin: Builtin) {
    let nearest = NearestName.of(label.text, in: builtin.options)
    error(
      "'\(builtin.name)' has no option '\(label.text)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; it is written '\(builtin.usage)'"),
      at: label.site, fix: nearest.map { Fix(site: label.site, replacement: $0) })
  }

  /// Reports arguments that are missing or too many.
  private mutating func checkArity(_ call: BuiltinCall, of builtin: Builtin) -> Bool {
    let count = call.operands.count
    let least = builtin.parameters.count
    let most = builtin.takesMore ? Int.max : least + builtin.optional.count
    guard count >= least, count <= most else {
      let wanted =
        least == most ? "\(least)" : builtin.takesMore ? "\(least) or more" : "\(least) to \(most)"
      let unit = wanted == "1" ? "argument" : "arguments"
      error(
        "'\(builtin.name)' takes \(wanted) \(unit), not \(count): '\(builtin.usage)'",
        at: call.site)
      return false
    }
    for label in builtin.required where call.options[label] == nil {
      error("'\(builtin.name)' needs '\(label):': '\(builtin.usage)'", at: call.site)
      return false
    }
    return true
  }

  /// `f32(x)`.
  private mutating func convert(
    _ name: Name, _ dtype: DType, _ arguments: [Argument], at site: Site
  ) -> Meaning {
    guard arguments.count == 1, arguments[0].label == nil else {
      for argument in arguments { checkNames(argument) }
      return invalid("'\(name.text)' converts one value: '\(name.text)(x)'", at: site)
    }
    let expr = arguments[0].value
    let meaning = check(expr)
    if let literal = meaning.literal, literal.fits(dtype) {
      return value(of: meaning, as: dtype, at: site).map { .value($0, isWeak: false) } ?? .invalid
    }
    if case .array(let array) = meaning, let tensor = try? array.tensor.literals(as: dtype) {
      return .value(data(tensor, at: site), isWeak: false)
    }
    guard let value = value(of: meaning, at: expr.site) else { return .invalid }
    return build(at: site) { b throws(TypeError) in b.convert(value, to: dtype) }
  }
}
