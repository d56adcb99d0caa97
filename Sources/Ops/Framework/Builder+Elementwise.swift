package import GraphIR
package import Support

/// Shorthands for elementwise operations; operands have one type and broadcast.
extension Builder {
  package mutating func subtract(_ a: Value, _ b: Value) -> Value { emit(.subtract, [a, b]) }
  package mutating func divide(_ a: Value, _ b: Value) -> Value { emit(.divide, [a, b]) }
  package mutating func negate(_ a: Value) -> Value { emit(.negate, [a]) }
  package mutating func power(_ a: Value, _ b: Value) -> Value { emit(.power, [a, b]) }
  package mutating func floorDivide(_ a: Value, _ b: Value) -> Value {
    emit(.floorDivide, [a, b])
  }
  package mutating func modulo(_ a: Value, _ b: Value) -> Value { emit(.modulo, [a, b]) }
  package mutating func maximum(_ a: Value, _ b: Value) -> Value { emit(.maximum, [a, b]) }
  package mutating func minimum(_ a: Value, _ b: Value) -> Value { emit(.minimum, [a, b]) }

  package mutating func equal(_ a: Value, _ b: Value) -> Value { emit(.equal, [a, b]) }
  package mutating func notEqual(_ a: Value, _ b: Value) -> Value { emit(.notEqual, [a, b]) }
  package mutating func less(_ a: Value, _ b: Value) -> Value { emit(.less, [a, b]) }
  package mutating func lessEqual(_ a: Value, _ b: Value) -> Value { emit(.lessEqual, [a, b]) }
  package mutating func greater(_ a: Value, _ b: Value) -> Value { emit(.greater, [a, b]) }
  package mutating func greaterEqual(_ a: Value, _ b: Value) -> Value {
    emit(.greaterEqual, [a, b])
  }

  package mutating func and(_ a: Value, _ b: Value) -> Value { emit(.and, [a, b]) }
  package mutating func or(_ a: Value, _ b: Value) -> Value { emit(.or, [a, b]) }
  package mutating func not(_ a: Value) -> Value { emit(.not, [a]) }

  /// `a` where the condition holds, else `b`.
  package mutating func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    emit(.select, [condition, a, b])
  }

  /// The value as another type, unless it has it.
  package mutating func convert(_ value: Value, to dtype: DType) -> Value {
    self.dtype(value) == dtype ? value : emit(.convert, [value], .dtype(dtype))
  }

  package mutating func abs(_ x: Value) -> Value { emit(.abs, [x]) }
  package mutating func sign(_ x: Value) -> Value { emit(.sign, [x]) }
  package mutating func exp(_ x: Value) -> Value { emit(.exp, [x]) }
  package mutating func log(_ x: Value) -> Value { emit(.log, [x]) }
  package mutating func sqrt(_ x: Value) -> Value { emit(.sqrt, [x]) }
}
