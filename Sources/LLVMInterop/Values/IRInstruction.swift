import CLLVM

/// What an instruction does, as far as its behaviour may be undefined.
package enum IROpcode: Hashable, Sendable {
  case add, sub, mul
  case shl, lshr, ashr
  case sdiv, udiv, srem, urem
  case load, store
  /// The address of an element.
  case element
  case other

  /// The opcode by LLVM's number.
  fileprivate init(_ opcode: LLVMOpcode) {
    let table: [(LLVMOpcode, IROpcode)] = [
      (LLVMAdd, .add), (LLVMSub, .sub), (LLVMMul, .mul), (LLVMShl, .shl), (LLVMLShr, .lshr),
      (LLVMAShr, .ashr), (LLVMSDiv, .sdiv), (LLVMUDiv, .udiv), (LLVMSRem, .srem),
      (LLVMURem, .urem), (LLVMLoad, .load), (LLVMStore, .store), (LLVMGetElementPtr, .element),
    ]
    self = table.first { $0.0 == opcode }?.1 ?? .other
  }
}

extension IRFunction {
  /// All instructions, in their order.
  package var instructions: [IRValue] {
    var found: [IRValue] = []
    var block = LLVMGetFirstBasicBlock(value.ref)
    while let current = block {
      found += IRBlock(current).instructions
      block = LLVMGetNextBasicBlock(current)
    }
    return found
  }

  /// The instructions that call it.
  package var calls: [IRValue] {
    var calls: [IRValue] = []
    var next = LLVMGetFirstUse(value.ref)
    while let use = next {
      if let user = LLVMGetUser(use), LLVMIsACallInst(user) != nil,
        LLVMGetCalledValue(user) == value.ref
      {
        calls.append(IRValue(user))
      }
      next = LLVMGetNextUse(use)
    }
    return calls
  }
}

extension IRBlock {
  /// The instructions, in their order.
  package var instructions: [IRValue] {
    var found: [IRValue] = []
    var next = LLVMGetFirstInstruction(ref)
    while let instruction = next {
      found.append(IRValue(instruction))
      next = LLVMGetNextInstruction(instruction)
    }
    return found
  }
}

/// What an instruction is and takes for granted.
extension IRValue {
  /// What it does.
  ///
  /// - Requires: This is an instruction.
  package var opcode: IROpcode { IROpcode(LLVMGetInstructionOpcode(ref)) }

  /// The block that it stands in.
  package var parent: IRBlock { IRBlock(LLVMGetInstructionParent(ref)) }

  /// Removes it.
  ///
  /// - Requires: Nothing uses it.
  package func eraseInstruction() {
    LLVMInstructionEraseFromParent(ref)
  }

  /// An operand, counted from 0.
  package func operand(_ number: Int) -> IRValue { IRValue(LLVMGetOperand(ref, UInt32(number))) }

  /// Whether it is memory of the module's own: a variable of a function or a global one.
  package var isOwnMemory: Bool {
    LLVMIsAAllocaInst(ref) != nil || LLVMIsAGlobalVariable(ref) != nil
  }

  /// The promises of an addition, a subtraction or a product.
  package var noWrap: NoWrap {
    get {
      var promises: NoWrap = []
      if LLVMGetNSW(ref) != 0 { promises.insert(.signed) }
      if LLVMGetNUW(ref) != 0 { promises.insert(.unsigned) }
      return promises
    }
    nonmutating set {
      LLVMSetNSW(ref, newValue.contains(.signed) ? 1 : 0)
      LLVMSetNUW(ref, newValue.contains(.unsigned) ? 1 : 0)
    }
  }

  /// Whether the address of an element is promised to lie in the object that the pointer points into.
  package var isInBounds: Bool {
    get { LLVMIsInBounds(ref) != 0 }
    nonmutating set { LLVMSetIsInBounds(ref, newValue ? 1 : 0) }
  }

  /// The type of the elements that an address of an element counts.
  package var elementType: IRType { IRType(LLVMGetGEPSourceElementType(ref)) }

  /// What the address of a load or a store is promised to be a multiple of.
  package var alignment: Int { Int(LLVMGetAlignment(ref)) }

  /// Where in the source an instruction comes from; nil where it has no debug location.
  package var place: (file: String, line: Int, column: Int)? {
    guard let location = LLVMInstructionGetDebugLoc(ref),
      let file = LLVMDIScopeGetFile(LLVMDILocationGetScope(location))
    else { return nil }
    var length: UInt32 = 0
    guard let name = LLVMDIFileGetFilename(file, &length) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: name, count: Int(length))
    return (
      String(decoding: bytes, as: UTF8.self), Int(LLVMDILocationGetLine(location)),
      Int(LLVMDILocationGetColumn(location))
    )
  }
}
