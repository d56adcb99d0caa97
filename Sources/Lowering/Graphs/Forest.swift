import LoopIR
import Support

/// Loop trees in order, fused from the outside in as they are added.
///
/// A loop joins an earlier one of the same extent where turn `i` needs, of the other, only turn `i`,
/// and where nothing between them stands in the way; then its body's trees are added to the other's
/// body in the same manner.
struct Forest {
  /// One tree: a loop whose body is a forest, or steps that stay together.
  private final class Tree {
    let mask: DemandMask
    var footprint: Footprint
    var steps: [Item]
    var loop: LoopID?
    var extent = Dim(0)
    var isReversed = false
    var lanes = 1
    var children: [Tree] = []

    init(steps: [Item], _ mask: DemandMask, in body: Body) {
      self.steps = steps
      self.mask = mask
      footprint = Footprint(steps, of: nil, in: body)
    }

    init(loop: LoopID, _ mask: DemandMask, in body: Body) {
      steps = []
      self.loop = loop
      self.mask = mask
      extent = body[loop].extent
      isReversed = body[loop].isReversed
      lanes = body[loop].lanes
      footprint = Footprint(body[loop].body.items, of: loop, in: body)
    }
  }

  private var trees: [Tree] = []
  /// The loop that a loop has joined.
  private var joined: [LoopID: LoopID] = [:]

  /// How many earlier trees are looked at for a place to join.
  private static let window = 24
  /// Bodies do not grow beyond so many steps by fusion.
  private static let sizeLimit = 1_000_000

  /// Adds the trees of a block; an opaque block stays together.
  mutating func add(_ block: Block, _ mask: DemandMask, isOpaque: Bool, in body: Body) {
    if isOpaque {
      Forest.insert(Tree(steps: block.items, mask, in: body), into: &trees)
      return
    }
    for tree in Forest.trees(of: block, mask, in: body) {
      Forest.place(tree, into: &trees, &joined)
    }
  }

  /// The trees of a block as it stands.
  private static func trees(of block: Block, _ mask: DemandMask, in body: Body) -> [Tree] {
    var result: [Tree] = []
    var steps: [Item] = []
    func flush() {
      if !steps.isEmpty { result.append(Tree(steps: steps, mask, in: body)) }
      steps = []
    }
    for item in block.items {
      guard case .loop(let id) = item, body[id].carried.isEmpty, body[id].bound == nil else {
        steps.append(item)
        continue
      }
      flush()
      let tree = Tree(loop: id, mask, in: body)
      tree.children = trees(of: body[id].body, mask, in: body)
      result.append(tree)
    }
    flush()
    return result
  }

  /// Adds a tree behind what it depends on: joined to an earlier loop, or on its own.
  private static func place(
    _ tree: Tree, into list: inout [Tree], _ joined: inout [LoopID: LoopID]
  ) {
    guard let loop = tree.loop else { return insert(tree, into: &list) }
    for other in list.reversed().prefix(Forest.window) {
      if let target = other.loop, canJoin(tree, other) {
        joined[loop] = target
        other.footprint.merge(tree.footprint)
        for child in tree.children { place(child, into: &other.children, &joined) }
        return
      }
      if tree.footprint.conflicts(with: other.footprint) { break }
    }
    list.append(tree)
  }

  /// Steps go as far to the front as what they depend on allows: there they part no loops.
  private static func insert(_ tree: Tree, into list: inout [Tree]) {
    var at = list.count
    while at > 0, list.count - at < window, !tree.footprint.conflicts(with: list[at - 1].footprint) {
      at -= 1
    }
    // Steps that could go anywhere near stay in order with others of their kind.
    list.insert(tree, at: list.count - at >= window ? list.count : at)
  }

  private static func canJoin(_ tree: Tree, _ other: Tree) -> Bool {
    tree.extent == other.extent && tree.isReversed == other.isReversed
      && tree.lanes == other.lanes && tree.mask == other.mask
      && tree.footprint.size + other.footprint.size <= Forest.sizeLimit
      && tree.footprint.shares(with: other.footprint)
      && tree.footprint.isTurnwise(with: other.footprint)
  }

  // MARK: Result

  /// Writes the trees back to the bodies of their loops; gives the items of all.
  func finish(_ body: inout Body, guards demand: Demand? = nil) -> [Item] {
    var items: [Item] = []
    var start = 0
    while start < trees.count {
      let mask = trees[start].mask
      var end = start
      while end < trees.count, trees[end].mask == mask { end += 1 }
      let group = trees[start..<end].flatMap { write($0, &body) }
      if let demand, !mask.isAlways {
        items += guarded(group, mask, &body, demand)
      } else {
        items += group
      }
      start = end
    }
    return rename(items, &body)
  }

  private func write(_ tree: Tree, _ body: inout Body) -> [Item] {
    guard let loop = tree.loop else { return tree.steps }
    body[loop].body = Block(tree.children.flatMap { write($0, &body) })
    return [.loop(loop)]
  }

  /// The items in a branch that runs when the caller wants what they are for.
  private func guarded(
    _ items: [Item], _ mask: DemandMask, _ body: inout Body, _ demand: Demand
  ) -> [Item] {
    let results = body.buffers.reduce(0) { count, buffer in
      if case .result(let number) = buffer.storage { max(count, number + 1) } else { count }
    }
    var condition = ScalarID(0)
    let head = body.extend { b in
      b.block { condition = demand.condition(mask, results: results, &$0) }
    }
    return head.items + [.branch(condition, then: Block(items), otherwise: Block())]
  }

  /// Replaces the variables of loops that have joined others.
  private func rename(_ items: [Item], _ body: inout Body) -> [Item] {
    if joined.isEmpty { return items }
    let renaming = Renaming(joined, in: body)
    for number in body.scalars.indices {
      switch body.scalars[number].instruction {
      case .load(let access, let mask):
        guard renaming.changes(access) else { continue }
        body.scalars[number].instruction = .load(renaming.renamed(access), mask: mask)
      case .index(let index):
        body.scalars[number].instruction = .index(renaming.renamed(index))
      case .loopVariable(let loop):
        body.scalars[number].instruction = .loopVariable(renaming.target(of: loop))
      default: break
      }
    }
    return BodyWalk.mapped(Block(items), &body) { item in
      switch item {
      case .store(var store) where renaming.changes(store.access):
        store.access = renaming.renamed(store.access)
        return .store(store)
      case .external(let call):
        return .external(call.map(scalars: { $0 }, accesses: renaming.renamed))
      case .scalar, .store, .loop, .branch, .check, .stopIfFailed: return item
      }
    }.items
  }
}

/// What the variables of loops are called that have joined others.
private struct Renaming {
  /// By the number of the loop, the loop in whose body its body stands.
  private var targets: [LoopID]

  init(_ joined: [LoopID: LoopID], in body: Body) {
    targets = body.loops.indices.map { LoopID($0) }
    for loop in joined.keys {
      var target = loop
      while let next = joined[target] { target = next }
      targets[loop.index] = target
    }
  }

  /// The loop that has the turns of a loop.
  func target(of loop: LoopID) -> LoopID { targets[loop.index] }

  /// Whether a position of an access is called otherwise.
  func changes(_ access: Access) -> Bool {
    access.indices.contains { $0.loops.contains { targets[$0.variable.index] != $0.variable } }
  }

  func renamed(_ access: Access) -> Access { Access(access.buffer, access.indices.map(renamed)) }

  func renamed(_ index: Index) -> Index { index.renaming { targets[$0.index] } }
}
