package import LoopIR
import Support

/// Puts what only one result needs under the condition that the caller wants it, at the end of the
/// blocks in which it stands. The body then serves callers without that result as well.
package struct SkipUnwanted {
  private let body: Body
  private let result: Int
  /// What other results need.
  private let needs: DeadStores.Needs
  /// The changed bodies of loops.
  private var blocks: [LoopID: Block] = [:]
  /// Loops whose results others need.
  private let sources: Set<LoopID>
  /// By scalar the branch in which it is computed now; negative for those in none.
  private var homes: [Int32]
  /// The same of loops.
  private var loopHomes: [LoopID: Int32] = [:]
  private var branches: Int32 = 0

  /// - Returns: Whether all that only the result needs is skipped; if not, the body is as it was.
  package static func run(_ body: inout Body, result: Int) -> Bool {
    guard let (block, blocks, branches) = plan(body, result) else { return false }
    body.block = block
    for (loop, block) in blocks { body[loop].body = block }
    let wanted = Scalar(
      type: ScalarType(.bool), instruction: .isWanted(result), site: body.scalars[0].site)
    body.scalars += Array(repeating: wanted, count: branches)
    return true
  }

  /// The changed blocks; nil where something of the result would run whether it is wanted or not.
  private static func plan(
    _ body: Body, _ result: Int
  ) -> (block: Block, blocks: [LoopID: Block], branches: Int)? {
    var pass = SkipUnwanted(body, result)
    guard let block = pass.split(body.block) else { return nil }
    return (block, pass.blocks, Int(pass.branches))
  }

  private init(_ body: Body, _ result: Int) {
    self.body = body
    self.result = result
    let needs = DeadStores.needs(of: body, without: result)
    self.needs = needs
    sources = Set(
      body.scalars.indices.compactMap { number in
        guard case .loopResult(let loop, _) = body.scalars[number].instruction else { return nil }
        return needs.isLive(ScalarID(number)) ? loop : nil
      })
    homes = Array(repeating: -1, count: body.scalars.count)
  }

  /// A block with what only the result needs in a branch at its end.
  private mutating func split(_ block: Block) -> Block? {
    var kept: [Item] = []
    var skipped: [Item] = []
    var passed: [Item] = []
    for item in block.items {
      if isUnneeded(item) {
        skipped.append(item)
      } else {
        if !skipped.isEmpty { passed.append(item) }
        guard let item = split(item) else { return nil }
        kept.append(item)
      }
    }
    if skipped.isEmpty { return Block(kept) }
    let moved = Footprint(skipped, of: nil, in: body)
    guard !moved.conflicts(with: Footprint(passed, of: nil, in: body)), settle(skipped) else {
      return nil
    }
    let wanted = ScalarID(body.scalars.count + Int(branches))
    branches += 1
    kept.append(.scalar(wanted))
    kept.append(.branch(wanted, then: Block(skipped), otherwise: Block()))
    return Block(kept)
  }

  /// A step that others need, with its blocks split.
  private mutating func split(_ item: Item) -> Item? {
    switch item {
    case .loop(let id):
      let carried = body[id].carried
      // What is handed on is computed in every turn.
      guard carried.allSatisfy({ needs.isLive($0.initial) && needs.isLive($0.next) }),
        let block = split(body[id].body)
      else { return nil }
      blocks[id] = block
      return item
    case .branch(let condition, let then, let otherwise):
      guard let then = split(then), let otherwise = split(otherwise) else { return nil }
      return .branch(condition, then: then, otherwise: otherwise)
    case .scalar, .store, .check, .external, .stopIfFailed: return item
    }
  }

  /// Whether only the result needs a step.
  private func isUnneeded(_ item: Item) -> Bool {
    switch item {
    case .scalar(let id): !needs.isLive(id)
    case .store(let store): needs.isDead(body.owner(of: store.access.buffer))
    case .loop(let id): !sources.contains(id) && body[id].body.items.allSatisfy(isUnneeded)
    case .branch(_, let then, let otherwise):
      then.items.allSatisfy(isUnneeded) && otherwise.items.allSatisfy(isUnneeded)
    case .check, .external, .stopIfFailed: false
    }
  }

  /// Notes that steps go into the next branch; false if they use what is in another.
  private mutating func settle(_ skipped: [Item]) -> Bool {
    let home = branches
    BodyWalk.visit(Block(skipped), body) { item in
      switch item {
      case .scalar(let id): homes[id.index] = home
      case .loop(let id): loopHomes[id] = home
      case .store, .branch, .check, .external, .stopIfFailed: break
      }
    }
    var isThere = true
    func use(_ id: ScalarID) { isThere = isThere && (needs.isLive(id) || self.home(of: id) == home) }
    BodyWalk.visit(Block(skipped), body) { item in
      switch item {
      case .scalar(let id): body[id].instruction.forEachOperand(use)
      case .store(let store): store.forEachOperand(use)
      case .branch(let condition, _, _): use(condition)
      case .loop(let id):
        body[id].bound.map(use)
        for carried in body[id].carried { use(carried.initial) }
      case .check, .external, .stopIfFailed: break
      }
    }
    return isThere
  }

  /// The branch in which a scalar is computed.
  private func home(of id: ScalarID) -> Int32? {
    switch body[id].instruction {
    case .carried(let loop, _), .loopResult(let loop, _): loopHomes[loop]
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      homes[id.index]
    }
  }
}
