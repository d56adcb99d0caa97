import GraphIR
import Ops
import Support

extension GraphChecker {
  /// A call of a func, expanded once for the same arguments.
  ///
  /// Each call gives values of its own, so that derivatives tell them apart.
  mutating func callFunction(
    _ number: Int, _ name: Name, _ arguments: [Argument], at site: Site
  ) -> [Meaning] {
    let function = program.functions[number]
    let declared = function.declaration.results?.count
    let results = max(declared ?? function.declaration.body.results.count, 1)
    let none = [Meaning](repeating: .invalid, count: results)
    guard let meanings = self.arguments(arguments, of: function, at: site) else { return none }
    guard !program.recursive.contains(number), function.declaration.isWhole,
      !meanings.contains(.invalid), hasRoom(at: site)
    else { return none }
    let key = FunctionCall(function: number, arguments: meanings)
    let values: [Meaning]
    if let known = calls[key] {
      values = known
    } else {
      guard callers.count < GraphChecker.callLimit else {
        error(
          "calls of funcs are nested more than \(GraphChecker.callLimit) deep", at: site)
        return none
      }
      values =
        hasRules(number, for: meanings)
        ? expandWithRules(number, name, meanings, at: site)
        : expand(number, name, meanings, at: site)
      calls[key] = values
    }
    return values.map { copy($0, at: site) }
  }

  /// The meanings of the arguments of a func; nil where they do not fit it.
  private mutating func arguments(
    _ arguments: [Argument], of function: Function, at site: Site
  ) -> [Meaning]? {
    var isSound = true
    for argument in arguments {
      guard let label = argument.label else { continue }
      error("a func takes no labelled arguments: leave '\(label.text):' out", at: label.site)
      isSound = false
    }
    let wanted = function.declaration.parameters.count
    if arguments.count != wanted, function.declaration.isWhole {
      error(
        "'\(function.name)' takes \(wanted) argument\(wanted == 1 ? "" : "s"), not "
          + "\(arguments.count)", at: site,
        notes: [.note("it is declared here", at: function.declaration.name.site)])
      isSound = false
    }
    guard isSound else {
      for argument in arguments { checkNames(argument) }
      return nil
    }
    return arguments.map { check($0.value) }
  }

  /// A value of its own that is the same.
  private mutating func copy(_ meaning: Meaning, at site: Site) -> Meaning {
    guard case .value(let value, let isWeak) = meaning else { return meaning }
    builder.site = site
    return .value(builder.emit(.copy, [value]), isWeak: isWeak)
  }

  /// Checks the body of a func with arguments.
  mutating func expand(
    _ number: Int, _ name: Name, _ arguments: [Meaning], at site: Site
  ) -> [Meaning] {
    expanded.insert(number)
    return expand(program.functions[number], name, arguments, at: site)
  }

  /// Checks the body of a func, or of a derivative of one, with arguments.
  mutating func expand(
    _ function: Function, _ name: Name, _ arguments: [Meaning], at site: Site
  ) -> [Meaning] {
    callCount += 1
    enterFrame(of: function, calledAt: site)
    defer { leaveFrame() }
    let declaration = function.declaration
    let mistakes = mistakeCount
    guard give(declaration.parameters, arguments, of: name.text) else {
      return (declaration.results?.map { _ in .invalid })
        ?? declaration.body.results.map { _ in .invalid }
    }
    if let results = declaration.results { return callExternal(declaration, results, at: site) }
    let results = checkBody(declaration)
    if mistakeCount == mistakes { warnOfUnused() }
    return results
  }

  mutating func enterFrame(of function: Function, calledAt site: Site) {
    callers.append(frame)
    frame = Frame(
      module: function.module, function: function.name, callSite: site,
      differentiated: function.differentiated, body: function.declaration.body,
      isWhole: program.modules[function.module].isWhole && function.isWhole)
  }

  mutating func leaveFrame() {
    frame = callers.removeLast()
  }

  /// Checks the statements of a func; gives its results.
  private mutating func checkBody(_ declaration: FunctionDeclaration) -> [Meaning] {
    for statement in declaration.body.statements { check(statement) }
    let results = declaration.body.results
    if results.count == 1, case .call(let name, let arguments) = results[0].kind {
      return call(name, arguments, at: results[0].site)
    }
    return results.map { check($0) }
  }

  /// Gives the parameters of a func their arguments, and the sizes in their types to those of the
  /// arguments; whether they fit.
  private mutating func give(
    _ parameters: [Parameter], _ arguments: [Meaning], of function: String
  ) -> Bool {
    for (parameter, argument) in zip(parameters, arguments) {
      bindSizes(parameter, type(of: argument))
    }
    var isSound = true
    for (parameter, argument) in zip(parameters, arguments) {
      var meaning = argument
      if let expr = parameter.type, !argument.isInvalid {
        meaning = adopt(argument, expr, of: parameter, function)
        isSound = isSound && !meaning.isInvalid
      }
      give(parameter.name, meaning, as: .parameter)
    }
    return isSound
  }

  /// An argument in the type that is declared for it.
  private mutating func adopt(
    _ argument: Meaning, _ expr: TypeExpr, of parameter: Parameter, _ function: String
  ) -> Meaning {
    let what = "argument '\(parameter.name.text)' of '\(function)'"
    if let type = type(of: argument), type.rank != expr.dims.count {
      let axes = expr.dims.count == 1 ? "1 axis" : "\(expr.dims.count) axes"
      return invalid(
        "\(what) is \(type), declared " + (expr.dims.isEmpty ? "a scalar" : "with \(axes)"),
        at: parameter.site)
    }
    guard let type = type(expr, names: .known) else { return .invalid }
    return adopt(argument, type, at: parameter.site) { "\(what) is \($0), declared \($1)" }
  }

  /// Gives the names that stand alone in the type of a parameter the sizes of the argument.
  private mutating func bindSizes(_ parameter: Parameter, _ type: TensorType?) {
    guard let dims = parameter.type?.dims else { return }
    for (axis, dim) in dims.enumerated() {
      guard case .name(let name) = dim.kind, binding(of: name) == nil, module.names[name] == nil
      else { continue }
      let size = type.flatMap { $0.rank == dims.count ? $0.shape[axis] : nil }
      give(Name(name, at: dim.site), size.map { .size($0) } ?? .invalid, as: .size)
    }
  }

  /// Checks a func that nothing calls, as far as that goes without arguments: its names.
  mutating func checkUncalled(_ function: Function) {
    frame = Frame(
      module: function.module, differentiated: function.differentiated, isUncalled: true,
      body: function.declaration.body,
      isWhole: program.modules[function.module].isWhole && function.isWhole)
    for parameter in function.declaration.parameters { bindSizes(parameter, nil) }
    for parameter in function.declaration.parameters {
      if let type = parameter.type { _ = self.type(type, names: .known) }
      give(parameter.name, .invalid, as: .parameter)
    }
    for statement in function.declaration.body.statements { check(statement) }
    for result in function.declaration.body.results { _ = check(result) }
    for result in function.declaration.results ?? [] {
      if let type = result.type { _ = self.type(type, names: .known) }
    }
    warnOfUnused()
  }
}
