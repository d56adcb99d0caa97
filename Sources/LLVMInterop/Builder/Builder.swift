import CLLVM

/// Appends instructions at a place in a function.
///
/// Operations on constants are folded, so that a result need not be an instruction. Methods are
/// called as LLVM's instructions are; `name` is for readers of the printed IR.
package struct Builder: ~Copyable {
  /// The handle.
  let ref: LLVMBuilderRef
  /// Where types and constants come from.
  package let context: Context

  /// What every following instruction on floating-point numbers may take for granted.
  package var fastMath: FastMath = []

  /// A builder without a place yet.
  package init(in context: Context) {
    self.context = context
    ref = LLVMCreateBuilderInContext(context.ref)
  }

  deinit {
    LLVMDisposeBuilder(ref)
  }

  /// Appends what follows to `block`.
  package func position(atEnd block: IRBlock) {
    LLVMPositionBuilderAtEnd(ref, block.ref)
  }

  /// Inserts what follows in front of `instruction`.
  package func position(before instruction: IRValue) {
    LLVMPositionBuilderBefore(ref, instruction.ref)
  }

  /// The block that instructions go into.
  ///
  /// - Requires: The builder has a place.
  package var block: IRBlock { IRBlock(LLVMGetInsertBlock(ref)) }

  /// The function that instructions go into, as an address.
  ///
  /// - Requires: The builder has a place.
  package var functionValue: IRValue { IRValue(LLVMGetBasicBlockParent(block.ref)) }

  /// Appends a block to the function that instructions go into.
  package func appendBlock(_ name: String = "") -> IRBlock {
    IRBlock(LLVMAppendBasicBlockInContext(context.ref, functionValue.ref, name))
  }

  /// The module that instructions go into.
  var module: LLVMModuleRef { LLVMGetGlobalParent(functionValue.ref) }

  /// Puts the builder's fast-math flags on a new instruction, if it is one that has any.
  func flagged(_ value: LLVMValueRef) -> IRValue {
    if !fastMath.isEmpty, LLVMIsAInstruction(value) != nil,
      LLVMCanValueUseFastMathFlags(value) != 0
    {
      LLVMSetFastMathFlags(value, LLVMFastMathFlags(fastMath.rawValue))
    }
    return IRValue(value)
  }
}

extension Builder {
  /// The first block of the function that instructions go into.
  ///
  /// - Requires: The builder has a place.
  package var functionEntry: IRBlock { IRBlock(LLVMGetEntryBasicBlock(functionValue.ref)) }
}
