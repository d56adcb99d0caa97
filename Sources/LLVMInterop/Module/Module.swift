import CLLVM

/// A unit of compilation: functions and global variables.
package struct Module: ~Copyable {
  /// The handle.
  let ref: LLVMModuleRef
  /// Where its types and constants live.
  package let context: Context

  /// An empty module.
  package init(_ name: String, in context: Context) {
    self.context = context
    ref = LLVMModuleCreateWithNameInContext(name, context.ref)
  }

  /// Takes a module over from LLVM.
  private init(taking ref: LLVMModuleRef, in context: Context) {
    self.ref = ref
    self.context = context
  }

  deinit {
    LLVMDisposeModule(ref)
  }

  /// A copy in the same context.
  package func clone() -> Module {
    Module(taking: LLVMCloneModule(ref), in: context)
  }

  /// Names the file that the module was made from.
  package func setSourceFile(_ name: String) {
    LLVMSetSourceFileName(ref, name, name.utf8.count)
  }

  /// Sets triple and data layout to those of `machine`.
  package func setTarget(_ machine: borrowing TargetMachine) {
    LLVMSetTarget(ref, machine.target.triple)
    LLVMSetDataLayout(ref, machine.dataLayout)
  }

  /// Sets a module flag; a module with another value for it cannot be linked with this one.
  package func setFlag(_ name: String, _ value: Int) {
    let constant = LLVMValueAsMetadata(context.i32.constant(value).ref)
    LLVMAddModuleFlag(ref, LLVMModuleFlagBehaviorError, name, name.utf8.count, constant)
  }

  /// Appends assembly that stands outside of any function.
  package func appendAssembly(_ text: String) {
    LLVMAppendModuleInlineAsm(ref, text, text.utf8.count)
  }

  /// Throws what the verifier finds.
  package func verify() throws(LLVMError) {
    var message: UnsafeMutablePointer<CChar>?
    let broken = LLVMVerifyModule(ref, LLVMReturnStatusAction, &message) != 0
    let text = String(takingMessage: message)
    if broken { throw LLVMError(.verification, text) }
  }
}
