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

  /// The operations that make, one after the other, of the operand what the derivative asks for and
  /// what costs next to nothing beside the result: s(−x) beside s(x), where both are quotients of
  /// the same exponential, and the other one of sine and cosine.
  package var companion: [Operation] {
    if self == .sigmoid { return [.negate, .sigmoid] }
    if self == .sin { return [.cos] }
    return self == .cos ? [.sin] : []
  }
}
