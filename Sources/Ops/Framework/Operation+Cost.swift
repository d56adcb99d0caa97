package import GraphIR

extension Operation {
  /// Elementwise functions of a few instructions, which cost no more than a buffer that holds their
  /// result.
  private static let cheap: Set<Operation> = [
    .add, .subtract, .multiply, .negate, .abs, .sign, .square, .maximum, .minimum, .clip, .copy,
    .select, .convert, .and, .or, .not, .equal, .notEqual, .less, .lessEqual, .greater,
    .greaterEqual, .bitAnd, .bitOr, .bitXor, .bitNot, .shiftLeft, .shiftRight, .isnan, .isinf,
    .isfinite, .relu, .copysign,
  ]

  /// Whether the operation is an elementwise function that takes more time than the reading of its
  /// result.
  package var isCostlyPointwise: Bool {
    isPointwise && !Operation.cheap.contains(self)
  }
}
