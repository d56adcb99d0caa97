import GraphIR
import Ops
import Support

extension Builtin {
  /// Random numbers that are functions of a key.
  static let random: [Builtin] = [
    draw(.randomUniform), draw(.randomNormal),
    Builtin("random_bernoulli", ["key", "p", "shape"], options: ["dtype"]) { checker, call in
      [checker.bernoulli(call)]
    },
  ]

  /// Draws of floating-point numbers.
  private static func draw(_ operation: Operation) -> Builtin {
    Builtin(operation.name, ["key", "shape"], options: ["dtype"]) { checker, call in
      let key = checker.key(call)
      let draw = checker.draw(call, shape: call.operands[1])
      guard let key, let draw else { return [.invalid] }
      return [checker.emit(operation, [key], draw, at: call.site)]
    }
  }
}

extension GraphChecker {
  /// `random_bernoulli(key, p, [m, n])`: whether uniform draws are less than `p`.
  fileprivate mutating func bernoulli(_ call: BuiltinCall) -> Meaning {
    let key = key(call)
    let p = operand(call, 1)
    let draw = draw(call, shape: call.operands[2])
    guard let key, let draw, case .draw(_, let dtype) = draw, let given = type(of: p.meaning)
    else { return .invalid }
    let common = isWeak(p.meaning) ? dtype : dtype.promoted(with: given.dtype)
    guard let probability = value(of: p.meaning, as: common, at: p.expr.site) else {
      return .invalid
    }
    return emit(
      .randomBernoulli, [key, probability], draw, at: call.site, about: [p.expr])
  }

  /// The key of draws as a `u64`: one bit pattern for each value, whatever the type that it had.
  fileprivate mutating func key(_ call: BuiltinCall) -> Value? {
    let key = operand(call)
    guard let type = type(of: key.meaning) else { return nil }
    guard type.isScalar, type.dtype.isInteger else {
      error("the key of '\(call.name.text)' is a 'u64', not \(type)", at: key.expr.site)
      return nil
    }
    guard isWeak(key.meaning) || type.dtype.isUnsigned else {
      error(
        "the key of '\(call.name.text)' is a 'u64', not '\(type.dtype.rawValue)'; write 'u64(…)'",
        at: key.expr.site)
      return nil
    }
    return value(of: key.meaning, as: .u64, at: key.expr.site)
  }

  /// The shape and the type of draws.
  fileprivate mutating func draw(_ call: BuiltinCall, shape expr: Expr) -> Attributes? {
    let shape = shape(expr)
    guard let dtype = drawnType(call), let shape else { return nil }
    return .draw(shape, dtype)
  }

  /// The type behind `dtype:`.
  private mutating func drawnType(_ call: BuiltinCall) -> DType? {
    guard let expr = call.options["dtype"] else { return .f64 }
    if case .invalid = expr.kind { return nil }
    if case .name(let name) = expr.kind, let dtype = DType.named(name, options),
      dtype == .f32 || dtype == .f64
    {
      return dtype
    }
    error("random numbers are drawn as 'f64' or 'f32'", at: expr.site)
    return nil
  }
}
