import GraphIR
import Ops
import Support

extension Builtin {
  /// Derivatives, and what acts on them.
  static let derivatives: [Builtin] = [
    derivative(.grad), derivative(.valueAndGrad), derivative(.vjp), derivative(.jvp),
    derivative(.hvp), derivative(.jacobian), derivative(.hessian),
    Builtin("stop_gradient", ["x"]) { checker, call in
      let operand = checker.operand(call)
      return [checker.elementwise(.stopGradient, [operand], at: call.site)]
    },
    filter(.gradScale, ["x", "k"]),
    filter(.gradClip, ["x", "lo", "hi"]),
  ]

  /// A form of derivative.
  private static func derivative(_ form: DerivativeRequest.Form) -> Builtin {
    Builtin(
      form.rawValue, [form.takesScalar ? "cost" : "y"],
      options: ["constant", "disconnected"] + (form.mayBeSparse ? ["sparse"] : []),
      required: form.takesAlong ? ["wrt", "along"] : ["wrt"]
    ) { checker, call in checker.derivative(form, call) }
  }

  /// What acts on the gradient that flows back.
  private static func filter(_ operation: Operation, _ parameters: [String]) -> Builtin {
    Builtin(operation.name, parameters) { checker, call in
      let operands = checker.operands(call)
      guard let common = checker.common(operands.map(\.meaning)) else { return [.invalid] }
      let dtype = common.dtype.isFloat ? common.dtype : .f64
      return [checker.elementwise(operation, operands, as: dtype, at: call.site)]
    }
  }
}

extension DerivativeRequest.Form {
  /// Whether what is differentiated is a scalar.
  fileprivate var takesScalar: Bool {
    switch self {
    case .grad, .valueAndGrad, .hvp, .hessian: true
    case .vjp, .jvp, .jacobian: false
    }
  }

  /// Whether the structural nonzeros alone may be asked for.
  fileprivate var mayBeSparse: Bool {
    switch self {
    case .jacobian, .hessian: true
    case .grad, .valueAndGrad, .vjp, .jvp, .hvp: false
    }
  }

  fileprivate var takesAlong: Bool {
    switch self {
    case .vjp, .jvp, .hvp: true
    case .grad, .valueAndGrad, .jacobian, .hessian: false
    }
  }
}

extension GraphChecker {
  /// A derivative: checks what it is taken of, and adds a request for it to the graph.
  fileprivate mutating func derivative(
    _ form: DerivativeRequest.Form, _ call: BuiltinCall
  ) -> [Meaning] {
    if let sparse = call.options["sparse"] {
      unsupported("sparse", at: sparse.site)
      return [.invalid]
    }
    let primal = primal(form, call)
    let wrt = call.options["wrt"].flatMap { named($0, "wrt") }
    let constants = call.options["constant"].map { named($0, "constant") } ?? []
    let zero = zeroWhereDisconnected(call)
    var along: [Operand] = []
    if let expr = call.options["along"] {
      var exprs = [expr]
      if case .array(let list) = expr.kind, matchesList(form, call) { exprs = list }
      along = exprs.map { Operand(expr: $0, meaning: check($0)) }
    }
    guard let primal, let wrt, let constants, let zero else { return [.invalid] }
    guard requireFloats(wrt) else { return [.invalid] }
    let matched = form == .vjp ? [primal] : form.takesAlong ? wrt.map(\.value) : []
    guard let directions = directions(along, matching: matched, form, call) else {
      return [.invalid]
    }
    let request = DerivativeRequest(
      form: form, wrtCount: wrt.count, alongCount: directions.count,
      constantCount: constants.count, zeroWhereDisconnected: zero)
    let operands = [primal] + wrt.map(\.value) + directions + constants.map(\.value)
    guard hasRoom(at: call.site) else { return [.invalid] }
    builder.site = call.site
    do throws(TypeError) {
      return try builder.tryEmit(.derivative, operands, .derivative(request))
        .map { .value($0, isWeak: false) }
    } catch {
      self.error(error, at: call.site)
      return [.invalid]
    }
  }

  /// Whether the list behind `along` is one of values, and not one value.
  private func matchesList(_ form: DerivativeRequest.Form, _ call: BuiltinCall) -> Bool {
    guard form != .vjp, case .array? = call.options["wrt"]?.kind else { return false }
    return true
  }

  /// What is differentiated.
  private mutating func primal(
    _ form: DerivativeRequest.Form, _ call: BuiltinCall
  ) -> Value? {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else { return nil }
    let site = operand.expr.site
    let what = form.takesScalar ? "the cost" : "what is differentiated"
    guard type.dtype.isFloat else {
      error(
        "\(what) must be real, it is \(type.dtype.words): \(type)", at: site)
      return nil
    }
    guard type.isScalar || !form.takesScalar else {
      let failure = TypeError(
        "the cost must be a scalar, it has shape \(TensorType.spelling(type.shape))",
        dims: type.shape)
      error(failure, at: site, about: [operand.expr])
      return nil
    }
    return value(of: operand.meaning, at: site)
  }

  /// The values that one name stands for, or several in a list.
  private mutating func named(_ expr: Expr, _ label: String) -> [NamedValue]? {
    let exprs = if case .array(let exprs) = expr.kind { exprs } else { [expr] }
    guard !exprs.isEmpty else {
      error("'\(label)' names at least one value", at: expr.site)
      return nil
    }
    var values: [NamedValue] = []
    var isSound = true
    for expr in exprs {
      guard case .name(let text) = expr.kind else {
        if case .invalid = expr.kind { return nil }
        checkNames(expr)
        error(
          "'\(label)' names values of the graph; give this one a name: 'v = …'", at: expr.site)
        isSound = false
        continue
      }
      let meaning = lookUp(Name(text, at: expr.site))
      if let value = value(of: meaning, at: expr.site) {
        values.append(NamedValue(name: text, site: expr.site, value: value))
      } else {
        isSound = false
      }
    }
    return isSound ? values : nil
  }

  /// Refuses derivatives with respect to integers.
  private mutating func requireFloats(_ wrt: [NamedValue]) -> Bool {
    var isSound = true
    for named in wrt {
      let dtype = builder.dtype(named.value)
      if dtype.isFloat { continue }
      error(
        "derivatives are with respect to floating-point values; '\(named.name)' is "
          + "\(dtype.words): \(builder.type(named.value))", at: named.site)
      isSound = false
    }
    return isSound
  }

  /// The value behind `disconnected:`.
  private mutating func zeroWhereDisconnected(_ call: BuiltinCall) -> Bool? {
    guard let expr = call.options["disconnected"] else { return false }
    if case .name("zero") = expr.kind { return true }
    if case .invalid = expr.kind { return nil }
    error("the only choice is 'disconnected: zero'", at: expr.site)
    return nil
  }

  /// What stands behind `along`, each in the type of what it matches.
  private mutating func directions(
    _ along: [Operand], matching matched: [Value], _ form: DerivativeRequest.Form,
    _ call: BuiltinCall
  ) -> [Value]? {
    guard along.count == matched.count else {
      let count = matched.count
      error(
        "'along' matches \(form == .vjp ? "what is differentiated" : "'wrt'"): \(count) "
          + "value\(count == 1 ? "" : "s"), not \(along.count)",
        at: call.options["along"]?.site ?? call.site)
      return nil
    }
    var values: [Value] = []
    var isSound = true
    for (operand, value) in zip(along, matched) {
      let type = builder.type(value)
      let adopted = adopt(operand.meaning, type, at: operand.expr.site) {
        "'along' has the type of what it matches, \($1), not \($0)"
      }
      if let direction = self.value(of: adopted, at: operand.expr.site) {
        values.append(direction)
      } else {
        isSound = false
      }
    }
    return isSound ? values : nil
  }
}

/// A value with the name that stands for it.
private struct NamedValue {
  var name: String
  var site: Site
  var value: Value
}

extension DType {
  /// The kind of number in words.
  fileprivate var words: String {
    self == .bool ? "a truth value" : isInteger ? "an integer" : "a float"
  }
}
