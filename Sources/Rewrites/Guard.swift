import GraphIR
import Support

/// A condition of a rule beside the shape of its left side.
package struct Guard: Sendable {
  /// The condition in words, for the list of rules.
  package let text: String
  /// Whether it holds for a match.
  let holds: @Sendable (Rewriter, Bindings) -> Bool

  package init(_ text: String, _ holds: @escaping @Sendable (Rewriter, Bindings) -> Bool) {
    self.text = text
    self.holds = holds
  }

  /// Both.
  package static func && (a: Guard, b: Guard) -> Guard {
    Guard("\(a.text) and \(b.text)") { a.holds($0, $1) && b.holds($0, $1) }
  }
}

/// Conditions on the types of values.
extension Guard {
  /// The variable stands for floating numbers.
  package static func isFloat(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is floating") { $0.type($1[x]).dtype.isFloat }
  }

  /// The variable stands for numbers, not for `bool`.
  package static func isNumber(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is a number") { $0.type($1[x]).dtype != .bool }
  }

  /// The variable stands for integers.
  package static func isInteger(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is an integer") { $0.type($1[x]).dtype.isInteger }
  }

  /// The variable stands for numbers that may be negative.
  package static func isSigned(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is signed") { rewriter, bindings in
      let dtype = rewriter.type(bindings[x]).dtype
      return dtype.isFloat || dtype.isSigned
    }
  }

  /// The variable stands for truth values.
  package static func isBool(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is bool") { $0.type($1[x]).dtype == .bool }
  }

  /// The variable stands for integers or truth values.
  package static func isNotFloat(_ x: Pattern) -> Guard {
    let x = variable(x)
    return Guard("\(x.name) is not floating") { !$0.type($1[x]).dtype.isFloat }
  }

  /// The variable that a guard is about.
  static func variable(_ pattern: Pattern) -> Variable {
    guard let variable = pattern.variable else {
      preconditionFailure("a guard is about a variable, not \(pattern)")
    }
    return variable
  }
}
