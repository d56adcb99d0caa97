/// The value of a scalar constant.
///
/// A constant of a floating type may hold an `int`: it is printed as the user wrote it, `2` and not
/// `2.0`. Its value is the same; folding turns it into a `float`.
package enum Literal: Hashable, Sendable {
  case bool(Bool)
  /// An integer; the bit pattern of one of type `u64`.
  case int(Int64)
  case float(Double)

  /// The value as a floating number.
  package var double: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .float(let value): value
    }
  }

  /// Equal as constants: NaN is itself, and -0 is not 0.
  package static func == (a: Literal, b: Literal) -> Bool {
    switch (a, b) {
    case (.bool(let x), .bool(let y)): x == y
    case (.int(let x), .int(let y)): x == y
    case (.float(let x), .float(let y)): x.bitPattern == y.bitPattern
    case (.bool, _), (.int, _), (.float, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.bitPattern)
    }
  }
}

extension Literal {
  /// The value in as many digits as tell it from other numbers of a type.
  package func description(as dtype: DType) -> String {
    if case .float(let value) = self, value.isFinite, dtype.arithmetic == .f32 {
      return Float(value).description
    }
    return description
  }
}

extension Literal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .float(let value):
      if value.isNaN { "nan" } else if value.isInfinite { value < 0 ? "-inf" : "inf" } else {
        value.description
      }
    }
  }
}
