import LLVMInterop
import LoopIR
import Support

/// Some turns of a loop, counted in vectors where it has lanes.
struct TurnRange {
  var first: IRValue
  var count: IRValue
}

extension BodyEmitter {
  /// Whether threads can share a loop here. Long code hands values from part to part through memory
  /// that is there once, and keeps what has failed in a status of its own.
  func canShare(_ id: LoopID) -> Bool {
    guard body.frame == nil else { return false }
    return body.checks(in: body[id].body).isEmpty || !splitter.isLong(Block([.loop(id)]))
  }
}

/// Emits a loop whose turns threads share: a function that runs the turns of a chunk, and a job from
/// which the threads of a team take chunks.
///
/// Where there is too little work the job is one chunk, and the thread that has it runs it.
struct TeamEmitter {
  let emitter: BodyEmitter
  let id: LoopID
  let sharing: Sharing
  private let uses: PartUses
  private let plan: PartPlan
  private let frameLayout: FrameLayout
  private let layout: Job
  private let checks: [Place]
  /// The buffers of the workspace of which there are copies for threads, and those for chunks.
  private let own: [BufferID]

  var object: ObjectEmitter { emitter.object }
  var body: Body { emitter.body }

  init(_ emitter: BodyEmitter, _ id: LoopID, _ sharing: Sharing) {
    self.emitter = emitter
    self.id = id
    self.sharing = sharing
    let body = emitter.body
    plan = PartPlan([.outlined([.loop(id)])], escaping: [], emitter.finder)
    uses = plan.uses[0]
    frameLayout = FrameLayout(plan, emitter.finder)
    checks = body.checks(in: body[id].body)
    own = sharing.own.filter { body[$0].storage == .workspace }
    layout = Job(
      frame: frameLayout.size, copied: own.count + sharing.sums.count, checks: checks.count,
      carriedBytes: body[id].carried.map { TeamEmitter.bytes(of: body[$0.initial].type) })
  }

  /// The bytes of a carried value, a power of two.
  private static func bytes(of type: ScalarType) -> Int {
    let bytes = type.element.arithmetic.byteSize * type.lanes
    return 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
  }

  /// Emits the loop; gives the carried values behind it.
  func emit(_ initial: [IRValue]) -> [IRValue] {
    let job = object.entryAlloca(
      object.context.i8.array(layout.size), align: WorkspacePlan.alignment)
    let frame = Frame(emitter: emitter, address: place(job, Job.frame), layout: frameLayout)
    for captured in plan.shared(emitter.function) where emitter.isThere(captured) {
      frame.store(captured, emitter.current(captured))
    }
    for number in checks.indices {
      object.builder.store(object.context.i8.zero, place(job, layout.flags + number), align: 1)
    }
    let sizes = TeamSizes(self)
    for (number, bytes) in sizes.copied.enumerated() {
      object.builder.store(bytes, place(job, layout.strides + 8 * number))
    }
    let chunks = sizes.chunks
    object.builder.store(object.context.i32.zero, place(job, Job.taken))
    object.builder.store(chunks, place(job, Job.chunks))
    run(job, chunks, sizes)
    for (number, check) in checks.enumerated() {
      let flag = object.builder.load(object.context.i8, place(job, layout.flags + number))
      emitter.emitFailure(check, if: object.builder.icmp(.ne, flag, object.context.i8.zero))
    }
    combineCopies(sizes)
    return body[id].carried.indices.map { combineCarried($0, job, chunks) }
  }

  /// The address of something in a job.
  private func place(_ job: IRValue, _ offset: Int) -> IRValue {
    object.builder.element(object.context.i8, job, object.index(offset))
  }

  /// Emits the function of a chunk, and has a team run it, or this thread.
  private func run(_ job: IRValue, _ chunks: IRValue, _ sizes: TeamSizes) {
    let turns = object.addFunction(
      "\(emitter.function.name).turns",
      [object.context.pointer, object.context.i64, object.context.i64],
      returning: object.context.void)
    turns.add(.noInline)
    turns.add(emitter.function.attributes(of: body))
    object.elsewhere { emitTurns(turns) }
    object.builder.store(turns.value, place(job, Job.turns))
    let shared = object.builder.appendBlock("team")
    let alone = object.builder.appendBlock("alone")
    let done = object.builder.appendBlock("together")
    object.builder.condBr(
      object.builder.icmp(.sgt, chunks, object.index(1)), then: shared, else: alone)
    object.position(atEnd: shared)
    let most = object.builder.sext(
      object.builder.call(object.greatestThreadCount, []), to: object.context.i64)
    let slots = sizes.slots.map { object.least(chunks, $0) } ?? chunks
    let threads = object.builder.trunc(object.least(most, slots), to: object.context.i32)
    object.builder.call(
      object.parallelRegion,
      [object.teamFunction.value, job, threads, object.context.i32.zero])
    object.builder.br(done)
    object.position(atEnd: alone)
    object.builder.call(turns, [job, object.index(0), object.index(0)])
    object.builder.br(done)
    object.position(atEnd: done)
  }

  // MARK: The turns of a chunk

  /// Emits the function that runs the turns of a chunk.
  private func emitTurns(_ function: IRFunction) {
    object.position(atEnd: function.appendBlock("entry"))
    object.debug?.enter(
      function, named: emitter.function.name, at: emitter.function.site, object)
    let job = function.parameter(0)
    let chunk = function.parameter(2)
    let saved = emitter.state
    emitter.state = FunctionState(FunctionScope(function))
    let frame = Frame(emitter: emitter, address: place(job, Job.frame), layout: frameLayout)
    for name in emitter.function.symbols {
      emitter.scope.symbols[name] = frame.load(.symbol(name))
    }
    var taken = BodyEmitter.Taken()
    for captured in uses.captured { emitter.take(captured, frame, &taken) }
    let chunks = object.builder.load(object.context.i64, place(job, Job.chunks))
    takeOwn(job, slot: function.parameter(1))
    takeCopies(job, chunk, chunks)
    _ = emitter.emitFunction {
      emitter.state.isInTree = true
      emitter.aliases =
        saved.aliases ?? AliasScopes(body, tree: [.loop(id)], object)
      fillCopies(chunks)
      emitChunk(job, chunk, chunks)
    }
    object.builder.retVoid()
    emitter.state = saved
    emitter.giveBack(taken)
  }

  /// The bytes of a copy of a buffer, by its number among those that have copies.
  private func stride(_ job: IRValue, _ number: Int) -> IRValue {
    object.builder.load(object.context.i64, place(job, layout.strides + 8 * number))
  }

  /// Gives the thread its own memory: a slot of the workspace, or a place on its stack.
  private func takeOwn(_ job: IRValue, slot: IRValue) {
    for (number, buffer) in own.enumerated() {
      let distance = object.builder.mul(slot, stride(job, number), noWrap: .signed)
      emitter.state.bases[buffer] = object.builder.element(
        object.context.i8, emitter.base(buffer), distance)
    }
    for buffer in sharing.own where body[buffer].storage == .local {
      emitter.state.bases[buffer] = nil
      _ = emitter.base(buffer)
    }
  }

  /// Puts the copies of the chunk in the place of the memory to which turns add, if there are several
  /// chunks.
  private func takeCopies(_ job: IRValue, _ chunk: IRValue, _ chunks: IRValue) {
    let isAlone = object.builder.icmp(.eq, chunks, object.index(1))
    for (number, sum) in sharing.sums.enumerated() {
      let stride = stride(job, own.count + number)
      let distance = object.builder.mul(chunk, stride, noWrap: .signed)
      let copy = object.builder.element(object.context.i8, emitter.base(sum.copies), distance)
      emitter.state.bases[sum.buffer] = object.builder.select(
        isAlone, emitter.base(sum.buffer), copy)
    }
  }

  /// Makes the copies of the chunk neutral, if there are several chunks.
  private func fillCopies(_ chunks: IRValue) {
    if sharing.sums.isEmpty { return }
    emitter.emitIf(object.builder.icmp(.sgt, chunks, object.index(1))) {
      for sum in sharing.sums {
        let element = body[sum.buffer].element
        let type = object.memoryType(element)
        let neutral = neutral(sum.operation, ScalarType(element))
        let copy = emitter.base(sum.buffer)
        object.emitRange("fill", count: elementCount(sum.buffer)) { number in
          object.builder.store(neutral, object.builder.element(type, copy, number))
        }
      }
    }
  }

  /// The number of elements of a buffer.
  private func elementCount(_ buffer: BufferID) -> IRValue {
    let sizes = SizeChecker(object, emitter.function, emitter.scope, isTrusted: true)
    return object.value(sizes.size(body[buffer].memoryShape, body[buffer].element).count)
  }

  /// The number that changes nothing when it is combined.
  private func neutral(_ operation: BinaryOperation, _ type: ScalarType) -> IRValue {
    guard let neutral = operation.neutral else {
      preconditionFailure("'\(operation)' has no neutral number")
    }
    return object.literal(.float(neutral), type)
  }

  /// Emits the turns of a chunk, and what they leave for the thread that began the job. The first
  /// chunk goes on from what the loop carries, all others begin anew.
  private func emitChunk(_ job: IRValue, _ chunk: IRValue, _ chunks: IRValue) {
    emitter.openFlags(id)
    let isFirst = object.builder.icmp(.eq, chunk, object.index(0))
    let initial = body[id].carried.enumerated().map { slot, carried in
      object.builder.select(
        isFirst, emitter.value(carried.initial),
        neutral(sharing.carried[slot], body[carried.initial].type))
    }
    let results = emitter.emitTurns(id, turns(of: chunk, chunks), initial)
    for (slot, result) in results.enumerated() {
      let type = body[body[id].carried[slot].initial].type
      object.builder.store(
        result, carriedPlace(slot, job, chunk), align: min(64, TeamEmitter.bytes(of: type)))
    }
    for (number, check) in checks.enumerated() {
      guard let slot = emitter.state.flags[check] else { continue }
      emitter.emitIf(object.builder.load(object.context.i1, slot)) {
        object.builder.atomicStore(
          object.context.i8.constant(1), place(job, layout.flags + number))
      }
    }
  }

  /// The turns of a chunk: all chunks have equally many, or one more.
  private func turns(of chunk: IRValue, _ chunks: IRValue) -> TurnRange {
    let units = unitCount
    let least = object.builder.sdiv(units, chunks)
    let rest = object.builder.srem(units, chunks)
    let before = object.builder.mul(chunk, least, noWrap: .signed)
    let first = object.builder.add(before, object.least(chunk, rest), noWrap: .signed)
    let hasMore = object.builder.icmp(.slt, chunk, rest)
    let more = object.builder.zext(hasMore, to: object.context.i64)
    return TurnRange(first: first, count: object.builder.add(least, more, noWrap: .signed))
  }

  /// The number of turns of the loop, in vectors where it has lanes; nothing is less than none.
  var unitCount: IRValue {
    let lanes = body[id].lanes
    let count = object.builder.intrinsic(
      "llvm.smax", [emitter.turnCount(id), object.index(0)])
    if lanes == 1 { return count }
    let filled = object.builder.add(count, object.index(lanes - 1), noWrap: .signed)
    return object.builder.sdiv(filled, object.index(lanes))
  }

  // MARK: Behind the loop

  /// Where a chunk leaves a carried value.
  private func carriedPlace(_ slot: Int, _ job: IRValue, _ chunk: IRValue) -> IRValue {
    let bytes = TeamEmitter.bytes(of: body[body[id].carried[slot].initial].type)
    let distance = object.builder.mul(chunk, object.index(bytes), noWrap: .signed)
    return object.builder.element(object.context.i8, place(job, layout.carried[slot]), distance)
  }

  /// Combines what the chunks leave of a carried value, in the order of the turns.
  private func combineCarried(_ slot: Int, _ job: IRValue, _ chunks: IRValue) -> IRValue {
    let scalar = body[body[id].carried[slot].initial].type
    let type = object.registerType(scalar)
    let align = min(64, TeamEmitter.bytes(of: scalar))
    let total = place(job, layout.carried[slot])
    let further = object.builder.sub(chunks, object.index(1), noWrap: .signed)
    object.emitRange("combine", count: further) { number in
      let chunk = object.builder.add(number, object.index(1), noWrap: .signed)
      let part = object.builder.load(type, carriedPlace(slot, job, chunk), align: align)
      let before = object.builder.load(type, total, align: align)
      let sum = object.binary(sharing.carried[slot], before, part, scalar.element)
      object.builder.store(sum, total, align: align)
    }
    return object.builder.load(type, total, align: align)
  }

  /// Adds the copies of the chunks to memory, in the order of the turns.
  private func combineCopies(_ sizes: TeamSizes) {
    if sharing.sums.isEmpty { return }
    emitter.emitIf(object.builder.icmp(.sgt, sizes.chunks, object.index(1))) {
      for (number, sum) in sharing.sums.enumerated() {
        combineCopies(of: sum, stride: sizes.copied[own.count + number], sizes.chunks)
      }
    }
  }

  /// Adds the copies of one buffer to it.
  private func combineCopies(of sum: Sharing.Sum, stride: IRValue, _ chunks: IRValue) {
    let element = body[sum.buffer].element
    let type = object.memoryType(element)
    let memory = emitter.base(sum.buffer)
    let copies = emitter.base(sum.copies)
    let count = elementCount(sum.buffer)
    object.emitRange("copies", count: chunks) { chunk in
      let distance = object.builder.mul(chunk, stride, noWrap: .signed)
      let copy = object.builder.element(object.context.i8, copies, distance)
      object.emitRange("combine", count: count) { number in
        let place = object.builder.element(type, memory, number)
        let part = object.builder.load(type, object.builder.element(type, copy, number))
        let before = object.builder.load(type, place)
        object.builder.store(object.binary(sum.operation, before, part, element), place)
      }
    }
  }

  /// The buffers that have copies: for threads, then for chunks.
  var copied: [BufferID] { own + sharing.sums.map(\.copies) }

  /// The number of those that are for threads.
  var ownCount: Int { own.count }
}

extension ObjectEmitter {
  /// The lesser of two numbers.
  func least(_ a: IRValue, _ b: IRValue) -> IRValue {
    builder.intrinsic("llvm.smin", [a, b])
  }

  /// Emits a loop over the numbers below a count.
  func emitRange(_ name: String, count: IRValue, _ turn: (IRValue) -> Void) {
    let before = builder.block
    let header = builder.appendBlock(name)
    let end = builder.appendBlock("\(name).end")
    builder.condBr(builder.icmp(.sgt, count, index(0)), then: header, else: end)
    position(atEnd: header)
    let number = builder.phi(context.i64, name: name)
    number.add(index(0), from: before)
    turn(number.value)
    let next = builder.add(number.value, index(1), noWrap: [.signed, .unsigned])
    number.add(next, from: builder.block)
    builder.condBr(builder.icmp(.eq, next, count), then: end, else: header)
    position(atEnd: end)
  }
}
