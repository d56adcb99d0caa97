import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that work element by element.
  static let elementwise: [Builtin] =
    [
      Operation.exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .sqrt, .rsqrt, .cbrt, .reciprocal,
      .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh, .sigmoid,
      .softplus, .gelu, .silu, .erf, .erfc, .erfinv, .gamma, .lgamma, .digamma,
    ].map { ofFloats($0, ["x"]) }
    + [Operation.atan2, .hypot, .copysign, .logaddexp].map { ofFloats($0, ["x", "y"]) }
    + [Operation.abs, .sign, .square, .relu, .floor, .ceil, .round, .trunc].map {
      ofAny($0, ["x"])
    }
    + [Operation.maximum, .minimum, .fmod].map { ofAny($0, ["x", "y"]) }
    + [Operation.isnan, .isinf, .isfinite].map { classification($0) }
    + [Operation.bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight].map { ofAny($0, ["x", "y"]) }
    + [
      ofAny(.bitNot, ["x"]),
      ofAny(.clip, ["x", "lo", "hi"]),
      Builtin("pow", ["x", "y"]) { checker, call in
        let operands = checker.operands(call)
        return [checker.power(operands[0], operands[1], at: call.site)]
      },
    ]

  /// Functions that choose.
  static let comparisons: [Builtin] = [
    Builtin("where", ["c", "a", "b"]) { checker, call in
      let operands = checker.operands(call)
      return [checker.choice(operands, at: call.site)]
    }
  ]

  /// A function of floating numbers, which gives `f64` for integers.
  private static func ofFloats(_ operation: Operation, _ parameters: [String]) -> Builtin {
    Builtin(operation.name, parameters) { checker, call in
      let operands = checker.operands(call)
      guard let common = checker.common(operands.map(\.meaning)) else { return [.invalid] }
      let dtype = common.dtype.isFloat ? common.dtype : .f64
      return [checker.elementwise(operation, operands, as: dtype, at: call.site)]
    }
  }

  /// A function of numbers in their own type.
  private static func ofAny(_ operation: Operation, _ parameters: [String]) -> Builtin {
    Builtin(operation.name, parameters) { checker, call in
      let operands = checker.operands(call)
      return [checker.elementwise(operation, operands, at: call.site)]
    }
  }

  /// A question about floating numbers, which integers answer as `f64`.
  private static func classification(_ operation: Operation) -> Builtin {
    Builtin(operation.name, ["x"]) { checker, call in
      let operand = checker.operand(call)
      guard let value = checker.float(operand) else { return [.invalid] }
      return [checker.emit(operation, [value], at: call.site, about: [operand.expr])]
    }
  }
}

extension GraphChecker {
  /// `where(c, a, b)`, as weak as both that may be chosen.
  fileprivate mutating func choice(_ operands: [Operand], at site: Site) -> Meaning {
    let condition = operands[0]
    guard let type = type(of: condition.meaning) else { return .invalid }
    guard type.dtype == .bool else {
      return invalid(
        "the condition of 'where' is 'bool', not '\(type.dtype.rawValue)'", at: condition.expr.site)
    }
    let choices = Array(operands.dropFirst())
    let meanings = choices.map(\.meaning)
    guard let common = common(meanings),
      let chosen = value(of: condition.meaning, at: condition.expr.site),
      let values = values(of: meanings, as: common.dtype, choices.map(\.expr))
    else { return .invalid }
    return emit(
      .select, [chosen] + values, isWeak: common.isWeak, at: site, about: operands.map(\.expr))
  }
}
