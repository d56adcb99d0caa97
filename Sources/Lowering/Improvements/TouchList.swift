import LoopIR

/// One item of a body that touches memory.
struct Touch {
  let item: Item
  /// The element that it loads; nil for other items.
  let load: Access?
  /// The loops around it, outer ones first.
  let path: [LoopID]
  /// Its number in the order of the program.
  let order: Int
  /// Whether no branch decides about it.
  let isCertain: Bool

  /// The store that it is; nil for other items.
  var store: Store? { if case .store(let store) = item { store } else { nil } }
}

/// What touches some memory, in the order of the program.
struct TouchList {
  private var touches: [BufferID: [Touch]] = [:]
  /// The order of the first item in each loop.
  private var starts: [LoopID: Int] = [:]
  private var order = 0
  private let body: Body

  /// - Parameter owners: the buffers that own the memory.
  init(of owners: [BufferID], in body: Body) {
    self.body = body
    for owner in owners { touches[owner] = [] }
    walk(Block(body.block.items + body.commit.items), [], isCertain: true)
  }

  /// What touches the memory of a buffer.
  subscript(owner: BufferID) -> [Touch] { touches[owner] ?? [] }

  /// The order of a touch, or of the outermost loop around it inside of others.
  func start(of touch: Touch, under path: [LoopID]) -> Int {
    touch.path.count > path.count ? starts[touch.path[path.count]] ?? touch.order : touch.order
  }

  private mutating func walk(_ block: Block, _ path: [LoopID], isCertain: Bool) {
    for item in block.items {
      order += 1
      switch item {
      case .scalar(let id):
        guard case .load(let access, _) = body.scalars[id.index].instruction else { continue }
        note(item, [access.buffer], load: access, path, isCertain)
      case .store(let store): note(item, [store.access.buffer], path, isCertain)
      case .external(let call): note(item, call.buffers + call.written, path, isCertain)
      case .loop(let id):
        starts[id] = order
        walk(body[id].body, path + [id], isCertain: isCertain)
      case .branch(_, let then, let otherwise):
        walk(then, path, isCertain: false)
        walk(otherwise, path, isCertain: false)
      case .check, .stopIfFailed: break
      }
    }
  }

  private mutating func note(
    _ item: Item, _ buffers: [BufferID], load: Access? = nil, _ path: [LoopID], _ isCertain: Bool
  ) {
    for buffer in buffers {
      let owner = body.owner(of: buffer)
      guard touches[owner] != nil else { continue }
      touches[owner]?.append(
        Touch(item: item, load: load, path: path, order: order, isCertain: isCertain))
    }
  }
}
