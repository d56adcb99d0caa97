import CLLVM

extension Module {
  /// Makes plain stores of masked ones whose mask is known to have one lane.
  ///
  /// LLVM 22 on x86 takes the lane as it was before it was truncated: of eight `i32` that become
  /// `i16`, it stores four bytes in place of two, behind the end of what may be written.
  package func replaceStoresOfOneLane() {
    for function in functions where !function.isDeclaration {
      for step in function.instructions {
        if let lane = Module.onlyLane(ofStore: step.ref) { replace(step.ref, storing: lane) }
      }
    }
  }

  /// The lane that a masked store writes, if its mask is constant and has no other.
  private static func onlyLane(ofStore step: LLVMValueRef) -> UInt32? {
    guard LLVMIsACallInst(step) != nil, let callee = LLVMGetCalledValue(step),
      name(of: callee).hasPrefix("llvm.masked.store."), let mask = LLVMGetOperand(step, 2),
      LLVMIsConstant(mask) != 0
    else { return nil }
    let lanes = (0..<LLVMGetVectorSize(LLVMTypeOf(mask))).filter { lane in
      guard let bit = LLVMGetAggregateElement(mask, lane), LLVMIsAConstantInt(bit) != nil else {
        return false
      }
      return LLVMConstIntGetZExtValue(bit) != 0
    }
    return lanes.count == 1 ? lanes[0] : nil
  }

  /// Stores one lane in place of a masked store.
  private func replace(_ step: LLVMValueRef, storing lane: UInt32) {
    guard let builder = LLVMCreateBuilderInContext(context.ref),
      let values = LLVMGetOperand(step, 0), let start = LLVMGetOperand(step, 1)
    else { return }
    defer { LLVMDisposeBuilder(builder) }
    LLVMPositionBuilderBefore(builder, step)
    let index = LLVMConstInt(LLVMInt64TypeInContext(context.ref), UInt64(lane), 0)
    let element = LLVMGetElementType(LLVMTypeOf(values))
    let value = LLVMBuildExtractElement(builder, values, index, "")
    var indices = [index]
    let place = LLVMBuildGEP2(builder, element, start, &indices, 1, "")
    LLVMSetAlignment(LLVMBuildStore(builder, value, place), 1)
    LLVMInstructionEraseFromParent(step)
  }
}
