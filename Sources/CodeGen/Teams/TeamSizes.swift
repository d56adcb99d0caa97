import LLVMInterop
import LoopIR
import Support

/// What the sizes of a call say about the sharing of a loop.
struct TeamSizes {
  /// The bytes of one copy, for each buffer that has copies.
  private(set) var copied: [IRValue] = []
  /// The threads that have memory of their own; nil where no thread needs any.
  private(set) var slots: IRValue?
  /// The chunks into which the turns go.
  private(set) var chunks: IRValue

  /// The steps that touching an element of a copy counts as.
  private static let copyCost = 4.0

  /// Computes them where the builder stands.
  init(_ team: TeamEmitter) {
    let object = team.object
    let sizes = SizeChecker(object, team.emitter.function, team.emitter.scope, isTrusted: true)
    chunks = object.index(Sharing.chunkLimit)
    var least = object.context.double.constant(object.options.leastSharedWork)
    for (number, id) in team.copied.enumerated() {
      let buffer = team.body[id]
      let count = sizes.size(buffer.memoryShape, buffer.element).count
      let bytes = object.padded(object.product(count, UInt64(buffer.element.byteSize)))
      copied.append(object.value(bytes))
      let places = TeamSizes.places(object.value(bytes), object)
      if number < team.own.count {
        slots = slots.map { object.least($0, places) } ?? places
      } else {
        chunks = object.least(chunks, places)
        let cost = TeamSizes.copyCost * Double(Sharing.copyLimit)
        let elements = object.builder.sitofp(object.value(count), to: object.context.double)
        least = object.builder.fadd(
          least, object.builder.fmul(elements, object.context.double.constant(cost)))
      }
    }
    let units = team.unitCount
    let some = object.builder.intrinsic(
      "llvm.smax", [object.least(units, chunks), object.index(1)])
    let isWorthwhile = object.builder.fcmp(.oge, TeamSizes.work(team), least)
    chunks = object.builder.select(isWorthwhile, some, object.index(1))
  }

  /// The number of copies for which the workspace has room.
  private static func places(_ bytes: IRValue, _ object: ObjectEmitter) -> IRValue {
    let divisor = object.builder.intrinsic("llvm.umax", [bytes, object.index(1)])
    let fitting = object.builder.udiv(object.index(Sharing.copyBytes), divisor)
    let some = object.builder.intrinsic("llvm.umax", [fitting, object.index(1)])
    return object.builder.intrinsic("llvm.umin", [some, object.index(Sharing.copyLimit)])
  }

  /// The steps of all turns. Floating numbers do not overflow, whatever the sizes.
  private static func work(_ team: TeamEmitter) -> IRValue {
    let object = team.object
    let double = object.context.double
    func number(_ value: IRValue) -> IRValue { object.builder.sitofp(value, to: double) }
    var turn = double.constant(0.0)
    for term in team.sharing.work {
      var steps = double.constant(term.steps)
      for extent in term.extents {
        let count = number(object.dim(extent, team.emitter.scope))
        steps = object.builder.fmul(steps, count)
      }
      turn = object.builder.fadd(turn, steps)
    }
    return object.builder.fmul(turn, number(team.emitter.turnCount(team.id)))
  }
}
