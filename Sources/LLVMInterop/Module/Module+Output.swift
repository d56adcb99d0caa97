import CLLVM

/// The module as text and as bitcode.
extension Module {
  /// The module as LLVM IR.
  package var text: String { String(takingMessage: LLVMPrintModuleToString(ref)) }

  /// The module as bitcode.
  package var bitcode: MemoryBuffer {
    MemoryBuffer(taking: LLVMWriteBitcodeToMemoryBuffer(ref))
  }
}
