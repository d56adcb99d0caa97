import CLLVM

/// Which of LLVM's optimisations may run.
///
/// Vectorization has no switch here: `default<O2>` and `default<O3>` turn it on whatever the C API
/// says. A loop that shall stay as it is gets the hint `.vectorize(false)`, a function in which
/// LLVM shall not look for vectors the attribute `.noImplicitFloat`.
package struct PassOptions: Hashable, Sendable {
  /// Whether the vectorizer may run several vectors of a loop at once.
  package var loopInterleaving = true
  /// Whether short loops may be spelled out.
  package var loopUnrolling = true
  /// Whether functions with equal bodies become one.
  package var mergeFunctions = false
  /// Runs the verifier after every pass.
  package var verifyEach = false
  /// How much inlining may cost; nil leaves it to LLVM.
  package var inlinerThreshold: Int?

  /// What `opt` does when nothing else is said.
  package init() {}

  /// Calls `body` with the options as the C API takes them.
  fileprivate func withRef<Result>(_ body: (LLVMPassBuilderOptionsRef) -> Result) -> Result {
    guard let ref = LLVMCreatePassBuilderOptions() else {
      preconditionFailure("LLVM made no pass options")
    }
    defer { LLVMDisposePassBuilderOptions(ref) }
    LLVMPassBuilderOptionsSetLoopInterleaving(ref, loopInterleaving ? 1 : 0)
    LLVMPassBuilderOptionsSetLoopUnrolling(ref, loopUnrolling ? 1 : 0)
    LLVMPassBuilderOptionsSetMergeFunctions(ref, mergeFunctions ? 1 : 0)
    LLVMPassBuilderOptionsSetVerifyEach(ref, verifyEach ? 1 : 0)
    if let inlinerThreshold {
      LLVMPassBuilderOptionsSetInlinerThreshold(ref, Int32(clamping: inlinerThreshold))
    }
    return body(ref)
  }
}

extension Module {
  /// Runs a pipeline in the spelling of `opt -passes`, such as `default<O3>` or `default<O2>,asan`.
  package func run(
    _ pipeline: String, on machine: borrowing TargetMachine, options: PassOptions = PassOptions()
  ) throws(LLVMError) {
    let machineRef = machine.ref
    let error = options.withRef { LLVMRunPasses(ref, pipeline, machineRef, $0) }
    try LLVMError.check(error, .passes)
    try context.throwReportedError(.passes)
  }
}
