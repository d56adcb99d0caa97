import LoopIR
import Support

/// How the values that a loop carries are combined when its turns run in lanes: every lane on its
/// own, and behind the loop all lanes.
struct LaneReduction {
  private let loop: LoopID
  /// How each carried value is combined.
  let combinations: [BinaryOperation]

  /// The reduction of a loop; nil where more is done with what it carries than to add to it. It may
  /// add what the lanes of an inner loop have come to where `hasLanes`.
  init?(_ loop: LoopID, _ body: Body, hasLanes: Bool = false) {
    self.loop = loop
    var combinations: [BinaryOperation] = []
    let uses = body[loop].carried.isEmpty ? [:] : LaneReduction.uses(in: body[loop].body, body)
    for slot in body[loop].carried.indices {
      guard let operation = LaneReduction.combination(loop, slot, uses, body, hasLanes: hasLanes)
      else { return nil }
      combinations.append(operation)
    }
    self.combinations = combinations
  }

  /// How often each scalar is used in a block, also as the first value that an inner loop carries.
  private static func uses(in block: Block, _ body: Body) -> [ScalarID: Int] {
    var uses: [ScalarID: Int] = [:]
    var pending = block.items
    while let item = pending.popLast() {
      switch item {
      case .scalar(let id):
        body.scalars[id.index].instruction.forEachOperand { uses[$0, default: 0] += 1 }
      case .store(let store):
        uses[store.value, default: 0] += 1
        if let mask = store.mask { uses[mask, default: 0] += 1 }
      case .loop(let id):
        for carried in body[id].carried { uses[carried.initial, default: 0] += 1 }
        if let bound = body[id].bound { uses[bound, default: 0] += 1 }
        pending += body[id].body.items
      case .branch(let condition, let then, let otherwise):
        uses[condition, default: 0] += 1
        pending += then.items + otherwise.items
      case .check(let condition, _, _, _): uses[condition, default: 0] += 1
      case .external(let call): for scalar in call.scalars { uses[scalar, default: 0] += 1 }
      case .stopIfFailed: break
      }
    }
    return uses
  }

  /// The operation that combines a carried value with an element, turn by turn, if nothing else
  /// uses it on the way; inner loops may hand it on.
  private static func combination(
    _ loop: LoopID, _ slot: Int, _ uses: [ScalarID: Int], _ body: Body, hasLanes: Bool
  ) -> BinaryOperation? {
    var loop = loop
    var slot = slot
    var next = body[loop].carried[slot].next
    while case .loopResult(let inner, let innerSlot) = body[next].instruction {
      let initial = body[inner].carried[innerSlot].initial
      guard body[initial].instruction == .carried(loop, slot), uses[initial] == 1,
        uses[next] == nil, body[inner].going == nil
      else { return nil }
      (loop, slot) = (inner, innerSlot)
      next = body[loop].carried[slot].next
    }
    guard var step = Step(next, body, hasLanes: hasLanes) else { return nil }
    // A short inner loop may have become several steps, the first of which is free.
    while hasLanes, uses[step.before] == 1,
      let earlier = Step(step.before, body, hasLanes: hasLanes), earlier.operation == step.operation
    {
      step = earlier
    }
    let (operation, entering) = (step.operation, step.before)
    guard step.isFree, body[entering].instruction == .carried(loop, slot), uses[entering] == 1,
      uses[next] == nil, body[entering].type.element.isFloat, operation.neutral != nil
    else { return nil }
    return operation
  }

  /// One step of a reduction.
  private struct Step {
    let operation: BinaryOperation
    /// What it goes on from.
    let before: ScalarID
    /// Whether the order is free.
    let isFree: Bool

    /// The step that computes a scalar; nil where it is none.
    init?(_ id: ScalarID, _ body: Body, hasLanes: Bool) {
      switch body[id].instruction {
      case .accumulate(let operation, let before, _):
        (self.operation, self.before, isFree) = (operation, before, true)
      case .binary(let operation, let before, let value):
        (self.operation, self.before) = (operation, before)
        isFree = hasLanes && body[value].instruction.isAcrossLanes(operation)
      case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .compare, .multiplyAdd,
        .select, .convert, .bitcast, .call, .load, .carried, .loopResult, .acrossLanes, .splat,
        .round:
        return nil
      }
    }
  }

  // MARK: Behind the loop

  /// Combines the lanes of what loops carry, behind them.
  static func run(_ reductions: [LoopID: LaneReduction], _ body: inout Body) {
    if reductions.values.allSatisfy(\.combinations.isEmpty) { return }
    body.block = reduced(body.block, reductions, &body)
  }

  private static func reduced(
    _ block: Block, _ reductions: [LoopID: LaneReduction], _ body: inout Body
  ) -> Block {
    var items: [Item] = []
    for item in block.items {
      switch item {
      case .loop(let id):
        body[id].body = reduced(body[id].body, reductions, &body)
        guard let reduction = reductions[id] else {
          items.append(item)
          continue
        }
        let (before, behind) = reduction.reduce(&body)
        items += before + [item] + behind
      case .branch(let condition, let then, let otherwise):
        items.append(
          .branch(
            condition, then: reduced(then, reductions, &body),
            otherwise: reduced(otherwise, reductions, &body)))
      case .scalar, .store, .check, .external, .stopIfFailed: items.append(item)
      }
    }
    return Block(items)
  }

  /// Begins every lane with a neutral number; gives what stands in front of the loop and behind it.
  private func reduce(_ body: inout Body) -> (before: [Item], behind: [Item]) {
    var before: [Item] = []
    var behind: [Item] = []
    let lanes = body[loop].lanes
    for (slot, operation) in combinations.enumerated() {
      let initial = body[loop].carried[slot].initial
      let element = body[initial].type.element
      guard let neutral = operation.neutral else {
        preconditionFailure("'\(operation)' does not combine lanes")
      }
      let results = body.scalars.indices.filter { number in
        if case .loopResult(loop, slot) = body.scalars[number].instruction { true } else { false }
      }.map { ScalarID($0) }
      let (start, across) = body.extend { b in
        b.site = b.body[loop].site
        let wide = ScalarType(element, lanes: lanes)
        let start = b.define(wide, .constant(.float(neutral)))
        let last = b.define(wide, .loopResult(loop, slot))
        return (start, b.define(ScalarType(element), .acrossLanes(operation, last)))
      }
      body[loop].carried[slot].initial = start
      before.append(.scalar(start))
      behind.append(.scalar(across))
      for result in results {
        body[result].instruction = .binary(operation, initial, across)
        body[result].type = ScalarType(element)
        behind.append(.scalar(result))
      }
    }
    return (before, behind)
  }
}

extension Instruction {
  /// Whether it is what all lanes come to.
  fileprivate func isAcrossLanes(_ operation: BinaryOperation) -> Bool {
    if case .acrossLanes(operation, _) = self { true } else { false }
  }
}

/// What lanes are measured by.
enum LaneLimits {
  /// The bytes of all lanes of a value.
  static let vectorBytes = 64
}
