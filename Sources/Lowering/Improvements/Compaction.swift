import LoopIR

/// Takes out the scalars, loops and buffers that nothing uses any more, and numbers the others anew.
struct Compaction {
  private let body: Body
  /// The new numbers by the old ones; nil for what nothing uses.
  private var scalars: [ScalarID?] = []
  private var loops: [LoopID?] = []
  private var buffers: [BufferID?] = []

  static func run(_ body: inout Body) {
    var compaction = Compaction(body: body)
    compaction.collect()
    if compaction.changesNothing { return }
    body = compaction.rebuilt()
  }

  /// Whether everything is used.
  private var changesNothing: Bool {
    !scalars.contains(nil) && !loops.contains(nil) && !buffers.contains(nil)
  }

  private init(body: Body) { self.body = body }

  // MARK: Collecting

  /// Gives new numbers, in the order of the old ones, to all that is used.
  private mutating func collect() {
    var usedScalars = [Bool](repeating: false, count: body.scalars.count)
    var usedLoops = [Bool](repeating: false, count: body.loops.count)
    var usedBuffers = [Bool](repeating: false, count: body.buffers.count)
    func touch(_ buffer: BufferID) {
      usedBuffers[buffer.index] = true
      if case .alias(let source) = body.buffers[buffer.index].storage { touch(source) }
    }
    func touch(_ id: ScalarID) {
      usedScalars[id.index] = true
      let instruction = body.scalars[id.index].instruction
      if case .load(let access, _) = instruction { touch(access.buffer) }
      // What loops carry stands in no block.
      instruction.forEachOperand { usedScalars[$0.index] = true }
    }
    BodyWalk.visit(body) { item in
      switch item {
      case .scalar(let id): touch(id)
      case .store(let store):
        touch(store.access.buffer)
        // What a loop has carried may be a position or a mask, and stands in no block.
        store.forEachOperand { usedScalars[$0.index] = true }
      case .loop(let id):
        usedLoops[id.index] = true
        if let bound = body[id].bound { usedScalars[bound.index] = true }
        for carried in body[id].carried {
          usedScalars[carried.initial.index] = true
          usedScalars[carried.next.index] = true
        }
      case .branch(let condition, _, _), .check(let condition, _, _, _):
        usedScalars[condition.index] = true
      case .external(let call):
        for scalar in call.scalars { usedScalars[scalar.index] = true }
        for buffer in call.buffers + call.written { touch(buffer) }
      case .stopIfFailed: break
      }
    }
    scalars = Compaction.numbers(usedScalars) { ScalarID($0) }
    loops = Compaction.numbers(usedLoops) { LoopID($0) }
    buffers = Compaction.numbers(usedBuffers) { BufferID($0) }
  }

  /// Numbers for what is used, from 0 on.
  private static func numbers<ID>(_ isUsed: [Bool], _ make: (Int) -> ID) -> [ID?] {
    var count = 0
    return isUsed.map { isUsed in
      defer { if isUsed { count += 1 } }
      return isUsed ? make(count) : nil
    }
  }

  // MARK: Rebuilding

  private func rebuilt() -> Body {
    var result = Body(serves: body.serves)
    result.scalars.reserveCapacity(body.scalars.count)
    for number in body.buffers.indices where buffers[number] != nil {
      var buffer = body.buffers[number]
      if case .alias(let source) = buffer.storage { buffer.storage = .alias(renamed(source)) }
      result.buffers.append(buffer)
    }
    for number in body.scalars.indices where scalars[number] != nil {
      var scalar = body.scalars[number]
      scalar.instruction = renamed(scalar.instruction)
      result.scalars.append(scalar)
    }
    for number in body.loops.indices where loops[number] != nil {
      var loop = body.loops[number]
      loop.carried = loop.carried.map {
        Carried(initial: renamed($0.initial), next: renamed($0.next))
      }
      loop.bound = loop.bound.map(renamed)
      loop.body = renamed(loop.body)
      result.loops.append(loop)
    }
    result.block = renamed(body.block)
    result.commit = renamed(body.commit)
    return result
  }

  private func renamed(_ id: ScalarID) -> ScalarID { scalars[id.index] ?? id }
  private func renamed(_ id: LoopID) -> LoopID { loops[id.index] ?? id }
  private func renamed(_ id: BufferID) -> BufferID { buffers[id.index] ?? id }

  private func renamed(_ index: Index) -> Index {
    if index.loops.isEmpty, index.scalars.isEmpty { return index }
    var result = index.mapScalars { renamed($0) }
    for number in result.loops.indices {
      result.loops[number].variable = renamed(result.loops[number].variable)
    }
    return result
  }

  private func renamed(_ access: Access) -> Access {
    Access(renamed(access.buffer), access.indices.map { renamed($0) })
  }

  private func renamed(_ instruction: Instruction) -> Instruction {
    switch instruction {
    case .index(let index): .index(renamed(index))
    case .load(let access, let mask): .load(renamed(access), mask: mask.map { renamed($0) })
    case .loopVariable(let loop): .loopVariable(renamed(loop))
    case .carried(let loop, let slot): .carried(renamed(loop), slot)
    case .loopResult(let loop, let slot): .loopResult(renamed(loop), slot)
    default: instruction.mapOperands { renamed($0) }
    }
  }

  private func renamed(_ block: Block) -> Block {
    Block(
      block.items.map { item in
        switch item {
        case .scalar(let id): .scalar(renamed(id))
        case .store(let store):
          .store(
            Store(
              renamed(store.access), renamed(store.value), combining: store.combining,
              mask: store.mask.map { renamed($0) }, site: store.site))
        case .loop(let id): .loop(renamed(id))
        case .branch(let condition, let then, let otherwise):
          .branch(renamed(condition), then: renamed(then), otherwise: renamed(otherwise))
        case .check(let condition, let failure, let message, let site):
          .check(renamed(condition), failure, message: message, site: site)
        case .external(let call):
          .external(call.map(scalars: renamed, buffers: renamed, accesses: renamed))
        case .stopIfFailed: .stopIfFailed
        }
      })
  }
}
