package import GraphIR
import Support

extension Operation {
  /// A derivative that is asked for: `Attributes.derivative` says which, and what the operands are.
  ///
  /// Differentiation replaces it by the nodes that compute it, before anything else looks at them.
  package static let derivative: Operation = .init(
    "derivative", arity: .atLeast(2),
    infer: { query throws(TypeError) in
      guard case .derivative(let request) = query.attributes else {
        throw TypeError("a derivative needs its form")
      }
      return try RequestTypes(request, query.operands).results()
    },
    derivative: .refused("a derivative is differentiated only after it has been computed"),
    evaluate: { _ throws(EvaluationError) in
      throw EvaluationError("a derivative has no value before it is computed")
    },
    lowering: Kernel.request, samples: [], notation: .function)
}

/// The types of a request's operands by their roles.
private struct RequestTypes {
  let request: DerivativeRequest
  let primal: TensorType
  let wrt: [TensorType]
  let along: [TensorType]

  init(_ request: DerivativeRequest, _ operands: [TensorType]) throws(TypeError) {
    let counts = [request.wrtCount, request.alongCount, request.constantCount]
    guard request.wrtCount > 0, counts.allSatisfy({ $0 >= 0 }),
      counts.reduce(1, +) == operands.count
    else { throw TypeError("'\(request.form.rawValue)' does not take \(operands.count) operands") }
    self.request = request
    primal = operands[0]
    wrt = Array(operands[1...request.wrtCount])
    along = Array(operands.dropFirst(1 + request.wrtCount).prefix(request.alongCount))
  }

  /// The types of the results, if the operands fit the form.
  func results() throws(TypeError) -> [TensorType] {
    try requireFloats()
    switch request.form {
    case .grad:
      try requireScalar()
      try requireAlong([])
      return wrt
    case .valueAndGrad:
      try requireScalar()
      try requireAlong([])
      return [primal] + wrt
    case .vjp:
      try requireAlong([primal])
      return wrt
    case .jvp:
      try requireAlong(wrt)
      return [primal]
    case .hvp:
      try requireScalar()
      try requireAlong(wrt)
      return wrt
    case .jacobian:
      try requireAlong([])
      return wrt.map { TensorType(primal.dtype, primal.shape + $0.shape) }
    case .hessian:
      try requireScalar()
      try requireAlong([])
      return wrt.map { TensorType($0.dtype, $0.shape + $0.shape) }
    }
  }

  /// What is differentiated, and by what, are real numbers.
  private func requireFloats() throws(TypeError) {
    guard primal.dtype.isFloat else {
      throw TypeError("what is differentiated is floating-point, not '\(primal.dtype.rawValue)'")
    }
    for type in wrt where !type.dtype.isFloat {
      throw TypeError("a derivative is with respect to floating-point values, not "
        + "'\(type.dtype.rawValue)'")
    }
  }

  private func requireScalar() throws(TypeError) {
    guard primal.isScalar else {
      throw TypeError(
        "'\(request.form.rawValue)' differentiates a scalar, not \(primal)", dims: primal.shape)
    }
  }

  /// `along` has exactly the types of what it matches.
  private func requireAlong(_ wanted: [TensorType]) throws(TypeError) {
    guard along.count == wanted.count else {
      throw TypeError(
        "'\(request.form.rawValue)' takes \(wanted.count) values along, not \(along.count)")
    }
    for (given, type) in zip(along, wanted) where given != type {
      throw TypeError("'along' is \(type) here, not \(given)", dims: type.shape + given.shape)
    }
  }
}
