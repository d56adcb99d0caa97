import CLLVM

/// Conversions; each also lane by lane on vectors.
extension Builder {
  /// The low bits of an integer.
  package func trunc(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildTrunc(ref, a.ref, type.ref, name))
  }

  /// A wider integer, with zeros above.
  package func zext(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildZExt(ref, a.ref, type.ref, name))
  }

  /// A wider integer, with the sign above.
  package func sext(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildSExt(ref, a.ref, type.ref, name))
  }

  /// Integer to integer of any width, with the low bits kept.
  package func intCast(
    _ a: IRValue, to type: IRType, signed: Bool, name: String = ""
  ) -> IRValue {
    IRValue(LLVMBuildIntCast2(ref, a.ref, type.ref, signed ? 1 : 0, name))
  }

  /// A narrower floating-point number, rounded to nearest.
  package func fptrunc(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    flagged(LLVMBuildFPTrunc(ref, a.ref, type.ref, name))
  }

  /// A wider floating-point number of the same value.
  package func fpext(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    flagged(LLVMBuildFPExt(ref, a.ref, type.ref, name))
  }

  /// Rounds towards zero; poison where the result does not fit (`llvm.fptosi.sat` saturates).
  package func fptosi(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildFPToSI(ref, a.ref, type.ref, name))
  }

  /// Rounds towards zero; poison where the result does not fit (`llvm.fptoui.sat` saturates).
  package func fptoui(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildFPToUI(ref, a.ref, type.ref, name))
  }

  /// A signed integer as a floating-point number, rounded to nearest.
  package func sitofp(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildSIToFP(ref, a.ref, type.ref, name))
  }

  /// An unsigned integer as a floating-point number, rounded to nearest.
  package func uitofp(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildUIToFP(ref, a.ref, type.ref, name))
  }

  /// The same bits as another type of the same size.
  package func bitcast(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildBitCast(ref, a.ref, type.ref, name))
  }

  /// The address as an integer.
  package func ptrtoint(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildPtrToInt(ref, a.ref, type.ref, name))
  }

  /// An integer as an address.
  package func inttoptr(_ a: IRValue, to type: IRType, name: String = "") -> IRValue {
    IRValue(LLVMBuildIntToPtr(ref, a.ref, type.ref, name))
  }
}
