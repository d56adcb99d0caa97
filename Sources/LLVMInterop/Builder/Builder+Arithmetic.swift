import CLLVM

/// Integers and vectors of them.
extension Builder {
  /// a + b.
  package func add(
    _ a: IRValue, _ b: IRValue, noWrap: NoWrap = [], name: String = ""
  ) -> IRValue {
    marked(LLVMBuildAdd(ref, a.ref, b.ref, name), noWrap)
  }

  /// a − b.
  package func sub(
    _ a: IRValue, _ b: IRValue, noWrap: NoWrap = [], name: String = ""
  ) -> IRValue {
    marked(LLVMBuildSub(ref, a.ref, b.ref, name), noWrap)
  }

  /// a · b.
  package func mul(
    _ a: IRValue, _ b: IRValue, noWrap: NoWrap = [], name: String = ""
  ) -> IRValue {
    marked(LLVMBuildMul(ref, a.ref, b.ref, name), noWrap)
  }

  /// −a.
  package func neg(_ a: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildNeg(ref, a.ref, name))
  }

  /// a / b of signed numbers, rounded towards zero.
  ///
  /// - Requires: `b` is not zero, and the quotient fits; else the behaviour is undefined.
  package func sdiv(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildSDiv(ref, a.ref, b.ref, name))
  }

  /// a / b of unsigned numbers, rounded down.
  ///
  /// - Requires: `b` is not zero; else the behaviour is undefined.
  package func udiv(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildUDiv(ref, a.ref, b.ref, name))
  }

  /// The remainder of a / b of signed numbers, with the sign of `a`.
  ///
  /// - Requires: `b` is not zero, and the quotient fits; else the behaviour is undefined.
  package func srem(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildSRem(ref, a.ref, b.ref, name))
  }

  /// The remainder of a / b of unsigned numbers.
  ///
  /// - Requires: `b` is not zero; else the behaviour is undefined.
  package func urem(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildURem(ref, a.ref, b.ref, name))
  }

  /// The bits moved up by `b`, which is less than the width.
  package func shl(
    _ a: IRValue, _ b: IRValue, noWrap: NoWrap = [], name: String = ""
  ) -> IRValue {
    marked(LLVMBuildShl(ref, a.ref, b.ref, name), noWrap)
  }

  /// The bits moved down by `b`, which is less than the width; zeros come in.
  package func lshr(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildLShr(ref, a.ref, b.ref, name))
  }

  /// The bits moved down by `b`, which is less than the width; the sign comes in.
  package func ashr(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildAShr(ref, a.ref, b.ref, name))
  }

  /// The bits that are set in both.
  package func and(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildAnd(ref, a.ref, b.ref, name))
  }

  /// The bits that are set in either.
  package func or(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildOr(ref, a.ref, b.ref, name))
  }

  /// The bits that are set in one of the two.
  package func xor(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildXor(ref, a.ref, b.ref, name))
  }

  /// All bits flipped.
  package func not(_ a: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildNot(ref, a.ref, name))
  }

  /// Puts the flags on a new instruction; a folded constant has none.
  private func marked(_ value: LLVMValueRef, _ noWrap: NoWrap) -> IRValue {
    guard !noWrap.isEmpty, LLVMIsAInstruction(value) != nil else { return IRValue(value) }
    if noWrap.contains(.signed) { LLVMSetNSW(value, 1) }
    if noWrap.contains(.unsigned) { LLVMSetNUW(value, 1) }
    return IRValue(value)
  }
}

/// Floating-point numbers and vectors of them.
extension Builder {
  /// a + b.
  package func fadd(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    flagged(LLVMBuildFAdd(ref, a.ref, b.ref, name))
  }

  /// a − b.
  package func fsub(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    flagged(LLVMBuildFSub(ref, a.ref, b.ref, name))
  }

  /// a · b.
  package func fmul(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    flagged(LLVMBuildFMul(ref, a.ref, b.ref, name))
  }

  /// a / b.
  package func fdiv(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    flagged(LLVMBuildFDiv(ref, a.ref, b.ref, name))
  }

  /// The remainder of a / b, with the sign of `a`, as `fmod` gives it.
  package func frem(_ a: IRValue, _ b: IRValue, name: String = "") -> IRValue {
    flagged(LLVMBuildFRem(ref, a.ref, b.ref, name))
  }

  /// −a, which flips the sign bit of NaN too.
  package func fneg(_ a: IRValue, name: String = "") -> IRValue {
    flagged(LLVMBuildFNeg(ref, a.ref, name))
  }
}

/// Comparison and choice.
extension Builder {
  /// Compares integers or pointers.
  package func icmp(
    _ predicate: IntPredicate, _ a: IRValue, _ b: IRValue, name: String = ""
  ) -> IRValue {
    IRValue(LLVMBuildICmp(ref, predicate.raw, a.ref, b.ref, name))
  }

  /// Compares floating-point numbers.
  package func fcmp(
    _ predicate: FloatPredicate, _ a: IRValue, _ b: IRValue, name: String = ""
  ) -> IRValue {
    flagged(LLVMBuildFCmp(ref, predicate.raw, a.ref, b.ref, name))
  }

  /// `a` where the condition holds, or else `b`; both are computed.
  package func select(
    _ condition: IRValue, _ a: IRValue, _ b: IRValue, name: String = ""
  ) -> IRValue {
    flagged(LLVMBuildSelect(ref, condition.ref, a.ref, b.ref, name))
  }

  /// Whether a pointer is null.
  package func isNull(_ pointer: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildIsNull(ref, pointer.ref, name))
  }

  /// Stops poison from spreading: some fixed value in its place.
  package func freeze(_ a: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildFreeze(ref, a.ref, name))
  }
}
