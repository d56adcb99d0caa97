import GraphIR
import Ops
import Support

/// Shorthands for graphs of cases.
extension Builder {
  /// A constant of the type of a value; whole ones are spelled as integers.
  mutating func k(_ number: Double, _ like: Value) -> Value {
    if number == number.rounded(), number.magnitude < 1e6, number.sign == .plus || number != 0 {
      return literal(Int(number), like: like)
    }
    return literal(number, like: like)
  }

  mutating func square(of x: Value) -> Value { emit(.square, [x]) }
  mutating func reciprocal(of x: Value) -> Value { emit(.reciprocal, [x]) }
  mutating func truth(_ value: Bool) -> Value { literal(.bool(value), .bool) }
}
