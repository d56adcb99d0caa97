import LoopIR
import Support

/// The steps that a turn of a loop takes, by the turns of the loops in it.
struct TurnWork {
  private(set) var terms: [Sharing.Work] = []
  private let body: Body

  /// What a load or a store costs beside its step: memory is slower than arithmetic.
  private static let access = 2.0

  init(_ loop: LoopID, _ body: Body) {
    self.body = body
    add(body[loop].body, share: 1, [])
  }

  /// Adds the steps of a block; nested loops each have a term of their own.
  private mutating func add(_ block: Block, share: Double, _ extents: [Dim]) {
    var steps = 0.0
    var pending = block.items
    while let item = pending.popLast() {
      switch item {
      case .scalar(let id):
        steps += TurnCost.cost(body[id].instruction)
        if case .load = body[id].instruction { steps += TurnWork.access }
      case .store: steps += TurnWork.access + 1
      case .loop(let id):
        add(body[id].body, share: share * part(id), extents + [body[id].extent])
      case .branch(_, let then, let otherwise): pending += then.items + otherwise.items
      case .check, .external, .stopIfFailed: break
      }
    }
    if steps > 0 { terms.append(Sharing.Work(steps: steps * share, extents: extents)) }
  }

  /// The part of the greatest number of turns that a loop is bounded to: mostly a quotient.
  private func part(_ loop: LoopID) -> Double {
    guard let bound = body[loop].bound, case .binary(.divide, _, let by) = body[bound].instruction,
      case .constant(let divisor) = body[by].instruction, divisor.double >= 1
    else { return 1 }
    return 1 / divisor.double
  }
}
