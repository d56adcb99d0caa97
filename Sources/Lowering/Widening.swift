import LoopIR
import Support

/// Runs the turns of some innermost loops in lanes.
///
/// LLVM finds the lanes of most short loops by itself. Where thousands of steps were fused into one
/// loop, it takes time that grows with the square of their number, or gives up; lanes that are spelled
/// out let code generation cut such a body into functions. And it does not see that the greatest of
/// chosen elements is a reduction.
struct Widening {
  /// A loop of more steps than this is long.
  private static let longLoop = 1_000
  /// The bytes of all lanes of a value.
  private static let vectorBytes = 64

  static func run(_ body: inout Body) {
    var candidates: [LoopID] = []
    BodyWalk.visit(body) { item in
      guard case .loop(let id) = item else { return }
      if body[id].body.items.count > longLoop || picksExtremum(id, body) { candidates.append(id) }
    }
    if candidates.isEmpty { return }
    var widened: [LoopID: Widening] = [:]
    for id in candidates {
      if let widening = Widening(id, body) { widened[id] = widening }
    }
    for widening in widened.values { widening.widen(&body) }
    body.block = reduced(body.block, widened, &body)
  }

  /// Whether a loop carries the greatest or least of elements that a condition chooses.
  private static func picksExtremum(_ loop: LoopID, _ body: Body) -> Bool {
    body[loop].carried.contains { carried in
      guard case .accumulate(let operation, _, let element) = body[carried.next].instruction,
        [.minimum, .maximum].contains(operation), case .select = body[element].instruction
      else { return false }
      return true
    }
  }

  private let loop: LoopID
  private let lanes: Int
  /// How each carried value is combined.
  private let combinations: [BinaryOperation]

  /// Plans the lanes of a loop; nil for one whose turns depend on each other.
  private init?(_ id: LoopID, _ body: Body) {
    let loop = body[id]
    guard loop.lanes == 1, loop.bound == nil, loop.going == nil, !loop.isReversed,
      loop.body.items.allSatisfy(\.isStep), Widening.touchesOwnElements(id, body),
      let combinations = Widening.combinations(id, body)
    else { return nil }
    let widest = loop.body.items.reduce(1) { widest, item in
      guard case .scalar(let id) = item, body[id].type.element.isFloat else { return widest }
      return max(widest, body[id].type.element.byteSize)
    }
    self.loop = id
    self.combinations = combinations
    lanes = Widening.vectorBytes / widest
  }

  /// Whether every turn reads, of what the loop writes, only the element that it writes itself.
  private static func touchesOwnElements(_ loop: LoopID, _ body: Body) -> Bool {
    var written: [BufferID: [Index]] = [:]
    for case .store(let store) in body[loop].body.items {
      let owner = body.owner(of: store.access.buffer)
      guard owner == store.access.buffer, store.combining == nil, store.mask == nil,
        store.access.indices.contains(where: { $0.moves(with: loop) }),
        written[owner, default: store.access.indices] == store.access.indices
      else { return false }
      written[owner] = store.access.indices
    }
    return body[loop].body.items.allSatisfy { item in
      guard case .scalar(let id) = item, case .load(let access, _) = body[id].instruction,
        let indices = written[body.owner(of: access.buffer)]
      else { return true }
      return written[access.buffer] != nil && indices == access.indices
    }
  }

  /// How the values that a loop carries are combined, if nothing else is done with them.
  private static func combinations(_ loop: LoopID, _ body: Body) -> [BinaryOperation]? {
    var uses: [ScalarID: Int] = [:]
    for case .scalar(let id) in body[loop].body.items {
      for operand in body[id].instruction.operands { uses[operand, default: 0] += 1 }
    }
    for case .store(let store) in body[loop].body.items { uses[store.value, default: 0] += 1 }
    var combinations: [BinaryOperation] = []
    for (slot, carried) in body[loop].carried.enumerated() {
      guard case .accumulate(let operation, let entering, _) = body[carried.next].instruction,
        body[entering].instruction == .carried(loop, slot), uses[entering] == 1,
        uses[carried.next] == nil, body[entering].type.element.isFloat,
        neutral(operation) != nil
      else { return nil }
      combinations.append(operation)
    }
    return combinations
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

  /// Gives lanes to the variable, and to all that depends on it.
  private func widen(_ body: inout Body) {
    body[loop].lanes = lanes
    var wide: Set<ScalarID> = []
    for id in body.scalars.indices.lazy.map({ ScalarID($0) }) {
      if case .carried(loop, _) = body[id].instruction {
        wide.insert(id)
        body[id].type = ScalarType(body[id].type.element, lanes: lanes)
      }
    }
    for case .scalar(let id) in body[loop].body.items
    where body[id].instruction.operands.contains(where: wide.contains)
      || body[id].instruction.moves(with: loop)
    {
      wide.insert(id)
      body[id].type = ScalarType(body[id].type.element, lanes: lanes)
    }
  }

  /// Combines the lanes of what widened loops carry, behind them.
  private static func reduced(
    _ block: Block, _ widened: [LoopID: Widening], _ body: inout Body
  ) -> Block {
    var items: [Item] = []
    for item in block.items {
      switch item {
      case .loop(let id):
        body[id].body = reduced(body[id].body, widened, &body)
        guard let widening = widened[id] else {
          items.append(item)
          continue
        }
        let (before, behind) = widening.reduce(&body)
        items += before + [item] + behind
      case .branch(let condition, let then, let otherwise):
        items.append(
          .branch(
            condition, then: reduced(then, widened, &body),
            otherwise: reduced(otherwise, widened, &body)))
      case .scalar, .store, .check, .external, .stopIfFailed: items.append(item)
      }
    }
    return Block(items)
  }

  /// Begins every lane with a neutral number; gives what stands in front of the loop and behind it.
  private func reduce(_ body: inout Body) -> (before: [Item], behind: [Item]) {
    var before: [Item] = []
    var behind: [Item] = []
    for (slot, operation) in combinations.enumerated() {
      let initial = body[loop].carried[slot].initial
      let element = body[initial].type.element
      guard let neutral = Widening.neutral(operation) else {
        preconditionFailure("'\(operation)' does not combine lanes")
      }
      let results = body.scalars.indices.map { ScalarID($0) }
        .filter { body[$0].instruction == .loopResult(loop, slot) }
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
        behind.append(.scalar(result))
      }
    }
    return (before, behind)
  }
}

extension Item {
  /// Whether it is a scalar or a store.
  fileprivate var isStep: Bool {
    switch self {
    case .scalar, .store: true
    case .loop, .branch, .check, .external, .stopIfFailed: false
    }
  }
}

extension Index {
  /// Whether it differs between the turns of a loop.
  fileprivate func moves(with loop: LoopID) -> Bool {
    loops.contains { $0.variable == loop && $0.coefficient.constant.map { $0 != 0 } == true }
  }
}

extension Instruction {
  /// Whether it uses the variable of a loop itself.
  fileprivate func moves(with loop: LoopID) -> Bool {
    switch self {
    case .loopVariable(let variable): variable == loop
    case .index(let index): index.loops.contains { $0.variable == loop }
    case .load(let access, _):
      access.indices.contains { $0.loops.contains { $0.variable == loop } }
    case .constant, .dim, .isWanted, .unary, .binary, .compare, .multiplyAdd, .select, .convert,
      .bitcast, .call, .carried, .loopResult, .acrossLanes, .splat, .accumulate, .round:
      false
    }
  }
}
