import CLLVM

/// A function: declared as long as it has no block, defined from the first one on.
package struct IRFunction: IRSymbol, Hashable {
  /// Its address.
  package let value: IRValue
  /// The function type, which a call needs beside the address.
  package let type: IRType

  /// Wraps a handle.
  init(_ ref: LLVMValueRef, type: IRType) {
    value = IRValue(ref)
    self.type = type
  }

  /// The number of parameters.
  package var parameterCount: Int { Int(LLVMCountParams(value.ref)) }
  /// Whether it has no body here.
  package var isDeclaration: Bool { LLVMIsDeclaration(value.ref) != 0 }

  /// A parameter, counted from 0.
  package func parameter(_ index: Int) -> IRValue {
    IRValue(LLVMGetParam(value.ref, UInt32(index)))
  }

  /// Appends an empty block.
  package func appendBlock(_ name: String = "") -> IRBlock {
    let context = LLVMGetTypeContext(type.ref)
    return IRBlock(LLVMAppendBasicBlockInContext(context, value.ref, name))
  }

  /// The first block.
  ///
  /// - Requires: The function is defined.
  package var entry: IRBlock { IRBlock(LLVMGetEntryBasicBlock(value.ref)) }

  /// Gives the function itself an attribute.
  package func add(_ attribute: IRAttribute) {
    add(attribute, at: IRAttribute.functionIndex)
  }

  /// Gives the function itself some attributes.
  package func add(_ attributes: [IRAttribute]) {
    for attribute in attributes { add(attribute) }
  }

  /// Gives a parameter, counted from 0, an attribute.
  package func add(_ attribute: IRAttribute, toParameter index: Int) {
    add(attribute, at: LLVMAttributeIndex(index + 1))
  }

  /// Gives the result an attribute.
  package func addToResult(_ attribute: IRAttribute) {
    add(attribute, at: LLVMAttributeIndex(0))
  }

  /// Gives an attribute to a place.
  private func add(_ attribute: IRAttribute, at index: LLVMAttributeIndex) {
    let context = LLVMGetTypeContext(type.ref)
    LLVMAddAttributeAtIndex(value.ref, index, attribute.make(in: context))
  }

  /// Sets the calling convention to LLVM's own fast one: for functions that only this module calls.
  package func setFastCallingConvention() {
    LLVMSetFunctionCallConv(value.ref, UInt32(LLVMFastCallConv.rawValue))
  }

  /// Makes the function save all registers but a few, so that a caller that hardly ever calls it
  /// need not; its callers must do so too.
  package func setSavingCallingConvention() {
    LLVMSetFunctionCallConv(value.ref, UInt32(LLVMPreserveMostCallConv.rawValue))
  }

  /// Whether the function is well-formed.
  package var isValid: Bool {
    LLVMVerifyFunction(value.ref, LLVMReturnStatusAction) == 0
  }

  /// Removes the function from its module.
  ///
  /// - Requires: Nothing uses it.
  package func erase() {
    LLVMDeleteFunction(value.ref)
  }
}

/// A basic block.
package struct IRBlock: Hashable {
  /// The handle.
  let ref: LLVMBasicBlockRef

  /// Wraps a handle.
  init(_ ref: LLVMBasicBlockRef) {
    self.ref = ref
  }

  /// Whether it ends in a jump or a return, so that no instruction may follow.
  package var isTerminated: Bool { LLVMGetBasicBlockTerminator(ref) != nil }

  /// The jump or return at its end.
  package var terminator: IRValue? { LLVMGetBasicBlockTerminator(ref).map(IRValue.init) }

  /// The first instruction, if there is one.
  package var first: IRValue? { LLVMGetFirstInstruction(ref).map(IRValue.init) }

  /// Moves the block behind `other` in the printed order.
  package func move(after other: IRBlock) {
    LLVMMoveBasicBlockAfter(ref, other.ref)
  }

  /// Removes an empty or unreachable block from its function.
  package func erase() {
    LLVMDeleteBasicBlock(ref)
  }
}

/// A phi, whose incoming values are told one by one.
package struct IRPhi: Hashable {
  /// What comes from the predecessor that control came from.
  package let value: IRValue

  /// Tells which value comes from which predecessor.
  package func add(_ incoming: IRValue, from block: IRBlock) {
    var value: LLVMValueRef? = incoming.ref
    var block: LLVMBasicBlockRef? = block.ref
    LLVMAddIncoming(self.value.ref, &value, &block, 1)
  }
}

/// A switch, whose cases are told one by one.
package struct IRSwitch: Hashable {
  /// The instruction.
  package let value: IRValue

  /// Tells where to go for one constant.
  package func addCase(_ constant: IRValue, _ block: IRBlock) {
    LLVMAddCase(value.ref, constant.ref, block.ref)
  }
}
