import GraphIR
import Support

/// What an expression means.
///
/// Weak ones take the type of what they meet; each case but `value` is weak.
enum Meaning: Sendable {
  /// Nothing: an error has been reported.
  case invalid
  /// An integer that is known as a size: an integer literal, a symbol, or what `+ - * //` make of
  /// them.
  case size(Dim)
  /// A floating literal.
  case number(Double)
  /// An array of literals.
  case array(ArrayLiteral)
  /// A value of the graph.
  case value(Value, isWeak: Bool)

  var isInvalid: Bool { self == .invalid }

  /// An integer literal.
  static func integer(_ value: Int) -> Meaning { .size(Dim(value)) }

  /// A scalar literal.
  var literal: Literal? {
    switch self {
    case .size(let dim): dim.constant.map { .int(Int64($0)) }
    case .number(let value): .float(value)
    case .invalid, .array, .value: nil
    }
  }
}

extension Meaning: Hashable {
  /// Equal as arguments: a NaN is itself, and -0 is not 0.
  static func == (a: Meaning, b: Meaning) -> Bool {
    switch (a, b) {
    case (.invalid, .invalid): true
    case (.size(let x), .size(let y)): x == y
    case (.number(let x), .number(let y)): x.bitPattern == y.bitPattern
    case (.array(let x), .array(let y)): x == y
    case (.value(let x, let isWeak), .value(let y, let isOtherWeak)):
      x == y && isWeak == isOtherWeak
    case (.invalid, _), (.size, _), (.number, _), (.array, _), (.value, _): false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch self {
    case .invalid: break
    case .size(let dim): hasher.combine(dim)
    case .number(let value): hasher.combine(value.bitPattern)
    case .array(let array): hasher.combine(array)
    case .value(let value, let isWeak):
      hasher.combine(value)
      hasher.combine(isWeak)
    }
  }
}

/// An array of integer or floating literals; identity is the object's.
final class ArrayLiteral: Sendable {
  /// The elements as `i64` or `f64`.
  let tensor: Tensor

  init(_ tensor: Tensor) { self.tensor = tensor }
}

extension ArrayLiteral: Hashable {
  static func == (a: ArrayLiteral, b: ArrayLiteral) -> Bool { a === b }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
