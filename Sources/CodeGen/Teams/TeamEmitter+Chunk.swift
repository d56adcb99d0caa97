import LLVMInterop
import LoopIR
import Support

/// The turns of a chunk.
extension TeamEmitter {
  /// Emits the function that runs the turns of a chunk.
  func emitTurns(_ function: IRFunction) {
    object.position(atEnd: function.appendBlock("entry"))
    object.debug?.enter(
      function, named: emitter.function.name, at: emitter.function.site, object)
    let job = function.parameter(0)
    let chunk = function.parameter(2)
    let saved = emitter.state
    emitter.state = FunctionState(FunctionScope(function))
    let frame = Frame(emitter: emitter, address: place(job, Job.frame), place: frameLayout.place(of:))
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
  func elementCount(_ buffer: BufferID) -> IRValue {
    let sizes = SizeChecker(object, emitter.function, emitter.scope, isTrusted: true)
    return object.value(sizes.size(body[buffer].memoryShape, body[buffer].element).count)
  }

  /// The number that changes nothing when it is combined.
  func neutral(_ operation: BinaryOperation, _ type: ScalarType) -> IRValue {
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
        object.builder.storeAtomic(
          object.context.i8.constant(1), place(job, layout.flags + number), align: 1)
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
}
