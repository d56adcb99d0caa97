package import Support

/// An operation on one value, lane by lane.
package enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
  case negate, abs, not, sqrt, floor, ceil, trunc, roundEven = "round_even"
}

/// An operation on two values of one type, lane by lane. Integer division is by a divisor that is
/// not 0, and truncates; shifts are by less than the width.
package enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, remainder
  /// NaN where either is NaN, and −0 below +0.
  case minimum, maximum
  case and, or, xor, shiftLeft = "shift_left", shiftRight = "shift_right"
  /// A logical shift to the right, whatever the sign of the type.
  case shiftRightLogical = "shift_right_logical"
  case copysign
  /// `a · 2ᵇ` of floats, for a whole number b, with one rounding; the greatest power has as many bits
  /// again as the greatest exponent.
  case scale
}

/// A comparison; floating ones are ordered (false for NaN), but `notEqual`, which is not.
package enum Comparison: String, Hashable, Sendable, CaseIterable {
  case equal, notEqual = "not_equal", less, lessEqual = "less_equal", greater
  case greaterEqual = "greater_equal"
}

/// A function of the C library that emitted code may call, for `f32` (with an `f` behind its name)
/// and `f64`.
package enum LibraryFunction: String, Hashable, Sendable, CaseIterable {
  case exp, exp2, expm1, log, log2, log10, log1p, cbrt, sin, cos, tan, asin, acos, atan, sinh, cosh
  case tanh, asinh, acosh, atanh, erf, erfc, tgamma, lgamma, pow, atan2, hypot, fmod
}

/// What a scalar is computed by.
package enum Instruction: Hashable, Sendable {
  /// A literal of the scalar's type.
  case constant(Literal)
  /// A size.
  case dim(Dim)
  /// The variable of a loop that encloses it; in a lane loop, one value for each lane.
  case loopVariable(LoopID)
  /// An affine expression.
  case index(Index)
  /// Whether the caller gave a pointer for the result of that number.
  case isWanted(Int)
  case unary(UnaryOperation, ScalarID)
  case binary(BinaryOperation, ScalarID, ScalarID)
  case compare(Comparison, ScalarID, ScalarID)
  /// `a * b + c` with one rounding, where the target has it; else with two.
  case multiplyAdd(ScalarID, ScalarID, ScalarID)
  case select(ScalarID, ScalarID, ScalarID)
  /// A number of another type: float to integer truncates, saturates, and sends NaN to 0.
  case convert(ScalarID)
  /// The same bits as another type of the same width.
  case bitcast(ScalarID)
  case call(LibraryFunction, [ScalarID])
  /// An element of a buffer; where a mask is given and false, nothing is read and the value is 0.
  case load(Access, mask: ScalarID?)
  /// The value that a loop carries: on entry of a turn, or behind the loop.
  case carried(LoopID, Int)
  case loopResult(LoopID, Int)
  /// One value of all lanes: sum, product, least, greatest, and, or.
  case acrossLanes(BinaryOperation, ScalarID)
  /// The same value in every lane.
  case splat(ScalarID)
  /// A step of a reduction that a loop carries: like `binary`, but the order of the steps is free,
  /// so that they may go in several lanes and accumulators.
  case accumulate(BinaryOperation, ScalarID, ScalarID)
  /// An `f32` rounded to the nearest number of a half type, ties to even; still an `f32`.
  case round(ScalarID, to: DType)
}

/// A scalar: its type and what computes it.
package struct Scalar: Hashable, Sendable {
  package var type: ScalarType
  package var instruction: Instruction
  package var site: Site

  package init(type: ScalarType, instruction: Instruction, site: Site) {
    self.type = type
    self.instruction = instruction
    self.site = site
  }
}

extension Instruction {
  /// The scalars that it uses.
  package var operands: [ScalarID] {
    var operands: [ScalarID] = []
    forEachOperand { operands.append($0) }
    return operands
  }

  /// Calls `visit` for every scalar that it uses.
  package func forEachOperand<E: Error>(_ visit: (ScalarID) throws(E) -> Void) throws(E) {
    switch self {
    case .constant, .dim, .loopVariable, .isWanted, .carried, .loopResult: break
    case .index(let index): for term in index.scalars { try visit(term.variable) }
    case .unary(_, let a), .convert(let a), .bitcast(let a), .acrossLanes(_, let a), .splat(let a),
      .round(let a, _):
      try visit(a)
    case .binary(_, let a, let b), .compare(_, let a, let b), .accumulate(_, let a, let b):
      try visit(a)
      try visit(b)
    case .multiplyAdd(let a, let b, let c), .select(let a, let b, let c):
      try visit(a)
      try visit(b)
      try visit(c)
    case .call(_, let arguments): for argument in arguments { try visit(argument) }
    case .load(let access, let mask):
      for index in access.indices { for term in index.scalars { try visit(term.variable) } }
      if let mask { try visit(mask) }
    }
  }
}
