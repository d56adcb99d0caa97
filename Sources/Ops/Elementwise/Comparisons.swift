package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `a == b`; false for NaN.
  package static let equal: Operation = .comparison(
    "equal", "==", .equal, isCommutative: true, floats: { $0 == $1 }, integers: { $0 == $1 })

  /// `a != b`; true for NaN.
  package static let notEqual: Operation = .comparison(
    "not_equal", "!=", .notEqual, isCommutative: true, floats: { $0 != $1 },
    integers: { $0 != $1 })

  /// `a < b`; false for NaN.
  package static let less: Operation = .comparison(
    "less", "<", .less, floats: { $0 < $1 }, integers: { $0 < $1 })

  /// `a <= b`; false for NaN.
  package static let lessEqual: Operation = .comparison(
    "less_equal", "<=", .lessEqual, floats: { $0 <= $1 }, integers: { $0 <= $1 })

  /// `a > b`; false for NaN.
  package static let greater: Operation = .comparison(
    "greater", ">", .greater, floats: { $0 > $1 }, integers: { $0 > $1 })

  /// `a >= b`; false for NaN.
  package static let greaterEqual: Operation = .comparison(
    "greater_equal", ">=", .greaterEqual, floats: { $0 >= $1 }, integers: { $0 >= $1 })

  /// A comparison of two numbers, or of two truth values where `true` is above `false`.
  private static func comparison(
    _ name: String, _ symbol: String, _ comparison: Comparison, isCommutative: Bool = false,
    floats: @escaping @Sendable (Double, Double) -> Bool,
    integers: @escaping @Sendable (Int64, Int64) -> Bool
  ) -> Operation {
    pointwise(
      name, operands: 2, of: .all, result: { _ in .bool }, derivative: .zero,
      reference: .predicate(
        floats: { floats($0[0], $0[1]) },
        integers: { integers($0.ordered($1[0]), $0.ordered($1[1])) }),
      domains: [.interval(-2, 2), .interval(-2, 2)], notation: .infix(symbol),
      isCommutative: isCommutative
    ) { b, c in
      let (x, y) = (c.operands[0], c.operands[1])
      return c.operandTypes[0] == .bool
        ? b.compareTruth(comparison, x, y) : b.compare(comparison, x, y)
    }
  }
}

extension LoopBuilder {
  /// A comparison of truth values, by logic alone.
  fileprivate mutating func compareTruth(
    _ comparison: Comparison, _ a: ScalarID, _ b: ScalarID
  ) -> ScalarID {
    switch comparison {
    case .equal: unary(.not, binary(.xor, a, b))
    case .notEqual: binary(.xor, a, b)
    case .less: binary(.and, unary(.not, a), b)
    case .lessEqual: binary(.or, unary(.not, a), b)
    case .greater: binary(.and, a, unary(.not, b))
    case .greaterEqual: binary(.or, a, unary(.not, b))
    }
  }
}
