import LoopIR
import Support

/// What differs between the turns of a loop that shall run side by side.
struct LaneSpread {
  /// The memory that every turn has for itself.
  let own: Set<BufferID>
  /// The scalars that differ.
  private(set) var wide: Set<ScalarID> = []
  private let loop: LoopID
  private let body: Body
  /// The scalars of what loops carry and give.
  private var carriers: [Slot: [ScalarID]] = [:]
  private var hasChanged = true

  /// A value that a loop carries.
  private struct Slot: Hashable {
    var loop: LoopID
    var number: Int
  }

  /// Finds what differs; nil where control itself does, or where a step has no form in lanes.
  init?(_ loop: LoopID, own: Set<BufferID>, _ body: Body) {
    self.own = own
    self.loop = loop
    self.body = body
    findCarriers()
    for slot in body[loop].carried.indices { widen(loop, slot) }
    while hasChanged {
      hasChanged = false
      spread(body[loop].body)
    }
    guard isStraight(body[loop].body) else { return nil }
  }

  /// Whether a loop inside carries a value for each lane.
  func carriesLanes(_ loop: LoopID, _ slot: Int) -> Bool {
    wide.contains(body[loop].carried[slot].next) || wide.contains(body[loop].carried[slot].initial)
      || carriers[Slot(loop: loop, number: slot), default: []].contains(where: wide.contains)
  }

  /// Notes the scalars that stand for what the loops inside carry.
  private mutating func findCarriers() {
    var inside: Set<LoopID> = [loop]
    BodyWalk.visit(body[loop].body, body) { if case .loop(let id) = $0 { inside.insert(id) } }
    for (number, scalar) in body.scalars.enumerated() {
      switch scalar.instruction {
      case .carried(let loop, let slot), .loopResult(let loop, let slot):
        guard inside.contains(loop) else { continue }
        carriers[Slot(loop: loop, number: slot), default: []].append(ScalarID(number))
      case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
        .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
        .round:
        continue
      }
    }
  }

  // MARK: Spreading

  private mutating func insert(_ id: ScalarID) {
    if wide.insert(id).inserted { hasChanged = true }
  }

  /// Gives a carried value lanes.
  private mutating func widen(_ loop: LoopID, _ slot: Int) {
    for id in carriers[Slot(loop: loop, number: slot), default: []] { insert(id) }
  }

  /// Goes once over the steps of a block.
  private mutating func spread(_ block: Block) {
    for item in block.items {
      switch item {
      case .scalar(let id): if differs(body[id].instruction) { insert(id) }
      case .loop(let inner):
        widenCarried(inner)
        spread(body[inner].body)
        widenCarried(inner)
      case .branch(_, let then, let otherwise):
        spread(then)
        spread(otherwise)
      case .store, .check, .external, .stopIfFailed: break
      }
    }
  }

  /// Gives lanes to what an inner loop carries, where it begins or goes on with what differs.
  private mutating func widenCarried(_ inner: LoopID) {
    for (slot, carried) in body[inner].carried.enumerated()
    where wide.contains(carried.initial) || wide.contains(carried.next) { widen(inner, slot) }
  }

  /// Whether an instruction gives different values in different turns.
  private func differs(_ instruction: Instruction) -> Bool {
    if instruction.operands.contains(where: wide.contains) { return true }
    switch instruction {
    case .loopVariable(let variable): return variable == loop
    case .index(let index): return differs(index)
    case .load(let access, _):
      return own.contains(body.owner(of: access.buffer)) || access.indices.contains(where: differs)
    case .constant, .dim, .isWanted, .unary, .binary, .compare, .multiplyAdd, .select, .convert,
      .bitcast, .call, .carried, .loopResult, .acrossLanes, .splat, .accumulate, .round:
      return false
    }
  }

  /// Whether a position differs.
  func differs(_ index: Index) -> Bool {
    index.loops.contains { $0.variable == loop }
      || index.scalars.contains { wide.contains($0.variable) }
  }

  // MARK: Control

  /// Whether all lanes go through a block together, and each of its steps can be done in lanes.
  private func isStraight(_ block: Block) -> Bool {
    block.items.allSatisfy { item in
      switch item {
      case .scalar(let id): !body[id].isAcrossLanes
      case .store, .check: true
      case .loop(let id): isStraight(id)
      case .branch(let condition, let then, let otherwise):
        !wide.contains(condition) && isStraight(then) && isStraight(otherwise)
      case .external, .stopIfFailed: false
      }
    }
  }

  /// Whether all lanes make the same turns of an inner loop.
  private func isStraight(_ inner: LoopID) -> Bool {
    let loop = body[inner]
    if loop.lanes > 1 { return false }
    if let bound = loop.bound, wide.contains(bound) { return false }
    if let going = loop.going, carriesLanes(inner, going) { return false }
    return isStraight(loop.body)
  }
}

extension Scalar {
  /// Whether it already belongs to code in lanes.
  fileprivate var isAcrossLanes: Bool {
    if type.lanes > 1 { return true }
    switch instruction {
    case .acrossLanes, .splat: return true
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .carried, .loopResult, .accumulate,
      .round:
      return false
    }
  }
}
