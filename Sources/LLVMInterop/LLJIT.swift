import CLLVM

/// Machine code in this process.
///
/// Code comes in as an object file, the very one that would be written to disk, so that what runs
/// here is what the user gets. What the code needs from outside is looked up in this process.
package struct LLJIT: ~Copyable {
  /// The handle.
  private let ref: LLVMOrcLLJITRef

  /// An empty JIT for this machine.
  package init() throws(LLVMError) {
    guard Backend.lookUp(Host.triple) != nil else {
      throw LLVMError(.jit, "LLVM makes no code for this machine")
    }
    var made: LLVMOrcLLJITRef?
    try LLVMError.check(LLVMOrcCreateLLJIT(&made, nil), .jit)
    guard let made else { throw LLVMError(.jit, "LLVM made no JIT") }
    ref = made
  }

  deinit {
    // An error at the very end concerns nobody.
    if let error = LLVMOrcDisposeLLJIT(ref) { LLVMConsumeError(error) }
  }

  /// Adds an object file for this machine.
  package func add(object: consuming MemoryBuffer) throws(LLVMError) {
    let library = LLVMOrcLLJITGetMainJITDylib(ref)
    try LLVMError.check(LLVMOrcLLJITAddObjectFile(ref, library, object.release()), .jit)
  }

  /// Adds a module as the object that `machine` makes of it.
  package func add(
    _ module: borrowing Module, on machine: borrowing TargetMachine
  ) throws(LLVMError) {
    try add(object: machine.emit(module, as: .object))
  }

  /// The address of a symbol, linked and ready to be called as long as the JIT lives.
  package func address(of symbol: String) throws(LLVMError) -> UnsafeRawPointer {
    var address: LLVMOrcExecutorAddress = 0
    try LLVMError.check(LLVMOrcLLJITLookup(ref, &address, symbol), .jit)
    guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else {
      throw LLVMError(.jit, "\(symbol) has no address")
    }
    return pointer
  }
}
