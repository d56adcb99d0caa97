import LoopIR
import Support

/// Runs the turns of some innermost loops in lanes.
///
/// LLVM finds the lanes of most short loops by itself. Where thousands of steps were fused into one
/// loop, it takes time that grows with the square of their number, or gives up; lanes that are
/// spelled out let code generation cut such a body into functions. It does not see that the greatest
/// of chosen elements is a reduction. And it runs the turns that do not fill all lanes one by one,
/// which takes longer than all others where inner loops are short or compute costly functions; here
/// they are one masked turn.
struct Widening {
  /// A loop of more steps than this is long.
  private static let longLoop = 1_000
  /// An inner loop of more steps than this computes a costly function.
  private static let costlyLoop = 40

  static func run(_ body: inout Body) {
    var candidates: [LoopID] = []
    var pending = (body.block.items + body.commit.items).reversed().map { (item: $0, depth: 0) }
    while let (item, depth) = pending.popLast() {
      switch item {
      case .loop(let id):
        // A loop of several lanes has no other in it.
        if body[id].lanes > 1 { continue }
        if isCandidate(id, depth: depth, body) { candidates.append(id) }
        pending += body[id].body.items.reversed().map { ($0, depth + 1) }
      case .branch(_, let then, let otherwise):
        pending += (then.items + otherwise.items).reversed().map { ($0, depth) }
      case .scalar, .store, .check, .external, .stopIfFailed: break
      }
    }
    var reductions: [LoopID: LaneReduction] = [:]
    for id in candidates {
      guard let widening = Widening(id, body) else { continue }
      widening.widen(&body)
      reductions[id] = widening.reduction
    }
    LaneReduction.run(reductions, &body)
  }

  /// Whether a loop is one of those that LLVM does badly.
  private static func isCandidate(_ loop: LoopID, depth: Int, _ body: Body) -> Bool {
    let steps = body[loop].body.items.count
    return steps > longLoop || depth > 0 && (steps > costlyLoop || isPerhapsShort(loop, body))
      || picksExtremum(loop, body)
  }

  /// Whether a loop computes floating elements of rows whose length is not known.
  private static func isPerhapsShort(_ loop: LoopID, _ body: Body) -> Bool {
    let items = body[loop].body.items
    return body[loop].extent.constant == nil && body[loop].carried.isEmpty
      && items.allSatisfy { staysInRow($0, loop, body) } && items.contains { computes($0, body) }
  }

  /// Whether a step touches only neighbours, or one element, in the turns of a loop.
  private static func staysInRow(_ item: Item, _ loop: LoopID, _ body: Body) -> Bool {
    switch item {
    case .scalar(let id):
      switch body[id].instruction {
      case .load(let access, _): access.staysInRow(over: loop)
      case .call: false
      case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
        .multiplyAdd, .select, .convert, .bitcast, .carried, .loopResult, .acrossLanes, .splat,
        .accumulate, .round:
        true
      }
    case .store(let store): store.access.staysInRow(over: loop)
    case .loop, .branch, .check, .external, .stopIfFailed: false
    }
  }

  /// Whether a step computes a floating number.
  private static func computes(_ item: Item, _ body: Body) -> Bool {
    switch item {
    case .scalar(let id):
      switch body[id].instruction {
      case .unary, .binary, .multiplyAdd, .select, .compare: body[id].type.element.isFloat
      case .constant, .dim, .loopVariable, .index, .isWanted, .convert, .bitcast, .call, .load,
        .carried, .loopResult, .acrossLanes, .splat, .accumulate, .round:
        false
      }
    case .store(let store):
      store.combining != nil && body[store.access.buffer].element.isFloat
    case .loop, .branch, .check, .external, .stopIfFailed: false
    }
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
  private let reduction: LaneReduction

  /// Plans the lanes of a loop; nil for one whose turns depend on each other.
  private init?(_ id: LoopID, _ body: Body) {
    let loop = body[id]
    guard loop.runsAllTurns, !loop.isReversed,
      loop.body.items.allSatisfy(\.isStep), Widening.touchesOwnElements(id, body),
      let reduction = LaneReduction(id, body)
    else { return nil }
    let widest = loop.body.items.reduce(1) { widest, item in
      guard case .scalar(let id) = item else { return widest }
      let element = body.scalars[id.index].type.element
      return element.isFloat ? max(widest, element.byteSize) : widest
    }
    self.loop = id
    self.reduction = reduction
    lanes = LaneLimits.vectorBytes / widest
  }

  /// Whether every turn touches, of what the loop writes, only elements that are its own.
  private static func touchesOwnElements(_ loop: LoopID, _ body: Body) -> Bool {
    var written: [BufferID: [Access]] = [:]
    for case .store(let store) in body[loop].body.items {
      guard body.owner(of: store.access.buffer) == store.access.buffer, store.mask == nil,
        store.access.indices.contains(where: { $0.moves(with: loop) })
      else { return false }
      written[store.access.buffer, default: []].append(store.access)
    }
    return body[loop].body.items.allSatisfy { item in
      let access: Access
      switch item {
      case .store(let store): access = store.access
      case .scalar(let id):
        guard case .load(let read, _) = body[id].instruction else { return true }
        access = read
      case .loop, .branch, .check, .external, .stopIfFailed: return false
      }
      return written[body.owner(of: access.buffer), default: []].allSatisfy {
        $0 == access || $0.isApart(from: access)
      }
    }
  }

  /// Gives lanes to the variable, and to all that depends on it.
  private func widen(_ body: inout Body) {
    body[loop].lanes = lanes
    var isWide = [Bool](repeating: false, count: body.scalars.count)
    for number in body.scalars.indices {
      if case .carried(loop, _) = body.scalars[number].instruction {
        isWide[number] = true
        body.scalars[number].type.lanes = lanes
      }
    }
    for case .scalar(let id) in body.loops[loop.index].body.items {
      let instruction = body.scalars[id.index].instruction
      var differs = instruction.moves(with: loop)
      instruction.forEachOperand { if isWide[$0.index] { differs = true } }
      if differs {
        isWide[id.index] = true
        body.scalars[id.index].type.lanes = lanes
      }
    }
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

extension Access {
  /// Whether the turns of a loop touch neighbours, or all the same element.
  fileprivate func staysInRow(over loop: LoopID) -> Bool {
    indices.allSatisfy(\.scalars.isEmpty) && !indices.dropLast().contains { $0.moves(with: loop) }
      && indices.last?.loops.allSatisfy { $0.variable != loop || $0.coefficient == Dim(1) } != false
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
