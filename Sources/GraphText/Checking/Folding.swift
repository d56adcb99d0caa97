import Support

/// Arithmetic on literals, which is done while the text is read.
enum Folding {
  /// The result of an operator on two literals; nil where it is left to the graph.
  static func combine(_ operation: BinaryOperator, _ a: Literal, _ b: Literal) -> Literal? {
    switch (a, b) {
    case (.int(let x), .int(let y)) where operation != .divide: integers(operation, x, y)
    case (.bool, _), (_, .bool): nil
    case (.int, _), (.float, _): floats(operation, a.double, b.double)
    }
  }

  /// The negative of a literal; nil where it is left to the graph.
  static func negated(_ a: Literal) -> Literal? {
    switch a {
    case .int(let value): value == .min ? nil : .int(-value)
    case .float(let value): .float(-value)
    case .bool: nil
    }
  }

  /// An integer to a power; nil where that is negative or the result does not fit.
  static func power(_ base: Int, _ exponent: Int) -> Int? {
    guard exponent >= 0 else { return nil }
    // Of -1, 0 and 1 any power fits, of others none from 64 on.
    let isSmall = base.magnitude <= 1
    guard exponent < 64 || isSmall else { return nil }
    var result = 1
    for _ in 0..<(isSmall ? min(exponent, 2 + exponent % 2) : exponent) {
      let (product, isLarge) = result.multipliedReportingOverflow(by: base)
      if isLarge { return nil }
      result = product
    }
    return result
  }

  private static func integers(_ operation: BinaryOperator, _ x: Int64, _ y: Int64) -> Literal? {
    let result: (partialValue: Int64, overflow: Bool)
    switch operation {
    case .add: result = x.addingReportingOverflow(y)
    case .subtract: result = x.subtractingReportingOverflow(y)
    case .multiply: result = x.multipliedReportingOverflow(by: y)
    case .floorDivide: result = y == 0 ? (0, false) : x.dividedReportingOverflow(by: y)
    case .remainder: result = y == 0 ? (0, false) : x.remainderReportingOverflow(dividingBy: y)
    case .or, .and, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .divide,
      .matrixMultiply:
      return nil
    }
    if result.overflow { return nil }
    guard operation == .floorDivide || operation == .remainder, y != 0 else {
      return .int(result.partialValue)
    }
    // Towards the floor, and with the sign of the divisor.
    let isShifted = x % y != 0 && (x < 0) != (y < 0)
    if !isShifted { return .int(result.partialValue) }
    return .int(operation == .floorDivide ? result.partialValue - 1 : result.partialValue + y)
  }

  private static func floats(_ operation: BinaryOperator, _ x: Double, _ y: Double) -> Literal? {
    switch operation {
    case .add: .float(x + y)
    case .subtract: .float(x - y)
    case .multiply: .float(x * y)
    case .divide: .float(x / y)
    case .or, .and, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .floorDivide,
      .remainder, .matrixMultiply:
      nil
    }
  }
}
