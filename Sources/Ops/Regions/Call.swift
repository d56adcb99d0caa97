package import GraphIR
import Support

extension Operation {
  /// A call of a func that has derivatives of its own, as `CallForm` says; gone once they are formed.
  package static let call: Operation = .init(
    "call", arity: .atLeast(1),
    infer: { query throws(TypeError) in try CallTypes(query).results() },
    derivative: .regions,
    evaluate: { context throws(EvaluationError) in
      var evaluator = Evaluator(graph: context.regions[0], sizes: context.sizes)
      return try evaluator.run(context.operands)
    },
    lowering: Kernel.regions, samples: [], notation: .function)
}

/// The types of a call by their roles.
private struct CallTypes {
  let form: CallForm
  let query: TypeQuery

  init(_ query: TypeQuery) throws(TypeError) {
    guard case .call(let form) = query.attributes else { throw TypeError("needs the form of a call") }
    let count = 1 + (form.hasJvp ? 1 : 0) + (form.hasVjp ? 1 : 0)
    guard query.regions.count == count, (1...query.operands.count).contains(form.arguments) else {
      throw TypeError("\(query.operands.count) operands do not fit a call")
    }
    self.form = form
    self.query = query
  }

  /// The types of the results, if the regions fit the operands.
  func results() throws(TypeError) -> [TensorType] {
    let body = query.regions[0]
    let results = body.outputs.map { body.type($0.value) }
    let arguments = Array(query.operands.prefix(form.arguments))
    let captures = Array(query.operands.dropFirst(form.arguments))
    let (moving, given) = (arguments.filter(\.dtype.isFloat), results.filter(\.dtype.isFloat))
    try match(body, query.operands, results)
    if let number = form.jvpRegion {
      try match(query.regions[number], arguments + results + moving + captures, given)
    }
    if let number = form.vjpRegion {
      try match(query.regions[number], arguments + results + given + captures, moving)
    }
    return results
  }

  private func match(
    _ region: Graph, _ parameters: [TensorType], _ results: [TensorType]
  ) throws(TypeError) {
    let found = region.parameters.map { region.type($0.value) }
    guard found == parameters, region.outputs.map({ region.type($0.value) }) == results else {
      throw TypeError("a region of the call of '\(form.name)' does not fit it")
    }
  }
}
