package import GraphIR

extension Operation {
  /// The operations that work element by element.
  package static let elementwise: [Operation] =
    arithmetic + logic + bits + roundings + exponentials + trigonometry + activations + special

  private static let arithmetic: [Operation] = [
    .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .fmod, .power, .negate, .abs,
    .sign, .copysign, .maximum, .minimum, .clip, .square, .reciprocal, .convert,
  ]

  private static let logic: [Operation] = [
    .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .and, .or, .not, .select,
    .isnan, .isinf, .isfinite,
  ]

  private static let bits: [Operation] = [
    .bitAnd, .bitOr, .bitXor, .bitNot, .shiftLeft, .shiftRight,
  ]

  private static let roundings: [Operation] = [.floor, .ceil, .round, .trunc]

  private static let exponentials: [Operation] = [
    .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .logaddexp, .sqrt, .rsqrt, .cbrt, .hypot,
  ]

  private static let trigonometry: [Operation] = [
    .sin, .cos, .tan, .asin, .acos, .atan, .atan2, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh,
  ]

  private static let activations: [Operation] = [.sigmoid, .softplus, .relu, .silu, .gelu]

  private static let special: [Operation] = [
    .erf, .erfc, .erfinv, .gamma, .lgamma, .digamma, .polygamma,
  ]
}
