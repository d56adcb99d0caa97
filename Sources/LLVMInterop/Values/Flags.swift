import CLLVM

/// What an instruction on floating-point numbers may take for granted.
package struct FastMath: OptionSet, Hashable, Sendable {
  /// The flags as bits.
  package let rawValue: UInt32
  /// Flags from their bits.
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Sums and products may be taken in another order.
  package static let reassociate = FastMath(rawValue: 1 << 0)
  /// No operand and no result is NaN.
  package static let noNaNs = FastMath(rawValue: 1 << 1)
  /// No operand and no result is infinite.
  package static let noInfinities = FastMath(rawValue: 1 << 2)
  /// The sign of a zero does not matter.
  package static let noSignedZeros = FastMath(rawValue: 1 << 3)
  /// A division may become a product with the reciprocal.
  package static let allowReciprocal = FastMath(rawValue: 1 << 4)
  /// A product and a sum may become one fused instruction.
  package static let contract = FastMath(rawValue: 1 << 5)
  /// Functions may be replaced by less accurate ones.
  package static let approximateFunctions = FastMath(rawValue: 1 << 6)
}

/// What an instruction on integers takes for granted: overflow makes the result poison.
package struct NoWrap: OptionSet, Hashable, Sendable {
  /// The flags as bits.
  package let rawValue: UInt8
  /// Flags from their bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// As signed numbers.
  package static let signed = NoWrap(rawValue: 1)
  /// As unsigned numbers.
  package static let unsigned = NoWrap(rawValue: 2)
}

/// A comparison of integers or pointers.
package enum IntPredicate: UInt32, Hashable, Sendable {
  /// Equal.
  case eq = 32
  /// Not equal; then greater and less, of unsigned (`u…`) and of signed (`s…`) numbers.
  case ne, ugt, uge, ult, ule, sgt, sge, slt, sle

  /// LLVM's word for it.
  var raw: LLVMIntPredicate { LLVMIntPredicate(rawValue: rawValue) }
}

/// A comparison of floating-point numbers: `o…` is false on NaN, `u…` is true on NaN.
package enum FloatPredicate: UInt32, Hashable, Sendable {
  /// Equal.
  case oeq = 1
  /// The others; `ord` and `uno` tell whether no operand or some operand is NaN.
  case ogt, oge, olt, ole, one, ord, uno, ueq, ugt, uge, ult, ule, une

  /// LLVM's word for it.
  var raw: LLVMRealPredicate { LLVMRealPredicate(rawValue: rawValue) }
}
