import LoopIR
import Support

/// A load and a store that copy a whole array of the workspace to another one, or add it.
struct ArrayCopy {
  /// The loops around the loops that run over the array.
  let path: [LoopID]
  let load: ScalarID
  let store: Store
  let source: BufferID

  /// What is written.
  var target: BufferID { store.access.buffer }

  /// The copies of a body, but those that run once a call.
  static func all(in body: Body) -> [ArrayCopy] {
    var copies: [ArrayCopy] = []
    var pending: [(block: Block, path: [LoopID])] = [(body.block, [])]
    while let (block, path) = pending.popLast() {
      for item in block.items {
        switch item {
        case .loop(let id):
          let found = path.isEmpty ? [] : copied(by: id, path, body)
          copies += found
          if found.isEmpty { pending.append((body[id].body, path + [id])) }
        case .branch(_, let then, let otherwise):
          pending += [(then, path), (otherwise, path)]
        case .scalar, .store, .check, .external, .stopIfFailed: break
        }
      }
    }
    return copies
  }

  /// The copies of a nest of loops that does nothing else.
  private static func copied(by loop: LoopID, _ path: [LoopID], _ body: Body) -> [ArrayCopy] {
    var nest = [loop]
    while body[nest[nest.count - 1]].body.items.count == 1,
      case .loop(let inner) = body[nest[nest.count - 1]].body.items[0]
    {
      nest.append(inner)
    }
    let items = body[nest[nest.count - 1]].body.items
    guard nest.allSatisfy({ body[$0].runsAllTurns && body[$0].carried.isEmpty }) else { return [] }
    var loads: [ScalarID: Access] = [:]
    var copies: [ArrayCopy] = []
    let position = nest.map { Index($0) }
    let extents = nest.map { body[$0].extent }
    for item in items {
      switch item {
      case .scalar(let id):
        guard case .load(let access, nil) = body[id].instruction else { return [] }
        loads[id] = access
      case .store(let store):
        guard let access = loads.removeValue(forKey: store.value), store.mask == nil,
          access.indices == position, store.access.indices == position,
          store.combining == nil || store.combining == .add,
          body[access.buffer].isScratch, body[store.access.buffer].isWritable,
          body[access.buffer].shape == extents, body[store.access.buffer].shape == extents,
          body[access.buffer].element == body[store.access.buffer].element
        else { return [] }
        copies.append(
          ArrayCopy(path: path, load: store.value, store: store, source: access.buffer))
      case .loop, .branch, .check, .external, .stopIfFailed: return []
      }
    }
    return copies
  }
}

extension Buffer {
  /// Whether it has memory of its own that may be written before the end.
  fileprivate var isWritable: Bool {
    if case .result = storage { true } else { isScratch }
  }
}
