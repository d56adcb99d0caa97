/// An operator in front of its operand.
package enum UnaryOperator: String, Sendable, CaseIterable {
  case negate = "-"
  case not = "!"
}

/// A left-associative operator between two operands.
package enum BinaryOperator: String, Sendable, CaseIterable {
  case or = "||"
  case and = "&&"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case matrixMultiply = "@"

  /// How tightly it holds its operands together.
  package var precedence: Precedence {
    switch self {
    case .or: .or
    case .and: .and
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
    case .add, .subtract: .additive
    case .multiply, .divide, .floorDivide, .remainder, .matrixMultiply: .multiplicative
    }
  }
}

/// How tightly an expression holds together, loosest first.
package enum Precedence: Int, Comparable, Sendable {
  case conditional, or, and, comparison, additive, multiplicative, unary, power, postfix

  /// Whether `a` is looser than `b`.
  package static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }

  /// The next tighter level.
  var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .postfix }
}
