package import GraphIR

extension Operation {
  /// The operations that work element by element.
  package static let elementwise: [Operation] =
    arithmetic + logic + bits + roundings + exponentials + trigonometry + activations + special

  /// Arithmetic on numbers of any type.
  private static let arithmetic: [Operation] = [
    .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .fmod, .power, .negate, .abs,
    .sign, .copysign, .maximum, .minimum, .clip, .square, .reciprocal, .convert,
  ]

  /// Operations that give or take truth values.
  private static let logic: [Operation] = [
    .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .and, .or, .not, .select,
    .isnan, .isinf, .isfinite,
  ]

  /// Operations on the bits of integers.
  private static let bits: [Operation] = [
    .bitAnd, .bitOr, .bitXor, .bitNot, .shiftLeft, .shiftRight,
  ]

  /// Roundings to whole numbers.
  private static let roundings: [Operation] = [.floor, .ceil, .round, .trunc]

  /// Exponentials, logarithms and roots.
  private static let exponentials: [Operation] = [
    .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .logaddexp, .sqrt, .rsqrt, .cbrt, .hypot,
  ]

  /// Functions of angles, and their hyperbolic kin.
  private static let trigonometry: [Operation] = [
    .sin, .cos, .tan, .asin, .acos, .atan, .atan2, .sinh, .cosh, .tanh, .tanhSlope, .asinh,
    .acosh, .atanh,
  ]

  /// Functions that nets put between layers.
  private static let activations: [Operation] = [
    .sigmoid, .sigmoidSlope, .softplus, .relu, .silu, .gelu,
  ]

  /// The error function, Γ, and what follows from them.
  private static let special: [Operation] = [
    .erf, .erfc, .erfinv, .logErfc, .erfcHazard, .log1mexp, .gamma, .lgamma, .digamma,
    .polygamma,
  ]
}
