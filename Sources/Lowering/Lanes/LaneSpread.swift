import LoopIR
import Support

/// The scalars that stand for what loops carry and give.
struct LoopCarriers {
  private struct Slot: Hashable {
    var loop: LoopID
    var number: Int
  }

  private var scalars: [Slot: [ScalarID]] = [:]

  init(_ body: Body) {
    for (number, scalar) in body.scalars.enumerated() {
      switch scalar.instruction {
      case .carried(let loop, let slot), .loopResult(let loop, let slot):
        scalars[Slot(loop: loop, number: slot), default: []].append(ScalarID(number))
      case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
        .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
        .round:
        continue
      }
    }
  }

  /// Those of one value that a loop carries.
  subscript(_ loop: LoopID, _ slot: Int) -> [ScalarID] {
    scalars[Slot(loop: loop, number: slot), default: []]
  }
}

/// What differs between the turns of a loop that shall run side by side.
struct LaneSpread {
  /// The memory that every turn has for itself.
  let own: Set<BufferID>
  /// The scalars that differ.
  private(set) var wide: Set<ScalarID> = []
  private let loop: LoopID
  private let carriers: LoopCarriers
  private var hasChanged = true

  /// Finds what differs; nil where control itself does, or where a step has no form in lanes.
  init?(_ loop: LoopID, own: Set<BufferID>, _ carriers: LoopCarriers, _ body: Body) {
    self.own = own
    self.loop = loop
    self.carriers = carriers
    for slot in body[loop].carried.indices { widen(loop, slot) }
    while hasChanged {
      hasChanged = false
      spread(body[loop].body, body)
    }
    guard isStraight(body[loop].body, body) else { return nil }
  }

  /// Whether a loop inside carries a value for each lane.
  func carriesLanes(_ loop: LoopID, _ slot: Int, _ body: Body) -> Bool {
    wide.contains(body[loop].carried[slot].next) || wide.contains(body[loop].carried[slot].initial)
      || carriers[loop, slot].contains(where: wide.contains)
  }

  // MARK: Spreading

  private mutating func insert(_ id: ScalarID) {
    if wide.insert(id).inserted { hasChanged = true }
  }

  /// Gives a carried value lanes.
  private mutating func widen(_ loop: LoopID, _ slot: Int) {
    for id in carriers[loop, slot] { insert(id) }
  }

  /// Goes once over the steps of a block.
  private mutating func spread(_ block: Block, _ body: Body) {
    for item in block.items {
      switch item {
      case .scalar(let id): if differs(body[id].instruction, body) { insert(id) }
      case .loop(let inner):
        widenCarried(inner, body)
        spread(body[inner].body, body)
        widenCarried(inner, body)
      case .branch(_, let then, let otherwise):
        spread(then, body)
        spread(otherwise, body)
      case .store, .check, .external, .stopIfFailed: break
      }
    }
  }

  /// Gives lanes to what an inner loop carries, where it begins or goes on with what differs.
  private mutating func widenCarried(_ inner: LoopID, _ body: Body) {
    for (slot, carried) in body[inner].carried.enumerated()
    where wide.contains(carried.initial) || wide.contains(carried.next) { widen(inner, slot) }
  }

  /// Whether an instruction gives different values in different turns.
  private func differs(_ instruction: Instruction, _ body: Body) -> Bool {
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
  private func isStraight(_ block: Block, _ body: Body) -> Bool {
    block.items.allSatisfy { item in
      switch item {
      case .scalar(let id): !body[id].isAcrossLanes
      case .store, .check: true
      case .loop(let id): isStraight(id, body)
      case .branch(let condition, let then, let otherwise):
        !wide.contains(condition) && isStraight(then, body) && isStraight(otherwise, body)
      case .external, .stopIfFailed: false
      }
    }
  }

  /// Whether all lanes make the same turns of an inner loop.
  private func isStraight(_ inner: LoopID, _ body: Body) -> Bool {
    let loop = body[inner]
    if loop.lanes > 1 { return false }
    if let bound = loop.bound, wide.contains(bound) { return false }
    if let going = loop.going, carriesLanes(inner, going, body) { return false }
    return isStraight(loop.body, body)
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
