import GraphIR
import Ops
import Support

extension GraphChecker {
  /// Checks a graph; gives it if it has no mistakes.
  mutating func check(_ declaration: GraphDeclaration) -> Graph? {
    builder.graph = Graph(name: declaration.name.text)
    builder.graph.doc = declaration.documentation?.text ?? ""
    builder.graph.site = declaration.name.site
    frame.isWhole = module.isWhole && declaration.isWhole && declaration.body.isWhole
    frame.differentiated = declaration.body.differentiatedNames
    frame.body = declaration.body
    checkGraphName(declaration.name)
    for size in declaration.sizes { giveSize(size, from: "'\(size.text)' is declared here") }
    for parameter in declaration.parameters { give(parameter) }
    for result in declaration.results { declare(result) }
    checkArgumentNames(declaration)
    for statement in declaration.body.statements { check(statement) }
    finish(declaration)
    warnOfUnused()
    let isComplete = builder.graph.outputs.count == declaration.results.count
    return mistakeCount == 0 && isComplete && declaration.body.isWhole ? builder.graph : nil
  }

  /// Makes a name a symbol of the graph.
  mutating func giveSize(_ name: Name, from origin: String) {
    give(name, .size(.symbol(name.text)), as: .size)
    builder.graph.symbols.append(name.text)
    origins[name.text] = .note(origin, at: name.site)
    refuseReserved(name, "size")
  }

  /// Makes a node of a parameter.
  private mutating func give(_ parameter: Parameter) {
    guard let expr = parameter.type,
      let type = type(expr, names: .introducing("'\(parameter.name.text)'"))
    else { return give(parameter.name, .invalid, as: .parameter) }
    let number = builder.graph.parameters.count
    let site = parameter.name.site
    let id = builder.graph.append(.parameter, [], .parameter(number), types: [type], site: site)
    let value = builder.graph[id].result
    builder.graph.parameters.append(
      GraphIR.Parameter(
        name: parameter.name.text, doc: parameter.documentation?.text ?? "",
        isInout: parameter.inoutSite != nil, site: site, value: value))
    give(parameter.name, .value(value, isWeak: false), as: .parameter)
    if parameter.inoutSite != nil { inouts[parameter.name.text] = number }
    refuseReserved(parameter.name, "parameter")
  }

  /// Notes a name behind `->`.
  private mutating func declare(_ result: ResultDeclaration) {
    let name = result.name
    if let known = resultNames[name.text] {
      return error(
        "result '\(name.text)' is declared already", at: name.site,
        notes: [.note("it is declared here", at: known)])
    }
    resultNames[name.text] = name.site
    refuseReserved(name, "result")
    if let expr = result.type, let type = type(expr, names: .known) {
      resultTypes[name.text] = type
    }
    guard let known = binding(of: name.text) else { return }
    switch known.role {
    case .size:
      error(
        "'\(name.text)' is a size already and cannot name a result", at: name.site,
        notes: [.note("it is given here", at: known.site)])
    case .parameter where inouts[name.text] != nil:
      error(
        "'\(name.text)' is 'inout', and is given back already", at: name.site,
        notes: [.note("it is given here", at: known.site)])
    case .parameter, .local, .result, .unknown: break
    }
  }

  /// Gives the graph its results.
  private mutating func finish(_ declaration: GraphDeclaration) {
    for result in declaration.results where resultNames[result.name.text] == result.name.site {
      let name = result.name
      guard let binding = binding(of: name.text), binding.role != .unknown else {
        if frame.isWhole {
          error("the body does not give result '\(name.text)'", at: name.site)
        }
        continue
      }
      var meaning = binding.meaning
      if binding.role == .parameter { meaning = adoptedResult(meaning, name, at: name.site) }
      guard binding.role != .size, let value = value(of: meaning, at: binding.site) else {
        continue
      }
      let output = binding.role == .parameter ? name.text + "_out" : name.text
      builder.graph.outputs.append(Output(name: output, value: value, site: name.site))
    }
    if declaration.results.isEmpty, builder.graph.updates.isEmpty, frame.isWhole {
      let what = inouts.isEmpty ? "no results" : "no results, and updates nothing"
      error("graph '\(declaration.name.text)' has \(what)", at: declaration.name.site)
    }
    warnOfConstantInouts(declaration)
  }

  /// Warns of `inout` parameters that keep their values.
  private mutating func warnOfConstantInouts(_ declaration: GraphDeclaration) {
    guard frame.isWhole else { return }
    let updated = Set(builder.graph.updates.map(\.parameter))
    for parameter in declaration.parameters {
      guard let number = inouts[parameter.name.text], !updated.contains(number) else { continue }
      diagnostics.warning(
        "'\(parameter.name.text)' is 'inout', but is never updated", at: parameter.name.site)
    }
  }

  /// The meaning of a result in its declared type, if one is declared.
  mutating func adoptedResult(_ meaning: Meaning, _ name: Name, at site: Site) -> Meaning {
    guard let type = resultTypes[name.text], !meaning.isInvalid else { return meaning }
    return adopt(meaning, type, at: site) { "result '\(name.text)' is \($0), declared \($1)" }
  }
}
