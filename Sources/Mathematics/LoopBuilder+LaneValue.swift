package import LoopIR

/// What code of our own gives for a function of libm.
package struct LaneValue: Sendable {
  /// The value, where the code serves.
  package var value: ScalarID
  /// Whether it serves; nil for code that serves every argument.
  package var isServed: ScalarID?

  package init(_ value: ScalarID, isServed: ScalarID? = nil) {
    self.value = value
    self.isServed = isServed
  }
}

extension LibraryFunction {
  /// Whether there is code of our own that computes the function without branches, and so in as
  /// many lanes as its operands have; `laneValue` appends it.
  package var hasLaneCode: Bool {
    switch self {
    case .sin, .cos, .tan, .asin, .acos, .atan, .atan2, .asinh, .acosh, .atanh, .log10, .cbrt,
      .tgamma:
      true
    case .exp, .exp2, .expm1, .log, .log2, .log1p, .sinh, .cosh, .tanh, .erf, .erfc, .lgamma,
      .pow, .hypot, .fmod:
      false
    }
  }
}

extension LoopBuilder {
  /// Appends code of our own for a function of libm: for every argument, or without those that are
  /// rare and hard.
  ///
  /// - Requires: There is some.
  package mutating func laneValue(
    _ function: LibraryFunction, _ operands: [ScalarID], everywhere: Bool
  ) -> LaneValue {
    switch function {
    case .sin: laneSin(operands[0], everywhere: everywhere)
    case .cos: laneCos(operands[0], everywhere: everywhere)
    case .tan: laneTan(operands[0], everywhere: everywhere)
    case .asin: LaneValue(mathAsin(operands[0]))
    case .acos: LaneValue(mathAcos(operands[0]))
    case .atan: LaneValue(mathAtan(operands[0]))
    case .atan2: LaneValue(mathAtan2(operands[0], operands[1]))
    case .asinh: LaneValue(mathAsinh(operands[0]))
    case .acosh: LaneValue(mathAcosh(operands[0]))
    case .atanh: LaneValue(mathAtanh(operands[0]))
    case .log10: LaneValue(mathLog10(operands[0]))
    case .cbrt: LaneValue(mathCbrt(operands[0]))
    case .tgamma: LaneValue(mathTgamma(operands[0]))
    case .exp, .exp2, .expm1, .log, .log2, .log1p, .sinh, .cosh, .tanh, .erf, .erfc, .lgamma,
      .pow, .hypot, .fmod:
      preconditionFailure("'\(function.rawValue)' has no code of our own")
    }
  }
}
