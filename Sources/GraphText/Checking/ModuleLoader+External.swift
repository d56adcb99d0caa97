import Support

extension ModuleLoader {
  /// Checks the names in the declaration of a C function: that C can have them, and each once.
  mutating func checkExternal(_ function: FunctionDeclaration) {
    let name = function.name
    if let objection = ReservedNames.objection(toGraph: name.text) {
      diagnostics.error("\(objection) and cannot name a C function", at: name.site)
    }
    let known = program.functions.first {
      $0.declaration.results != nil && $0.name == name.text
    }
    if let known {
      diagnostics.error(
        "the C function '\(name.text)' is declared in another file; import that", at: name.site,
        notes: [.note("it is declared here", at: known.declaration.name.site)])
    }
    var sites: [String: Site] = [:]
    for argument in function.cArguments {
      if let known = sites[argument.text] {
        diagnostics.error(
          "'\(argument.text)' is given already", at: argument.site,
          notes: [.note("it is given here", at: known)])
      } else if let objection = ReservedNames.objection(to: argument.text) {
        diagnostics.error("\(objection) and cannot name an argument", at: argument.site)
      }
      sites[argument.text] = argument.site
    }
  }
}

extension FunctionDeclaration {
  /// The arguments of a C function: sizes that stand alone in types, parameters, results.
  fileprivate var cArguments: [Name] {
    var sizes: [Name] = []
    for dim in parameters.flatMap({ $0.type?.dims ?? [] }) {
      guard case .name(let text) = dim.kind, !sizes.contains(where: { $0.text == text }) else {
        continue
      }
      sizes.append(Name(text, at: dim.site))
    }
    return sizes + parameters.map(\.name) + (results ?? []).map(\.name)
  }
}
