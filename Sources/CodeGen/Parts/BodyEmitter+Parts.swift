import LLVMInterop
import LoopIR
import Support

/// Long blocks as several functions.
extension BodyEmitter {
  /// Emits the parts of a block; `escaping` are the values that are used behind it.
  func emitParts(_ parts: [BlockPart], escaping: [ScalarID]) {
    let plan = PartPlan(parts, escaping: escaping, function, body)
    let layout = layOut(plan)
    let type = object.context.i8.array(max(layout.size, 1))
    let frame = object.entryAlloca(type, align: WorkspacePlan.alignment)
    let frameOfParts = Frame(emitter: self, address: frame, layout: layout)
    for captured in fixed(plan) { frameOfParts.store(captured, current(captured)) }
    for (number, part) in parts.enumerated() {
      switch part {
      case .outlined(let items):
        callPart(items, plan.uses[number], leaving: plan.left[number], frameOfParts)
      case .inPlace(let item):
        for case .scalar(let id) in plan.uses[number].captured
        where plan.producer(of: id, body) != nil {
          values[id.index] = frameOfParts.load(.scalar(id))
        }
        emit(item)
        for id in plan.left[number] { frameOfParts.store(.scalar(id), value(id)) }
      }
    }
    for id in escaping where plan.producer(of: id, body) != nil {
      values[id.index] = frameOfParts.load(.scalar(id))
    }
  }

  /// What every part gets: sizes, and the lanes that are active.
  private func fixed(_ plan: PartPlan) -> [Captured] {
    let symbols = function.symbols.map { Captured.symbol($0) }
    return plan.outside + symbols + (activeLanes == nil ? [] : [.activeLanes])
  }

  /// Gives everything that goes between parts a place.
  private func layOut(_ plan: PartPlan) -> FrameLayout {
    var layout = FrameLayout()
    for captured in fixed(plan) { layout.place(captured, bytes: bytes(of: captured)) }
    for number in plan.uses.indices {
      for id in plan.left[number] {
        layout.place(.scalar(id), bytes: bytes(of: .scalar(id)))
      }
      for id in plan.released(by: number) { layout.release(.scalar(id)) }
    }
    return layout
  }

  /// The bytes that something takes in a frame.
  private func bytes(of captured: Captured) -> Int {
    switch captured {
    case .scalar(let id):
      let type = body[id].type
      let bytes = type.element.arithmetic.byteSize * type.lanes
      return 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
    case .variable, .buffer, .argument, .symbol: return 8
    case .activeLanes: return 64
    }
  }

  /// The value that something has in the function that is being emitted.
  private func current(_ captured: Captured) -> IRValue {
    switch captured {
    case .scalar(let id): return value(id)
    case .variable(let loop):
      guard let state = loops[loop.index] else { preconditionFailure("loop is not open") }
      return state.variable
    case .buffer(let id): return base(id)
    case .argument(let role):
      guard let value = argument(role) else { preconditionFailure("no argument \(role)") }
      return value
    case .symbol(let name):
      guard let value = scope.symbols[name] else { preconditionFailure("no size \(name)") }
      return value
    case .activeLanes:
      guard let activeLanes else { preconditionFailure("all lanes are active") }
      return activeLanes
    }
  }

  /// The type of something in a register.
  func type(of captured: Captured) -> IRType {
    switch captured {
    case .scalar(let id): object.registerType(body[id].type)
    case .variable, .symbol: object.context.i64
    case .buffer: object.context.pointer
    case .argument(.parameter(let number)): object.memoryType(function.parameters[number].element)
    case .argument: object.context.pointer
    case .activeLanes: activeLanes?.type ?? object.context.i1
    }
  }

  /// Emits some steps as a function, and calls it.
  private func callPart(
    _ items: [Item], _ uses: PartUses, leaving: [ScalarID], _ frame: Frame
  ) {
    let part = object.addFunction(
      "\(function.name).part", [object.context.pointer, object.context.i32],
      returning: object.context.i32)
    part.setFastCallingConvention()
    part.add(.noInline)
    part.add(function.attributes(of: body))
    part.add(.noAlias, toParameter: 0)
    if uses.entered.isEmpty { part.add(.noImplicitFloat) }
    let before =
      status.map { object.builder.load(object.context.i32, $0) } ?? object.context.i32.zero
    let call = object.builder.call(part, [frame.address, before])
    object.builder.setFastCallingConvention(call)
    object.elsewhere { emitPart(items, uses, leaving: leaving, part, frame) }
    guard let status else { return }
    object.builder.store(call, status)
    if uses.stops { emitStop() }
  }

  /// Emits some steps as a function.
  private func emitPart(
    _ items: [Item], _ uses: PartUses, leaving: [ScalarID], _ part: IRFunction, _ frame: Frame
  ) {
    object.position(atEnd: part.appendBlock("entry"))
    object.debug?.enter(part, named: function.name, at: function.site, object)
    let saved = state
    let hadChecks = status != nil
    let lanesType = activeLanes?.type
    let inner = Frame(emitter: self, address: part.parameter(0), layout: frame.layout)
    state = FunctionState(FunctionScope(part))
    if hadChecks {
      let slot = object.builder.alloca(object.context.i32, align: 4)
      object.builder.store(part.parameter(1), slot)
      status = slot
    }
    if let lanesType { activeLanes = inner.load(.activeLanes, lanesType) }
    for name in function.symbols { scope.symbols[name] = inner.load(.symbol(name)) }
    let taken = take(uses.captured, inner)
    let result = emitFunction {
      let isTree = saved.aliases == nil
      aliases = isTree ? AliasScopes(body, tree: items, object) : saved.aliases
      for item in items { emit(item) }
      for id in leaving { inner.store(.scalar(id), value(id)) }
    }
    object.builder.ret(result)
    state = saved
    giveBack(taken)
    for id in leaving { values[id.index] = nil }
  }

  /// What stood in the place of captured things outside of a part.
  private struct Taken {
    var values: [(ScalarID, IRValue?)] = []
    var loops: [(LoopID, LoopState?)] = []
  }

  /// Loads what a part captures, and puts it in its place; gives what stood there.
  private func take(_ captured: [Captured], _ frame: Frame) -> Taken {
    var taken = Taken()
    for captured in captured {
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
    return taken
  }

  /// Puts back what stood in the place of captured things.
  private func giveBack(_ taken: Taken) {
    for (id, value) in taken.values { values[id.index] = value }
    for (loop, state) in taken.loops { loops[loop.index] = state }
  }
}

/// Memory on the stack through which parts of a block hand values to each other.
struct Frame {
  let emitter: BodyEmitter
  let address: IRValue
  let layout: FrameLayout

  /// The bytes in front of something.
  private func offset(_ captured: Captured) -> Int {
    guard let offset = layout.offsets[captured] else { preconditionFailure("no place in frame") }
    return offset
  }

  /// The address of something.
  private func place(_ captured: Captured) -> IRValue {
    let object = emitter.object
    return object.builder.element(object.context.i8, address, object.index(offset(captured)))
  }

  /// What the address of something is a multiple of, at least.
  private func alignment(_ captured: Captured) -> Int {
    1 << min(6, offset(captured).trailingZeroBitCount)
  }

  /// Puts a value into its place.
  func store(_ captured: Captured, _ value: IRValue) {
    emitter.object.builder.store(value, place(captured), align: alignment(captured))
  }

  /// The value in a place.
  func load(_ captured: Captured) -> IRValue { load(captured, emitter.type(of: captured)) }

  /// The value in a place, of a type that the emitter does not know.
  func load(_ captured: Captured, _ type: IRType) -> IRValue {
    emitter.object.builder.load(type, place(captured), align: alignment(captured))
  }
}
