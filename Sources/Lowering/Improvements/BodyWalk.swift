import LoopIR

/// Goes through the blocks of a body.
enum BodyWalk {
  /// Replaces every item of every block that is reached; items with blocks of their own are mapped
  /// after those. An item may be dropped.
  static func mapItems(_ body: inout Body, _ map: (Item) -> Item?) {
    body.block = mapped(body.block, &body, map)
    body.commit = mapped(body.commit, &body, map)
  }

  /// Replaces every item of a block and of the blocks in it.
  static func mapped(
    _ block: Block, _ body: inout Body, _ map: (Item) -> Item?
  ) -> Block {
    var items: [Item] = []
    items.reserveCapacity(block.items.count)
    for item in block.items {
      var item = item
      switch item {
      case .loop(let id): body[id].body = mapped(body[id].body, &body, map)
      case .branch(let condition, let then, let otherwise):
        item = .branch(
          condition, then: mapped(then, &body, map), otherwise: mapped(otherwise, &body, map))
      case .scalar, .store, .check, .external, .stopIfFailed: break
      }
      if let item = map(item) { items.append(item) }
    }
    return Block(items)
  }

  /// Calls `visit` for every item that is reached, outer ones first.
  static func visit(_ body: Body, _ visit: (Item) -> Void) {
    self.visit(Block(body.block.items + body.commit.items), body, visit)
  }

  /// Calls `visit` for every item of a block and of the blocks in it, outer ones first.
  static func visit(_ block: Block, _ body: Body, _ visit: (Item) -> Void) {
    var pending = Array(block.items.reversed())
    while let item = pending.popLast() {
      visit(item)
      switch item {
      case .loop(let id): pending += body[id].body.items.reversed()
      case .branch(_, let then, let otherwise):
        pending += (then.items + otherwise.items).reversed()
      case .scalar, .store, .check, .external, .stopIfFailed: break
      }
    }
  }
}
