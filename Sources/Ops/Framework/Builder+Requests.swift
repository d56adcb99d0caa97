package import GraphIR
import Support

extension Builder {
  /// Asks for a derivative; gives the results of the request.
  ///
  /// - Requires: The operands fit the form.
  package mutating func derivative(
    _ form: DerivativeRequest.Form, of primal: Value, wrt: [Value], along: [Value] = [],
    constant: [Value] = [], zeroWhereDisconnected: Bool = false
  ) -> [Value] {
    let request = DerivativeRequest(
      form: form, wrtCount: wrt.count, alongCount: along.count, constantCount: constant.count,
      zeroWhereDisconnected: zeroWhereDisconnected)
    do {
      return try tryEmit(
        .derivative, [primal] + wrt + along + constant, .derivative(request))
    } catch {
      preconditionFailure(error.message)
    }
  }

  /// Asks for the gradient by one value.
  package mutating func gradient(
    of cost: Value, wrt: Value, constant: [Value] = [], zeroWhereDisconnected: Bool = false
  ) -> Value {
    derivative(
      .grad, of: cost, wrt: [wrt], constant: constant,
      zeroWhereDisconnected: zeroWhereDisconnected)[0]
  }

  /// The sum of all elements.
  package mutating func total(_ value: Value) -> Value {
    let rank = type(value).rank
    return rank == 0
      ? value : emit(.sum, [value], .reduction(axes: Array(0..<rank), keepDims: false))
  }

  /// The sum of the products of elements.
  package mutating func inner(_ a: Value, _ b: Value) -> Value { total(multiply(a, b)) }
}
