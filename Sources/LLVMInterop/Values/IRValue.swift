import CLLVM

/// A value of LLVM IR: a constant, a parameter, a global or the result of an instruction.
///
/// A handle that is valid as long as the module (for constants: the context) that it stands in.
package struct IRValue: Hashable {
  /// The handle.
  let ref: LLVMValueRef

  /// Wraps a handle.
  init(_ ref: LLVMValueRef) {
    self.ref = ref
  }

  /// Its type.
  package var type: IRType { IRType(LLVMTypeOf(ref)) }
  /// Whether it is known at compile time.
  package var isConstant: Bool { LLVMIsConstant(ref) != 0 }
  /// Whether it is computed by an instruction.
  package var isInstruction: Bool { LLVMIsAInstruction(ref) != nil }

  /// The name that the value has in printed IR; it may be empty.
  package var name: String {
    get {
      var count = 0
      guard let start = LLVMGetValueName2(ref, &count) else { return "" }
      let bytes = UnsafeRawBufferPointer(start: start, count: count)
      return String(decoding: bytes, as: UTF8.self)
    }
    nonmutating set {
      LLVMSetValueName2(ref, newValue, newValue.utf8.count)
    }
  }

  /// The number of its uses in instructions.
  package var instructionUses: Int {
    var count = 0
    var next = LLVMGetFirstUse(ref)
    while let use = next {
      if LLVMIsAInstruction(LLVMGetUser(use)) != nil { count += 1 }
      next = LLVMGetNextUse(use)
    }
    return count
  }

  /// Puts `other` in the place of this value in all its uses.
  package func replaceAllUses(with other: IRValue) {
    LLVMReplaceAllUsesWith(ref, other.ref)
  }

  /// The value of an integer constant, sign-extended; nil for anything else.
  package var constantInteger: Int64? {
    guard let constant = LLVMIsAConstantInt(ref), type.integerBits <= 64 else { return nil }
    return LLVMConstIntGetSExtValue(constant)
  }
}

extension IRValue: CustomStringConvertible {
  /// The value as LLVM prints it.
  package var description: String { String(takingMessage: LLVMPrintValueToString(ref)) }
}

extension [IRValue] {
  /// Calls `body` with the handles and their number, as the C API takes them.
  func withRefs<Result>(
    _ body: (UnsafeMutablePointer<LLVMValueRef?>?, UInt32) -> Result
  ) -> Result {
    // An IRValue is one pointer and nothing else, and an optional pointer has the same layout.
    withUnsafeBytes { raw in
      let refs = raw.baseAddress?.assumingMemoryBound(to: LLVMValueRef?.self)
      return body(UnsafeMutablePointer(mutating: refs), UInt32(count))
    }
  }
}
