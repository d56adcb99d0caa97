package import GraphIR
import LoopIR
import Support

extension Operation {
  /// A C function that the program around defines. What it computes is not known here: it has the
  /// derivatives that the user gives it, and no reference value.
  package static let external: Operation = .init(
    "external", arity: .atLeast(0),
    infer: { query throws(TypeError) in
      guard case .external(let form) = query.attributes,
        form.parameters.map(form.type(of:)) == query.operands
      else { throw TypeError("\(query.operands) do not fit a C function") }
      return form.results.map(form.type(of:))
    },
    derivative: .refused("it is a C function; give it a 'jvp' or a 'vjp' beside its declaration"),
    evaluate: { context throws(EvaluationError) in
      guard case .external(let form) = context.attributes else { return [] }
      throw EvaluationError("'\(form.name)' is a C function, and its library is not loaded")
    },
    lowering: Kernel.routine { b, c in callExternal(&b, c) }, samples: [], notation: .function)
}

/// Calls the C function: scalars are given by value.
private func callExternal(_ b: inout LoopBuilder, _ context: RoutineContext) {
  guard case .external(let form) = context.attributes else {
    preconditionFailure("a C function has no declaration")
  }
  func formals(_ formals: [ExternalForm.Formal]) -> [Formal] {
    formals.map {
      Formal(name: $0.name, element: $0.type.dtype, shape: $0.type.shape, site: .none)
    }
  }
  let function = ExternalFunction(
    name: form.name, symbols: form.symbols, parameters: formals(form.parameters),
    results: formals(form.results))
  let operands = zip(context.operands, form.parameters).map { buffer, formal in
    formal.type.isScalar ? ExternalCall.Operand.scalar(b.load(buffer, [])) : .buffer(buffer)
  }
  b.append(
    .external(
      ExternalCall(
        function, sizes: form.sizes, operands: operands, results: context.results, site: b.site)))
}
