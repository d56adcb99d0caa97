import LLVMInterop
import LoopIR
import Support

/// Long blocks as several functions.
extension BodyEmitter {
  /// Emits the parts of a block; `escaping` are the values that are used behind it.
  func emitParts(_ parts: [BlockPart], escaping: [ScalarID]) {
    let plan = PartPlan(parts, escaping: escaping, finder)
    let layout = FrameLayout(plan, finder)
    let start = state.frameStart
    let frame = Frame(emitter: self, address: frameAddress(layout.size), place: layout.place(of:))
    state.frameStart += FrameLayout.padded(layout.size)
    defer { state.frameStart = start }
    let packed = parts.indices.filter { isPacked(parts[$0], plan.uses[$0]) }
    let memory = packMemory(for: packed, of: plan)
    if parts.indices.contains(where: { !parts[$0].isInPlace && !packed.contains($0) }) {
      for captured in plan.shared(function) where isThere(captured) {
        frame.store(captured, current(captured))
      }
    }
    var alike = AlikeParts(parts, plan, layout, self)
    for (number, part) in parts.enumerated() {
      switch part {
      case .outlined, .guarded:
        if let (group, filling) = alike.group(of: number) {
          callPart(part, number, of: plan, frame, filling, &alike.functions[group])
        } else if let memory, packed.contains(number) {
          emitIf(part, of: plan, frame) { callPart(part.items, number, of: plan, frame, memory) }
        } else {
          callPart(part, number, of: plan, frame)
        }
      case .inPlace(let item):
        for case .scalar(let id) in plan.uses[number].captured
        where plan.producer(of: id, body) != nil {
          values[id.index] = frame.load(.scalar(id))
        }
        emit(item)
        for id in plan.left[number] { frame.store(.scalar(id), value(id)) }
      }
    }
    for id in escaping where plan.producer(of: id, body) != nil {
      values[id.index] = frame.load(.scalar(id))
    }
  }

  /// The address of a frame: in the workspace if the body has a place for it, else on the stack.
  private func frameAddress(_ size: Int) -> IRValue {
    if let buffer = body.frame, argument(.workspace) != nil {
      return object.builder.element(object.context.i8, base(buffer), index(state.frameStart))
    }
    let type = object.context.i8.array(max(size, 1))
    return object.entryAlloca(type, align: WorkspacePlan.alignment)
  }

  /// Whether something that parts may use has a value here.
  func isThere(_ captured: Captured) -> Bool {
    captured != .activeLanes || activeLanes != nil
  }

  /// The value that something has in the function that is being emitted.
  func current(_ captured: Captured) -> IRValue {
    switch captured {
    case .scalar(let id): return value(id)
    case .variable(let loop):
      guard let state = loops[loop.index] else { preconditionFailure("loop is not open") }
      return state.variable
    case .buffer(let id): return base(id)
    case .argument(let role):
      guard let value = argument(role) else { preconditionFailure("no argument \(role)") }
      return value
    case .symbol(let name): return object.dim(.symbol(name), scope)
    case .activeLanes:
      guard let activeLanes else { preconditionFailure("all lanes are active") }
      return activeLanes
    }
  }

  /// The type of something in a register.
  func type(of captured: Captured) -> IRType {
    switch captured {
    case .scalar(let id): object.registerType(body.scalars[id.index].type)
    case .variable, .symbol: object.context.i64
    case .buffer: object.context.pointer
    case .argument(.parameter(let number)): object.memoryType(function.parameters[number].element)
    case .argument: object.context.pointer
    case .activeLanes: activeLanes?.type ?? object.context.i1
    }
  }

  /// Whether what a part needs is packed for it: where it has loops, and does not need too much.
  private func isPacked(_ part: BlockPart, _ uses: PartUses) -> Bool {
    !part.isInPlace && !uses.entered.isEmpty && uses.captured.count <= Pack.limit
  }

  /// Memory for what packed parts are handed, one after the other; nil where there are none.
  private func packMemory(for packed: [Int], of plan: PartPlan) -> IRValue? {
    let sizes = packed.map { number in
      let left = plan.left[number].map { Captured.scalar($0) }
      return Pack.greatestSize(plan.uses[number].captured + left, function, body)
    }
    return sizes.max().map { size in
      object.entryAlloca(object.context.i8.array(size), align: WorkspacePlan.alignment)
    }
  }

  /// Emits a part as a function, and calls it. What it needs is in the frame.
  private func callPart(_ steps: BlockPart, _ number: Int, of plan: PartPlan, _ frame: Frame) {
    let uses = plan.uses[number]
    let part = addPart(uses)
    object.elsewhere {
      let inner = frame.moved(to: part.parameter(0))
      emitPart(steps, uses, leaving: plan.left[number], part, inner)
    }
    call(part, [frame.address], uses)
  }

  /// Emits steps as a function, and calls it. What they need is packed for them.
  private func callPart(
    _ steps: [Item], _ number: Int, of plan: PartPlan, _ frame: Frame, _ memory: IRValue
  ) {
    let uses = PartUses(steps, finder)
    let leaving = plan.left[number]
    let pack = Pack(body)
    let part = addPart(uses)
    let inner = Frame(emitter: self, address: part.parameter(0), place: pack.place)
    object.elsewhere { emitPart(.outlined(steps), uses, leaving: leaving, part, inner) }
    let packed = Frame(emitter: self, address: memory, place: pack.place)
    let shared = object.shared(part)
    for captured in pack.taken(leaving) {
      let isInFrame = plan.isProduced(captured, body)
      packed.store(captured, isInFrame ? frame.load(captured) : current(captured))
    }
    call(shared, [memory], uses) {
      for id in leaving { frame.store(.scalar(id), packed.load(.scalar(id))) }
    }
  }

  /// Runs something if the condition of a part is true: outside of its function, so that parts that
  /// do the same under different conditions are one.
  private func emitIf(_ part: BlockPart, of plan: PartPlan, _ frame: Frame, _ run: () -> Void) {
    guard case .guarded(let side, _) = part else { return run() }
    let condition = Captured.scalar(side.condition)
    let isInFrame = plan.isProduced(condition, body)
    emitIf(side, isInFrame ? frame.load(condition) : current(condition), run)
  }

  /// Calls one of several parts of the same shape: the first of them is emitted as a function, which
  /// is told where the numbers of each are in the frame, and what its constants are.
  private func callPart(
    _ steps: BlockPart, _ number: Int, of plan: PartPlan, _ frame: Frame, _ filling: PartFilling,
    _ shared: inout IRFunction?
  ) {
    let uses = plan.uses[number]
    let part = shared ?? addPart(uses, [object.context.pointer, object.context.pointer])
    if shared == nil {
      shared = part
      let inner = frame.moved(to: part.parameter(0), places: part.parameter(2), filling.inFrame)
      let constants = PartConstants(filling, in: part.parameter(3))
      object.elsewhere {
        emitPart(steps, uses, leaving: plan.left[number], part, inner, constants)
      }
    }
    let places = filling.inFrame.map { Int64(frame.place(.scalar($0))) }
    let literals = filling.constants.compactMap { id -> Literal? in
      if case .constant(let literal) = body.scalars[id.index].instruction { literal } else { nil }
    }
    call(
      part,
      [
        frame.address,
        object.global(ConstantData(element: .i32, elements: .integers(places))).value,
        PartConstants.table(of: literals, filling.constantType, object),
      ], uses)
  }

  /// Adds the function of a part, which takes its memory, the status of the call, and what else it
  /// is told.
  private func addPart(_ uses: PartUses, _ further: [IRType] = []) -> IRFunction {
    let part = object.addFunction(
      "\(function.name).part", [object.context.pointer, object.context.i32] + further,
      returning: object.context.i32)
    part.setFastCallingConvention()
    part.add(.noInline)
    part.add(.noAlias, toParameter: 0)
    part.add(attributes(of: uses))
    return part
  }

  /// Calls the function of a part, and runs something with what it has left before its failure counts.
  private func call(
    _ part: IRFunction, _ arguments: [IRValue], _ uses: PartUses, _ then: () -> Void = {}
  ) {
    let before =
      status.map { object.builder.load(object.context.i32, $0) } ?? object.context.i32.zero
    let call = object.builder.call(part, arguments.prefix(1) + [before] + arguments.dropFirst())
    object.builder.setFastCallingConvention(call)
    then()
    guard let status else { return }
    object.builder.store(call, status)
    if uses.stops { emitStop() }
  }

  /// What LLVM is told of a part. Where there is very much code without loops, it is translated as
  /// it stands: its common subexpressions are found and its constants folded already, and LLVM
  /// takes five times as long to make it 15 % smaller.
  private func attributes(of part: PartUses) -> [IRAttribute] {
    if isTranslatedAsItStands(part) { return [.optimizeNone] }
    return function.attributes(of: body) + (part.entered.isEmpty ? [.noImplicitFloat] : [])
  }

  /// Whether a part is straight code of a huge body.
  func isTranslatedAsItStands(_ part: PartUses) -> Bool {
    part.entered.isEmpty && body.scalars.count > BlockSplitter.hugeBody
  }

  /// Emits a part as a function.
  private func emitPart(
    _ steps: BlockPart, _ uses: PartUses, leaving: [ScalarID], _ part: IRFunction, _ frame: Frame,
    _ constants: PartConstants? = nil
  ) {
    object.position(atEnd: part.appendBlock("entry"))
    object.debug?.enter(part, named: function.name, at: function.site, object)
    let saved = state
    let hadChecks = status != nil
    let lanesType = activeLanes?.type
    state = FunctionState(FunctionScope(part))
    if isTranslatedAsItStands(uses) {
      state.isAsItStands = true
      state.constants = constants ?? PartConstants(steps.items, body, object)
    }
    if hadChecks {
      let slot = object.builder.alloca(object.context.i32, align: 4)
      object.builder.store(part.parameter(1), slot)
      status = slot
    }
    if let lanesType { activeLanes = frame.load(.activeLanes, lanesType) }
    scope.fetch = { frame.load(.symbol($0)) }
    var taken = Taken()
    for captured in uses.captured {
      if case .scalar(let id) = captured, body.scalars[id.index].type.element.isFloat {
        isMissing[id.index] = true
      } else {
        take(captured, frame, &taken)
      }
    }
    let result = emitFunction {
      // Of its own memory alone: parts that do the same are told the same then.
      aliases = AliasScopes(body, tree: steps.items, object)
      emitIf(steps) { emit(steps.items, leaving: leaving, frame, &taken) }
    }
    object.builder.ret(result)
    state = saved
    giveBack(taken)
    for id in uses.scalars { isMissing[id.index] = false }
    for id in leaving {
      isMissing[id.index] = false
      values[id.index] = nil
    }
  }

  /// Runs something if the condition of a part is true.
  private func emitIf(_ part: BlockPart, _ run: () -> Void) {
    guard case .guarded(let side, _) = part else { return run() }
    emitIf(side, value(side.condition), run)
  }

  /// Runs something on one side of a branch.
  private func emitIf(_ side: BlockPart.Side, _ condition: IRValue, _ run: () -> Void) {
    emitIf(side.isThen ? condition : object.builder.not(condition), run)
  }

  /// Emits the steps of a part. Each value is loaded where it is needed first and stored as soon as
  /// it is computed, so that few of them are in registers at a time; behind a call, which keeps no
  /// register, a part that is translated as it stands loads it again. To find out by itself which
  /// values to spill takes LLVM a time that grows with the square of the number of calls.
  private func emit(
    _ items: [Item], leaving: [ScalarID], _ frame: Frame, _ taken: inout Taken
  ) {
    var left: [LoopID: [ScalarID]] = [:]
    for id in leaving {
      guard case .loopResult(let loop, _) = body.scalars[id.index].instruction else { continue }
      left[loop, default: []].append(id)
    }
    let leaving = Set(leaving)
    for item in items {
      takeNumbers(of: item, frame, &taken)
      emit(item)
      switch item {
      case .scalar(let id):
        if leaving.contains(id) {
          frame.store(.scalar(id), value(id))
          if body.scalars[id.index].type.element.isFloat { taken.held.append(id) }
        }
        if state.isAsItStands, case .call = body.scalars[id.index].instruction { forget(&taken) }
      case .loop(let loop): for id in left[loop] ?? [] { frame.store(.scalar(id), value(id)) }
      case .store, .branch, .check, .external, .stopIfFailed: break
      }
    }
  }

  /// What stood in the place of captured things outside of a part.
  struct Taken {
    var values: [(ScalarID, IRValue?)] = []
    var loops: [(LoopID, LoopState?)] = []
    /// The numbers in registers that are in the frame as well.
    var held: [ScalarID] = []
  }

  /// Lets the numbers that are in the frame be loaded again.
  private func forget(_ taken: inout Taken) {
    for id in taken.held { isMissing[id.index] = true }
    taken.held.removeAll(keepingCapacity: true)
  }

  /// Loads the numbers that a step computes with, as far as that has not been done: they are in no
  /// address or condition.
  private func takeNumbers(of item: Item, _ frame: Frame, _ taken: inout Taken) {
    if case .scalar(let id) = item {
      body.scalars[id.index].instruction.forEachOperand { takeNumber($0, frame, &taken) }
    } else {
      for id in PartUses([item], finder).scalars { takeNumber(id, frame, &taken) }
    }
  }

  /// Loads a number that is still missing.
  private func takeNumber(_ id: ScalarID, _ frame: Frame, _ taken: inout Taken) {
    guard isMissing[id.index] else { return }
    isMissing[id.index] = false
    take(.scalar(id), frame, &taken)
    taken.held.append(id)
  }

  /// Loads what a part captures, and puts it in its place.
  func take(_ captured: Captured, _ frame: Frame, _ taken: inout Taken) {
    let value = frame.load(captured)
    switch captured {
    case .scalar(let id):
      taken.values.append((id, values[id.index]))
      values[id.index] = value
    case .variable(let loop):
      taken.loops.append((loop, loops[loop.index]))
      loops[loop.index]?.variable = value
      loops[loop.index]?.lanesVariable = nil
      loops[loop.index]?.level = 0
    case .buffer(let id): state.bases[id] = value
    case .argument(let role): state.arguments[role] = value
    case .symbol, .activeLanes: break
    }
  }

  /// Puts back what stood in the place of captured things.
  func giveBack(_ taken: Taken) {
    for (id, value) in taken.values.reversed() { values[id.index] = value }
    for (loop, state) in taken.loops { loops[loop.index] = state }
  }
}
