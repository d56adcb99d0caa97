import LoopIR
import Support

/// Runs the turns of loops around other loops in lanes: maps over data, the directions of a
/// Jacobian or a Hessian.
///
/// LLVM finds lanes in innermost loops only. Where those are short, or each of their turns needs
/// the one before, the lanes are in the loop around them: its turns do not depend on each other. Memory
/// that a turn has for itself becomes memory of each lane, with the lanes as the last axis, so that
/// all of them are read and written at once.
struct TurnLanes {
  /// Gives lanes to loops; gives these.
  static func run(_ body: inout Body) -> [LoopID] {
    if !body.loops.contains(where: { $0.body.items.contains(where: \.isLoop) }) { return [] }
    let touches = TouchCounts(body)
    let carriers = LoopCarriers(body)
    var reductions: [LoopID: LaneReduction] = [:]
    var pending = Array(body.block.items.reversed())
    while let item = pending.popLast() {
      switch item {
      case .loop(let id):
        if let plan = TurnLanes(id, touches, carriers, body) {
          plan.apply(&body)
          reductions[id] = plan.reduction
        } else {
          pending += body[id].body.items.reversed()
        }
      case .branch(_, let then, let otherwise): pending += (then.items + otherwise.items).reversed()
      case .scalar, .store, .check, .external, .stopIfFailed: break
      }
    }
    LaneReduction.run(reductions, &body)
    return reductions.keys.sorted()
  }

  private let loop: LoopID
  private let lanes: Int
  private let reduction: LaneReduction
  private let spread: LaneSpread

  /// Plans the lanes of a loop; nil where its turns depend on each other, or would not be faster.
  private init?(
    _ id: LoopID, _ touches: TouchCounts, _ carriers: LoopCarriers, _ body: Body
  ) {
    let loop = body[id]
    guard loop.runsAllTurns, loop.body.items.contains(where: \.isLoop),
      let lanes = TurnLanes.lanes(of: id, body), let memory = TurnMemory(id, touches, body),
      let reduction = LaneReduction(id, body), let spread = LaneSpread(id, own: memory.own, carriers, body)
    else { return nil }
    let cost = TurnCost(id, lanes: lanes, spread, body)
    guard cost.isWorthwhile else { return nil }
    self.loop = id
    self.lanes = lanes
    self.reduction = reduction
    self.spread = spread
  }

  /// So many turns fill a vector; nil where there are fewer than half of them.
  private static func lanes(of loop: LoopID, _ body: Body) -> Int? {
    var widest = 1
    BodyWalk.visit(body[loop].body, body) { item in
      guard case .scalar(let id) = item, body[id].type.element.isFloat else { return }
      widest = max(widest, body[id].type.element.byteSize)
    }
    var lanes = LaneLimits.vectorBytes / max(widest, 4)
    guard let extent = body[loop].extent.constant else { return lanes }
    while lanes > 2, extent <= lanes / 2 { lanes /= 2 }
    return extent > lanes / 2 ? lanes : nil
  }

  /// Gives lanes to all that differs between turns.
  private func apply(_ body: inout Body) {
    body[loop].lanes = lanes
    for id in body.buffers.indices.lazy.map({ BufferID($0) })
    where spread.own.contains(body.owner(of: id)) { body[id].lanes = lanes }
    for id in spread.wide { body[id].type = ScalarType(body[id].type.element, lanes: lanes) }
    body[loop].body = splatted(body[loop].body, &body)
  }

  /// Spreads what inner loops begin with or go on with, where that is one value for all lanes and
  /// the loop carries one for each; and what every turn adds to the same element.
  private func splatted(_ block: Block, _ body: inout Body) -> Block {
    var items: [Item] = []
    for item in block.items {
      switch item {
      case .loop(let id):
        var inner = splatted(body[id].body, &body)
        for slot in body[id].carried.indices where spread.carriesLanes(id, slot, body) {
          let carried = body[id].carried[slot]
          body[id].carried[slot].initial = splat(carried.initial, &items, &body)
          body[id].carried[slot].next = splat(carried.next, &inner.items, &body)
        }
        body[id].body = inner
      case .branch(let condition, let then, let otherwise):
        items.append(
          .branch(condition, then: splatted(then, &body), otherwise: splatted(otherwise, &body)))
        continue
      case .store(var store):
        guard store.combining != nil else { break }
        store.value = splat(store.value, &items, &body)
        items.append(.store(store))
        continue
      case .scalar, .check, .external, .stopIfFailed: break
      }
      items.append(item)
    }
    return Block(items)
  }

  /// A scalar in all lanes.
  private func splat(_ id: ScalarID, _ items: inout [Item], _ body: inout Body) -> ScalarID {
    let type = body[id].type
    if type.lanes > 1 { return id }
    let site = body[id].site
    let wide = body.extend { b in
      b.site = site
      return b.define(ScalarType(type.element, lanes: lanes), .splat(id))
    }
    items.append(.scalar(wide))
    return wide
  }
}

extension Item {
  /// Whether it is a loop.
  fileprivate var isLoop: Bool { if case .loop = self { true } else { false } }
}
