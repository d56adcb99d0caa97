import LLVMInterop
import LoopIR
import Support

/// Emits the loop trees of one body: into one LLVM function, or into several where it is long.
final class BodyEmitter {
  let object: ObjectEmitter
  let function: LoopFunction
  let body: Body
  /// What belongs to the LLVM function that is being emitted.
  var state: FunctionState
  /// The values of scalars, as far as they are computed.
  var values: [IRValue?]
  var loops: [LoopState?]
  var strides: [[Dim]?]
  /// The places of buffers in the workspace plan.
  let placements: [BufferID: Int]
  let splitter: BlockSplitter
  private(set) lazy var finder = UseFinder(function, body)
  /// The numbers that a part of a block is still to load from its frame.
  var isMissing: [Bool]
  /// Whether each result is wanted, where that is known.
  let wanted: [Bool?]

  init(
    _ object: ObjectEmitter, _ function: LoopFunction, _ body: Body, _ scope: FunctionScope,
    _ arguments: [Argument.Role: IRValue], wanted: [Bool?]
  ) {
    self.object = object
    self.function = function
    self.body = body
    state = FunctionState(scope, arguments: arguments)
    self.wanted = wanted
    values = Array(repeating: nil, count: body.scalars.count)
    isMissing = Array(repeating: false, count: body.scalars.count)
    loops = Array(repeating: nil, count: body.loops.count)
    strides = Array(repeating: nil, count: body.buffers.count)
    let places = body.plan.enumerated().map { ($1.buffer, $0) }
    placements = Dictionary(places) { first, _ in first }
    splitter = BlockSplitter(body)
  }

  /// Emits the body where the builder stands; gives the status of the call. Afterwards the builder
  /// stands where the body has ended.
  func emit() -> IRValue {
    if body.block.isStraight, body.block.items.count > BodyEmitter.longStraightCode {
      scope.function.add(.noImplicitFloat)
    }
    if body.hasChecks {
      let slot = object.entryAlloca(object.context.i32, align: 4)
      object.builder.store(object.context.i32.zero, slot)
      status = slot
    }
    return emitFunction {
      emit(body.block, escaping: PartUses(body.commit.items, finder).scalars)
      guard !body.commit.items.isEmpty else { return }
      emitStop()
      emit(body.commit)
    }
  }

  /// In code without loops that has more scalars than this, LLVM's search for vectors takes most of
  /// the time and finds little.
  private static let longStraightCode = 400

  /// Emits all that a function does between its beginning and its only end; gives its status.
  func emitFunction(_ run: () -> Void) -> IRValue {
    let start = object.builder.appendBlock("body")
    let end = object.builder.appendBlock("body.end")
    let hoist = object.builder.br(start)
    scope.hoist = hoist
    levels = [Level(hoist: hoist)]
    state.end = end
    object.position(atEnd: start)
    run()
    object.builder.br(end)
    object.position(atEnd: end)
    return status.map { object.builder.load(object.context.i32, $0) } ?? object.context.i32.zero
  }

  /// Emits the steps of a block, as several functions where it is long; `escaping` are the values
  /// that are used behind it.
  func emit(_ block: Block, escaping: [ScalarID] = []) {
    if let parts = splitter.parts(of: block) {
      emitParts(parts, escaping: escaping)
    } else {
      for item in block.items { emit(item) }
    }
  }

  /// Emits one step.
  func emit(_ item: Item) {
    switch item {
    case .scalar(let id):
      enter(body[id].site)
      values[id.index] = compute(id)
    case .store(let store):
      enter(store.site)
      emit(store)
    case .loop(let id):
      enter(body[id].site)
      emitTree(id)
    case .branch(let condition, let then, let otherwise):
      emitBranch(value(condition), then, otherwise)
    case .check(let condition, let failure, let message, let site):
      enter(site)
      emitCheck(condition, Place(failure, at: site, message))
    case .external(let call):
      enter(call.site)
      emit(call)
    case .stopIfFailed: emitStop()
    }
  }

  /// Says where what follows stands in the source.
  private func enter(_ site: Site) {
    Progress.at(site)
    object.debug?.setSite(site, object)
  }

  /// Emits the jump to one of two blocks, and the blocks.
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
    guard let value = values[id.index] ?? loopValue(id) else {
      preconditionFailure("%\(id.index) is used before it is computed")
    }
    return value
  }

  /// What a loop carries or gives.
  private func loopValue(_ id: ScalarID) -> IRValue? {
    switch body.scalars[id.index].instruction {
    case .carried(let loop, let number): loops[loop.index]?.carried[number]
    case .loopResult(let loop, let number): loops[loop.index]?.results[number]
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      nil
    }
  }

  /// The value of a scalar in so many lanes.
  func value(_ id: ScalarID, lanes: Int) -> IRValue {
    if body.scalars[id.index].type.lanes == lanes { return value(id) }
    return state.constants?.load(id, lanes: lanes, object)
      ?? object.builder.splat(value(id), lanes: lanes)
  }
}

extension Block {
  /// Whether no loop stands in it.
  fileprivate var isStraight: Bool {
    items.allSatisfy { item in
      switch item {
      case .loop: false
      case .branch(_, let then, let otherwise): then.isStraight && otherwise.isStraight
      case .scalar, .store, .check, .external, .stopIfFailed: true
      }
    }
  }
}
