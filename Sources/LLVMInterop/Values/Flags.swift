import CLLVM

/// What an instruction on floating-point numbers may take for granted.
package struct FastMath: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let reassociate = FastMath(rawValue: 1 << 0)
  package static let noNaNs = FastMath(rawValue: 1 << 1)
  package static let noInfinities = FastMath(rawValue: 1 << 2)
  package static let noSignedZeros = FastMath(rawValue: 1 << 3)
  package static let allowReciprocal = FastMath(rawValue: 1 << 4)
  /// A product and a sum may become one fused instruction.
  package static let contract = FastMath(rawValue: 1 << 5)
  package static let approximateFunctions = FastMath(rawValue: 1 << 6)
}

/// What an instruction on integers takes for granted: overflow makes the result poison.
package struct NoWrap: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let signed = NoWrap(rawValue: 1)
  package static let unsigned = NoWrap(rawValue: 2)
}

/// A comparison of integers or pointers.
package enum IntPredicate: UInt32, Hashable, Sendable {
  case eq = 32
  case ne, ugt, uge, ult, ule, sgt, sge, slt, sle

  var raw: LLVMIntPredicate { LLVMIntPredicate(rawValue: rawValue) }
}

/// A comparison of floating-point numbers: `o…` is false on NaN, `u…` is true on NaN.
package enum FloatPredicate: UInt32, Hashable, Sendable {
  case oeq = 1
  case ogt, oge, olt, ole, one, ord, uno, ueq, ugt, uge, ult, ule, une

  var raw: LLVMRealPredicate { LLVMRealPredicate(rawValue: rawValue) }
}
