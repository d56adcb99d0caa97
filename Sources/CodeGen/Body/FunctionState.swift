import LLVMInterop
import LoopIR

/// What belongs to the LLVM function into which a body, or a part of it, is being emitted.
struct FunctionState {
  let scope: FunctionScope
  /// What the C function was given, with the workspace that it uses.
  var arguments: [Argument.Role: IRValue]
  /// What all of the function sees, and the bodies of the loops that are open in it.
  var levels: [Level] = []
  /// The addresses of buffers.
  var bases: [BufferID: IRValue] = [:]
  /// Where the status of the call is kept; nil for a body that cannot fail.
  var status: IRValue?
  /// The checks of the loop tree that is being emitted, each with the flag that says it has failed.
  var flags: [Place: IRValue] = [:]
  /// These checks in the order in which they stand.
  var flagged: [Place] = []
  /// Where a body goes that ends early.
  var end: IRBlock?
  /// The lanes that are within the end of a lane loop, in the turn that does not fill all.
  var activeLanes: IRValue?
  /// The offsets of the places in the workspace plan, if they are computed.
  var offsets: [Quantity]?
  /// Where in the frame buffer of the body a further frame may begin.
  var frameStart = 0
  /// Whether it is a part that LLVM translates as it stands.
  var isAsItStands = false
  /// The constants of such a part.
  var constants: PartConstants?
  /// Whether a loop is open.
  var isInTree = false
  /// What is known of the accesses of the loop tree that is being emitted.
  var aliases: AliasScopes?

  init(_ scope: FunctionScope, arguments: [Argument.Role: IRValue] = [:]) {
    self.scope = scope
    self.arguments = arguments
  }
}

/// What a part of a function sees: all of it, or the body of an open loop.
struct Level {
  /// Where to put what all of the part shall see: in front of this jump.
  var hoist: IRValue
  /// Addresses of rows that were computed for it.
  var rows: [RowKey: IRValue] = [:]
}

/// Shorthands for the parts of the state.
extension BodyEmitter {
  var scope: FunctionScope { state.scope }

  var levels: [Level] {
    get { state.levels }
    _modify { yield &state.levels }
  }

  var status: IRValue? {
    get { state.status }
    set { state.status = newValue }
  }

  var activeLanes: IRValue? {
    get { state.activeLanes }
    set { state.activeLanes = newValue }
  }

  var aliases: AliasScopes? {
    get { state.aliases }
    set { state.aliases = newValue }
  }
}
