import LLVMInterop
import LoopIR
import Support

/// Emits the loop trees of one body into one LLVM function.
final class BodyEmitter {
  let object: ObjectEmitter
  let function: LoopFunction
  let body: Body
  var scope: FunctionScope
  /// What the C function was given, with the workspace that it uses.
  let arguments: [Argument.Role: IRValue]
  /// The values of scalars, as far as they are computed.
  var values: [IRValue?]
  var loops: [LoopState?]
  /// What every part of the function, and of each open loop, sees.
  var levels: [Level] = []
  /// The lanes that are within the end of a lane loop, in the turn that does not fill all.
  var activeLanes: IRValue?
  /// Where the status of the call is kept; nil for a body that cannot fail.
  var status: IRValue?
  /// Where a body goes that ends early.
  var end: IRBlock?
  /// The addresses of buffers.
  var bases: [IRValue?]
  var strides: [[Dim]?]
  var aliases: AliasScopes?
  /// The places of buffers in the workspace plan.
  let placements: [BufferID: Int]
  /// The offsets of these places, if they are computed.
  var offsets: [Quantity]?
  let splitter: BlockSplitter

  init(
    _ object: ObjectEmitter, _ function: LoopFunction, _ body: Body, _ scope: FunctionScope,
    _ arguments: [Argument.Role: IRValue], offsets: [Quantity]? = nil
  ) {
    self.object = object
    self.function = function
    self.body = body
    self.scope = scope
    self.arguments = arguments
    values = Array(repeating: nil, count: body.scalars.count)
    loops = Array(repeating: nil, count: body.loops.count)
    bases = Array(repeating: nil, count: body.buffers.count)
    strides = Array(repeating: nil, count: body.buffers.count)
    let places = body.plan.enumerated().map { ($1.buffer, $0) }
    placements = Dictionary(places) { first, _ in first }
    self.offsets = offsets
    splitter = BlockSplitter(body)
  }

  /// Emits the body where the builder stands; gives the status of the call. Afterwards the builder
  /// stands where the body has ended.
  func emit() -> IRValue {
    let hasChecks = body.hasChecks
    let start = object.builder.appendBlock("body")
    let hoist = object.builder.br(start)
    scope.hoist = hoist
    levels = [Level(hoist: hoist)]
    object.position(atEnd: start)
    let end = object.builder.appendBlock("body.end")
    self.end = end
    if hasChecks {
      let slot = object.entryAlloca(object.context.i32, align: 4)
      object.inserting(before: hoist) { _ = object.builder.store(object.context.i32.zero, slot) }
      status = slot
    }
    emit(body.block)
    if !body.commit.items.isEmpty {
      emitStop()
      emit(body.commit)
    }
    object.builder.br(end)
    object.position(atEnd: end)
    return status.map { object.builder.load(object.context.i32, $0) } ?? object.context.i32.zero
  }

  /// Emits the steps of a block, in parts where it is long.
  func emit(_ block: Block) {
    if let parts = splitter.parts(of: block) {
      emitParts(parts)
    } else {
      for item in block.items { emit(item) }
    }
  }

  func emit(_ item: Item) {
    switch item {
    case .scalar(let id):
      object.debug?.setSite(body[id].site, object)
      values[id.index] = compute(id)
    case .store(let store):
      object.debug?.setSite(store.site, object)
      emit(store)
    case .loop(let id):
      object.debug?.setSite(body[id].site, object)
      emitTree(id)
    case .branch(let condition, let then, let otherwise):
      emitBranch(value(condition), then, otherwise)
    case .check(let condition, let failure, let message, let site):
      object.debug?.setSite(site, object)
      emitCheck(condition, Place(failure, at: site, message))
    case .stopIfFailed: emitStop()
    }
  }

  private func emitBranch(_ condition: IRValue, _ then: Block, _ otherwise: Block) {
    let yes = object.builder.appendBlock("then")
    let no = otherwise.items.isEmpty ? nil : object.builder.appendBlock("else")
    let join = object.builder.appendBlock("join")
    object.builder.condBr(condition, then: yes, else: no ?? join)
    object.position(atEnd: yes)
    emit(then)
    object.builder.br(join)
    if let no {
      object.position(atEnd: no)
      emit(otherwise)
      object.builder.br(join)
    }
    object.position(atEnd: join)
  }

  /// The value of a scalar, with its own number of lanes.
  func value(_ id: ScalarID) -> IRValue {
    switch body[id].instruction {
    case .carried(let loop, let number):
      guard let state = loops[loop.index] else { preconditionFailure("loop is not open") }
      return state.carried[number]
    case .loopResult(let loop, let number):
      guard let state = loops[loop.index] else { preconditionFailure("loop has not run") }
      return state.results[number]
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      guard let value = values[id.index] else {
        preconditionFailure("%\(id.index) is used before it is computed")
      }
      return value
    }
  }

  /// The value of a scalar in so many lanes.
  func value(_ id: ScalarID, lanes: Int) -> IRValue {
    let value = value(id)
    return body[id].type.lanes == lanes ? value : object.builder.splat(value, lanes: lanes)
  }
}

/// What a part of a function sees: all of it, or the body of an open loop.
struct Level {
  /// Where to put what all of the part shall see: in front of this jump.
  var hoist: IRValue
  /// Addresses of rows that were computed for it.
  var rows: [RowKey: IRValue] = [:]
}

extension Body {
  /// Whether a check stands somewhere in it.
  var hasChecks: Bool { contains(block) }

  private func contains(_ block: Block) -> Bool {
    block.items.contains { item in
      switch item {
      case .check: true
      case .loop(let id): contains(self[id].body)
      case .branch(_, let then, let otherwise): contains(then) || contains(otherwise)
      case .scalar, .store, .stopIfFailed: false
      }
    }
  }
}
