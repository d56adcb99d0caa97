import GraphIR
import Ops
import Support

extension GraphChecker {
  /// Adds a call of a C function whose parameters have been given their arguments.
  mutating func callExternal(
    _ declaration: FunctionDeclaration, _ results: [ResultDeclaration], at site: Site
  ) -> [Meaning] {
    let invalid = results.map { _ in Meaning.invalid }
    guard let form = form(of: declaration, results), hasRoom(at: site) else { return invalid }
    var operands: [Value] = []
    for parameter in declaration.parameters {
      guard let binding = binding(of: parameter.name.text),
        let value = value(of: binding.meaning, at: site)
      else { return invalid }
      operands.append(value)
    }
    builder.site = site
    do throws(TypeError) {
      let values = try builder.tryEmit(.external, operands, .external(form))
      return values.map { .value($0, isWeak: false) }
    } catch {
      self.error(error, at: site)
      return invalid
    }
  }

  /// The declaration of a C function with the sizes of a call; nil after a mistake.
  private mutating func form(
    of declaration: FunctionDeclaration, _ results: [ResultDeclaration]
  ) -> ExternalForm? {
    let names = frame.scopes[0].order.filter { frame.scopes[0].bindings[$0]?.role == .size }
    let sizes = names.compactMap { name -> Dim? in
      guard case .size(let dim)? = binding(of: name)?.meaning else { return nil }
      return dim
    }
    // The types as they are declared: each size stands for itself.
    for name in names { frame.scopes[0].bindings[name]?.meaning = .size(.symbol(name)) }
    defer {
      for (name, size) in zip(names, sizes) {
        frame.scopes[0].bindings[name]?.meaning = .size(size)
      }
    }
    guard sizes.count == names.count,
      let parameters = formals(declaration.parameters.map { ($0.name, $0.type) }),
      let given = formals(results.map { ($0.name, $0.type) })
    else { return nil }
    return ExternalForm(
      name: declaration.name.text, symbols: names, parameters: parameters, results: given,
      sizes: sizes)
  }

  /// Names with their types.
  private mutating func formals(_ declared: [(Name, TypeExpr?)]) -> [ExternalForm.Formal]? {
    var formals: [ExternalForm.Formal] = []
    for (name, expr) in declared {
      guard let expr, let type = type(expr, names: .known) else { return nil }
      formals.append(ExternalForm.Formal(name.text, type))
    }
    return formals
  }
}
