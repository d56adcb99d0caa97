import LLVMInterop
import LoopIR

extension BodyEmitter {
  /// What the C function was given in a role, or what stands for it.
  func argument(_ role: Argument.Role) -> IRValue? { state.arguments[role] }

  /// The bytes between the beginning of the workspace and a buffer.
  func offset(of buffer: BufferID) -> Quantity {
    let offsets = state.offsets ?? computeOffsets()
    guard let number = placements[buffer] else { preconditionFailure("buffer has no place") }
    return offsets[number]
  }

  /// Computes all offsets at the beginning of the function. They fit: the entry has checked it.
  private func computeOffsets() -> [Quantity] {
    let sizes = SizeChecker(object, function, scope, isTrusted: true)
    // Sizes of shapes go first, since they stand at the beginning too.
    for buffer in body.buffers {
      for dim in buffer.shape { _ = object.dim(dim, scope) }
    }
    let result = object.inserting(before: levels[0].hoist) { PlanEmitter(body, sizes).offsets }
    state.offsets = result
    return result
  }
}
