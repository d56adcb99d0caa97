import LLVMInterop
import LoopIR
import Support

/// What is done behind the loop with what the chunks leave.
extension TeamEmitter {
  /// Where a chunk leaves a carried value.
  func carriedPlace(_ slot: Int, _ job: IRValue, _ chunk: IRValue) -> IRValue {
    let bytes = TeamEmitter.bytes(of: body[body[id].carried[slot].initial].type)
    let distance = object.builder.mul(chunk, object.index(bytes), noWrap: .signed)
    return object.builder.element(object.context.i8, place(job, layout.carried[slot]), distance)
  }

  /// Combines what the chunks leave of a carried value, in the order of the turns.
  func combineCarried(_ slot: Int, _ job: IRValue, _ chunks: IRValue) -> IRValue {
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
  func combineCopies(_ sizes: TeamSizes) {
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
}
