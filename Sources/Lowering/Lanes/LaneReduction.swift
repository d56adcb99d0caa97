import LoopIR
import Support

/// How the values that a loop carries are combined when its turns run in lanes: every lane on its
/// own, and behind the loop all lanes.
struct LaneReduction {
  private let loop: LoopID
  /// How each carried value is combined.
  private let combinations: [BinaryOperation]

  /// The reduction of a loop; nil where more is done with what it carries than to add to it.
  init?(_ loop: LoopID, _ body: Body) {
    self.loop = loop
    var combinations: [BinaryOperation] = []
    let uses = body[loop].carried.isEmpty ? [:] : LaneReduction.uses(in: body[loop].body, body)
    for slot in body[loop].carried.indices {
      guard let operation = LaneReduction.combination(loop, slot, uses, body) else { return nil }
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
    _ loop: LoopID, _ slot: Int, _ uses: [ScalarID: Int], _ body: Body
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
    guard case .accumulate(let operation, let entering, _) = body[next].instruction,
      body[entering].instruction == .carried(loop, slot), uses[entering] == 1,
      uses[next] == nil, body[entering].type.element.isFloat, neutral(operation) != nil
    else { return nil }
    return operation
  }

  /// The number that changes nothing when it is combined.
  private static func neutral(_ operation: BinaryOperation) -> Double? {
    switch operation {
    case .add: -0.0
    case .multiply: 1
    case .minimum: .infinity
    case .maximum: -.infinity
    case .subtract, .divide, .remainder, .and, .or, .xor, .shiftLeft, .shiftRight,
      .shiftRightLogical, .copysign:
      nil
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
      guard let neutral = LaneReduction.neutral(operation) else {
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

/// What lanes are measured by.
enum LaneLimits {
  /// The bytes of all lanes of a value.
  static let vectorBytes = 64
}
