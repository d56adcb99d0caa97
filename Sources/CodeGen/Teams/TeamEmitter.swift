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
  let uses: PartUses
  let plan: PartPlan
  let frameLayout: FrameLayout
  let layout: Job
  let checks: [Place]
  /// The buffers of the workspace of which there are copies for threads, and those for chunks.
  let own: [BufferID]

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
  static func bytes(of type: ScalarType) -> Int {
    let bytes = type.element.arithmetic.byteSize * type.lanes
    return 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
  }

  /// Emits the loop; gives the carried values behind it.
  func emit(_ initial: [IRValue]) -> [IRValue] {
    let job = object.entryAlloca(
      object.context.i8.array(layout.size), align: WorkspacePlan.alignment)
    let frame = Frame(emitter: emitter, address: place(job, Job.frame), place: frameLayout.place(of:))
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
  func place(_ job: IRValue, _ offset: Int) -> IRValue {
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

  /// The buffers that have copies: for threads, then for chunks.
  var copied: [BufferID] { own + sharing.sums.map(\.copies) }
}
