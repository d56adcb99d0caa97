package import GraphIR

/// What the variables of a pattern stand for in one match.
package struct Bindings: Sendable {
  /// More variables than this has no rule.
  static let capacity = 8

  private var values = [Value?](repeating: nil, count: Bindings.capacity)
  private var attributes = [Attributes?](repeating: nil, count: Bindings.capacity)

  package init() {}

  /// The value that a variable stands for.
  ///
  /// - Requires: The left side has the variable.
  package subscript(_ variable: Variable) -> Value {
    guard let value = values[variable.index] else {
      preconditionFailure("'\(variable.name)' is not bound")
    }
    return value
  }

  /// The attributes that a variable stands for.
  ///
  /// - Requires: The left side has the variable.
  package subscript(_ variable: AttributeVariable) -> Attributes {
    guard let value = attributes[variable.index] else {
      preconditionFailure("'\(variable.name)' is not bound")
    }
    return value
  }

  /// Lets a variable stand for a value; false if it stands for another one already.
  mutating func bind(_ variable: Variable, _ value: Value) -> Bool {
    if let bound = values[variable.index] { return bound == value }
    values[variable.index] = value
    return true
  }

  /// Lets a variable stand for attributes; false if it stands for other ones already.
  mutating func bind(_ variable: AttributeVariable, _ value: Attributes) -> Bool {
    if let bound = attributes[variable.index] { return bound == value }
    attributes[variable.index] = value
    return true
  }

  /// Forgets everything.
  mutating func clear() {
    for index in 0..<Bindings.capacity {
      values[index] = nil
      attributes[index] = nil
    }
  }
}
