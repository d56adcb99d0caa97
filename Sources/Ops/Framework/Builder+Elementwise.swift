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
  package mutating func exp2(_ x: Value) -> Value { emit(.exp2, [x]) }
  package mutating func expm1(_ x: Value) -> Value { emit(.expm1, [x]) }
  package mutating func log(_ x: Value) -> Value { emit(.log, [x]) }
  package mutating func log2(_ x: Value) -> Value { emit(.log2, [x]) }
  package mutating func log10(_ x: Value) -> Value { emit(.log10, [x]) }
  package mutating func log1p(_ x: Value) -> Value { emit(.log1p, [x]) }
  package mutating func sqrt(_ x: Value) -> Value { emit(.sqrt, [x]) }
  package mutating func rsqrt(_ x: Value) -> Value { emit(.rsqrt, [x]) }
  package mutating func cbrt(_ x: Value) -> Value { emit(.cbrt, [x]) }
  package mutating func square(_ x: Value) -> Value { emit(.square, [x]) }
  package mutating func reciprocal(_ x: Value) -> Value { emit(.reciprocal, [x]) }
  package mutating func sin(_ x: Value) -> Value { emit(.sin, [x]) }
  package mutating func cos(_ x: Value) -> Value { emit(.cos, [x]) }
  package mutating func tan(_ x: Value) -> Value { emit(.tan, [x]) }
  package mutating func asin(_ x: Value) -> Value { emit(.asin, [x]) }
  package mutating func acos(_ x: Value) -> Value { emit(.acos, [x]) }
  package mutating func atan(_ x: Value) -> Value { emit(.atan, [x]) }
  package mutating func sinh(_ x: Value) -> Value { emit(.sinh, [x]) }
  package mutating func cosh(_ x: Value) -> Value { emit(.cosh, [x]) }
  package mutating func tanh(_ x: Value) -> Value { emit(.tanh, [x]) }
  package mutating func asinh(_ x: Value) -> Value { emit(.asinh, [x]) }
  package mutating func acosh(_ x: Value) -> Value { emit(.acosh, [x]) }
  package mutating func atanh(_ x: Value) -> Value { emit(.atanh, [x]) }
  package mutating func sigmoid(_ x: Value) -> Value { emit(.sigmoid, [x]) }
  package mutating func softplus(_ x: Value) -> Value { emit(.softplus, [x]) }
  package mutating func relu(_ x: Value) -> Value { emit(.relu, [x]) }
  package mutating func gelu(_ x: Value) -> Value { emit(.gelu, [x]) }
  package mutating func silu(_ x: Value) -> Value { emit(.silu, [x]) }
  package mutating func erf(_ x: Value) -> Value { emit(.erf, [x]) }
  package mutating func erfc(_ x: Value) -> Value { emit(.erfc, [x]) }
  package mutating func erfinv(_ x: Value) -> Value { emit(.erfinv, [x]) }
  package mutating func gamma(_ x: Value) -> Value { emit(.gamma, [x]) }
  package mutating func lgamma(_ x: Value) -> Value { emit(.lgamma, [x]) }
  package mutating func digamma(_ x: Value) -> Value { emit(.digamma, [x]) }
  package mutating func floor(_ x: Value) -> Value { emit(.floor, [x]) }
  package mutating func ceil(_ x: Value) -> Value { emit(.ceil, [x]) }
  package mutating func round(_ x: Value) -> Value { emit(.round, [x]) }
  package mutating func trunc(_ x: Value) -> Value { emit(.trunc, [x]) }
  package mutating func isnan(_ x: Value) -> Value { emit(.isnan, [x]) }
  package mutating func isinf(_ x: Value) -> Value { emit(.isinf, [x]) }
  package mutating func isfinite(_ x: Value) -> Value { emit(.isfinite, [x]) }
  package mutating func atan2(_ a: Value, _ b: Value) -> Value { emit(.atan2, [a, b]) }
  package mutating func hypot(_ a: Value, _ b: Value) -> Value { emit(.hypot, [a, b]) }
  package mutating func copysign(_ a: Value, _ b: Value) -> Value { emit(.copysign, [a, b]) }
  package mutating func fmod(_ a: Value, _ b: Value) -> Value { emit(.fmod, [a, b]) }
  package mutating func logaddexp(_ a: Value, _ b: Value) -> Value { emit(.logaddexp, [a, b]) }
  package mutating func shiftLeft(_ a: Value, _ b: Value) -> Value { emit(.shiftLeft, [a, b]) }
  package mutating func shiftRight(_ a: Value, _ b: Value) -> Value { emit(.shiftRight, [a, b]) }
  package mutating func bitAnd(_ a: Value, _ b: Value) -> Value { emit(.bitAnd, [a, b]) }
  package mutating func bitOr(_ a: Value, _ b: Value) -> Value { emit(.bitOr, [a, b]) }
  package mutating func bitXor(_ a: Value, _ b: Value) -> Value { emit(.bitXor, [a, b]) }
  package mutating func bitNot(_ x: Value) -> Value { emit(.bitNot, [x]) }

  /// `min(max(x, low), high)`.
  package mutating func clip(_ x: Value, _ low: Value, _ high: Value) -> Value {
    emit(.clip, [x, low, high])
  }

  /// The derivative of `digamma` of an order of 1 or more.
  package mutating func polygamma(_ order: Int, _ x: Value) -> Value {
    emit(.polygamma, [x], .integer(order))
  }
}
