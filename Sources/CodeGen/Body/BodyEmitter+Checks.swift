import LLVMInterop
import LoopIR

/// Failures of the run: kept in a status, never a jump where they occur.
extension BodyEmitter {
  /// Notes a failure where a condition is false. The greatest code wins, which LLVM knows how to
  /// compute in lanes.
  func emitCheck(_ condition: ScalarID, _ place: Place) {
    guard let status else { preconditionFailure("a check in a body that has none") }
    var holds = value(condition)
    if holds.type.isVector {
      if let activeLanes { holds = object.builder.or(holds, object.builder.not(activeLanes)) }
      holds = object.builder.reduce(.and, holds)
    }
    let code = object.builder.select(holds, object.context.i32.zero, object.status(place))
    noteStatus(code, in: status)
  }

  /// Takes over a status code, unless a greater one was noted before.
  func noteStatus(_ code: IRValue, in slot: IRValue) {
    let before = object.builder.load(object.context.i32, slot)
    object.builder.store(object.builder.intrinsic("llvm.smax", [before, code]), slot)
  }

  /// Ends the body if a check has failed.
  func emitStop() {
    guard let status, let end = state.end else { return }
    let code = object.builder.load(object.context.i32, status)
    let failed = object.builder.icmp(.ne, code, object.context.i32.zero)
    let next = object.builder.appendBlock("go_on")
    let jump = object.builder.condBr(failed, then: end, else: next)
    object.builder.setWeights([1, 1 << 20], of: jump)
    object.position(atEnd: next)
  }
}
