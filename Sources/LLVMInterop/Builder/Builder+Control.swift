import CLLVM

/// Jumps, calls and phis.
extension Builder {
  /// Jumps to `block`.
  @discardableResult
  package func br(_ block: IRBlock) -> IRValue {
    IRValue(LLVMBuildBr(ref, block.ref))
  }

  /// Jumps to one of two blocks.
  @discardableResult
  package func condBr(
    _ condition: IRValue, then: IRBlock, else other: IRBlock
  ) -> IRValue {
    IRValue(LLVMBuildCondBr(ref, condition.ref, then.ref, other.ref))
  }

  /// Jumps to the block of a case, or to `fallback`.
  package func `switch`(
    _ value: IRValue, fallback: IRBlock, expectedCases: Int = 4
  ) -> IRSwitch {
    IRSwitch(
      value: IRValue(LLVMBuildSwitch(ref, value.ref, fallback.ref, UInt32(expectedCases))))
  }

  /// Returns a value.
  @discardableResult
  package func ret(_ value: IRValue) -> IRValue {
    IRValue(LLVMBuildRet(ref, value.ref))
  }

  /// Returns nothing.
  @discardableResult
  package func retVoid() -> IRValue {
    IRValue(LLVMBuildRetVoid(ref))
  }

  /// Promises that control does not come here.
  @discardableResult
  package func unreachable() -> IRValue {
    IRValue(LLVMBuildUnreachable(ref))
  }

  /// A phi without incoming values yet.
  ///
  /// - Requires: Only phis stand in front of it in its block.
  package func phi(_ type: IRType, name: String = "") -> IRPhi {
    IRPhi(value: flagged(LLVMBuildPhi(ref, type.ref, name)))
  }

  /// Calls a function; a name is only for one that returns something.
  @discardableResult
  package func call(
    _ function: IRFunction, _ arguments: [IRValue], name: String = ""
  ) -> IRValue {
    call(function.value, type: function.type, arguments, name: name)
  }

  /// Calls through an address.
  @discardableResult
  package func call(
    _ callee: IRValue, type: IRType, _ arguments: [IRValue], name: String = ""
  ) -> IRValue {
    arguments.withRefs {
      flagged(LLVMBuildCall2(ref, type.ref, callee.ref, $0, $1, name))
    }
  }

  /// Gives a call an attribute of functions.
  package func add(_ attribute: IRAttribute, toCall call: IRValue) {
    add(attribute, toCall: call, at: IRAttribute.functionIndex)
  }

  /// Gives an argument of a call, counted from 0, an attribute.
  package func add(_ attribute: IRAttribute, toCall call: IRValue, argument: Int) {
    add(attribute, toCall: call, at: LLVMAttributeIndex(argument + 1))
  }

  /// Gives a call an attribute at a place.
  private func add(
    _ attribute: IRAttribute, toCall call: IRValue, at index: LLVMAttributeIndex
  ) {
    LLVMAddCallSiteAttribute(call.ref, index, attribute.make(in: context.ref))
  }

  /// Makes a call follow LLVM's fast calling convention, as its callee does.
  package func setFastCallingConvention(_ call: IRValue) {
    LLVMSetInstructionCallConv(call.ref, UInt32(LLVMFastCallConv.rawValue))
  }

  /// Makes a call leave the saving of registers to its callee, which expects that.
  package func setSavingCallingConvention(_ call: IRValue) {
    LLVMSetInstructionCallConv(call.ref, UInt32(LLVMPreserveMostCallConv.rawValue))
  }

  /// Assembly with operands, to be called; see LLVM's reference for the constraints.
  package func inlineAssembly(
    _ text: String, constraints: String, type: IRType, sideEffects: Bool
  ) -> IRValue {
    IRValue(
      LLVMGetInlineAsm(
        type.ref, text, text.utf8.count, constraints, constraints.utf8.count,
        sideEffects ? 1 : 0, 0, LLVMInlineAsmDialectATT, 0))
  }
}
