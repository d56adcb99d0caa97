import LoopIR
import Support

/// What the turns of a loop cost one after the other, and in lanes: counted steps, as a machine
/// with vectors does them.
struct TurnCost {
  /// The steps of as many turns as there are lanes: one after the other, and side by side.
  private var single = 0.0
  private var wide = 0.0

  private let loop: LoopID
  private let lanes: Double
  private let spread: LaneSpread
  private let body: Body

  /// The turns of a loop whose number is not known.
  private static let unknownExtent = 64.0
  /// Lanes must be so much faster, since what LLVM finds by itself is not known beforehand.
  private static let margin = 1.3

  init(_ loop: LoopID, lanes: Int, _ spread: LaneSpread, _ body: Body) {
    self.loop = loop
    self.lanes = Double(lanes)
    self.spread = spread
    self.body = body
    add(body[loop].body, inside: loop, times: 1)
  }

  /// Whether lanes are worth it.
  var isWorthwhile: Bool { wide * TurnCost.margin < single }

  private mutating func add(_ block: Block, inside inner: LoopID, times: Double) {
    let share = inner == loop ? 1 : TurnCost.lanesOfLLVM(inner, body, Int(lanes))
    for item in block.items {
      switch item {
      case .scalar(let id):
        let cost = TurnCost.cost(body[id].instruction)
        guard cost > 0 else { continue }
        single += times * cost * lanes / share
        let isWide = spread.wide.contains(id)
        wide += times * cost * (isWide ? reach(body[id].instruction) : 1 / share)
      case .store(let store):
        single += times * lanes / share
        wide += times * reach(store.access)
      case .loop(let id):
        let extent = body[id].extent.constant.map { Double($0) } ?? TurnCost.unknownExtent
        add(body[id].body, inside: id, times: times * extent)
      case .branch(_, let then, let otherwise):
        add(then, inside: inner, times: times)
        add(otherwise, inside: inner, times: times)
      case .check, .external, .stopIfFailed: break
      }
    }
  }

  /// The steps of a scalar instruction.
  static func cost(_ instruction: Instruction) -> Double {
    switch instruction {
    case .constant, .dim, .loopVariable, .index, .isWanted, .carried, .loopResult, .splat: 0
    case .call: 20
    case .binary(let operation, _, _): [.divide, .remainder].contains(operation) ? 4 : 1
    case .unary(.sqrt, _): 4
    case .unary, .compare, .multiplyAdd, .select, .convert, .bitcast, .load, .acrossLanes,
      .accumulate, .round:
      1
    }
  }

  /// How many times the memory is touched where an instruction runs in lanes.
  private func reach(_ instruction: Instruction) -> Double {
    if case .load(let access, _) = instruction { reach(access) } else { 1 }
  }

  /// How many times the memory is touched for one access in lanes: once for neighbours.
  private func reach(_ access: Access) -> Double {
    if spread.own.contains(body.owner(of: access.buffer)) {
      return access.indices.contains(where: spread.differs) ? lanes : 1
    }
    guard access.indices.contains(where: spread.differs) else { return 1 }
    let isRow =
      access.indices.dropLast().allSatisfy { !spread.differs($0) }
      && access.indices.last.map { $0.step(of: loop) == 1 } == true
    return isRow ? 1 : lanes
  }

  /// How many turns of an inner loop LLVM is thought to do at once: few of a short one, and none
  /// where each needs the one before.
  private static func lanesOfLLVM(_ loop: LoopID, _ body: Body, _ lanes: Int) -> Double {
    let isReduction = body[loop].carried.allSatisfy { carried in
      if case .accumulate = body[carried.next].instruction { true } else { false }
    }
    let isInnermost = body[loop].body.items.allSatisfy { item in
      switch item {
      case .scalar, .store: true
      case .loop, .branch, .check, .external, .stopIfFailed: false
      }
    }
    guard isReduction, isInnermost, body[loop].going == nil else { return 1 }
    guard let extent = body[loop].extent.constant, extent < lanes else { return Double(lanes) }
    return extent < 4 ? 1 : 2
  }
}

extension Index {
  /// How far it goes with each turn of a loop; nil where that is not known.
  fileprivate func step(of loop: LoopID) -> Int? {
    if !scalars.isEmpty { return nil }
    for term in loops where term.variable == loop { return term.coefficient.constant }
    return 0
  }
}
