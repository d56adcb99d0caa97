package import GraphIR

extension Operation {
  /// The operations that work element by element.
  package static let elementwise: [Operation] = arithmetic + logic + functions

  private static let arithmetic: [Operation] = [
    .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .power, .negate, .abs, .sign,
    .maximum, .minimum, .convert,
  ]

  private static let logic: [Operation] = [
    .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .and, .or, .not, .select,
  ]

  private static let functions: [Operation] = [.exp, .log, .sqrt]
}
