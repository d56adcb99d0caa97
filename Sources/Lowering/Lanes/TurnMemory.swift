import LoopIR
import Support

/// How often the code of a body touches each buffer, by the buffer that owns the memory.
struct TouchCounts {
  private(set) var counts: [BufferID: Int] = [:]

  /// Counts over a whole body.
  init(_ body: Body) {
    BodyWalk.visit(body) { add($0, body) }
  }

  /// Counts over a block.
  init(_ block: Block, _ body: Body) {
    BodyWalk.visit(block, body) { add($0, body) }
  }

  private mutating func add(_ item: Item, _ body: Body) {
    switch item {
    case .scalar(let id):
      guard case .load(let access, _) = body[id].instruction else { return }
      counts[body.owner(of: access.buffer), default: 0] += 1
    case .store(let store): counts[body.owner(of: store.access.buffer), default: 0] += 1
    case .external(let call):
      for buffer in call.buffers + call.results { counts[body.owner(of: buffer), default: 0] += 1 }
    case .loop, .branch, .check, .stopIfFailed: break
    }
  }
}

/// Which memory the turns of a loop have each for itself.
struct TurnMemory {
  /// The buffers that every turn fills anew, and that nothing outside of the loop sees.
  private(set) var own: Set<BufferID> = []
  /// The buffers to which turns only add.
  private(set) var combined: Set<BufferID> = []

  /// Sorts the memory that a loop writes; nil where a turn may touch what another one writes.
  ///
  /// A buffer is harmless where every access stands at the loop's variable along some axis, where
  /// all that happens to it is that turns add to it, and where it is a turn's own. Where
  /// `areApart` says so, turns touch different elements of it for another reason.
  init?(
    _ loop: LoopID, _ touches: TouchCounts, _ body: Body,
    areApart: (BufferID) -> Bool = { _ in false }
  ) {
    let block = body[loop].body
    let footprint = Footprint(block.items, of: loop, in: body)
    let inside = TouchCounts(block, body)
    var isCombinedOnly: [BufferID: Bool] = [:]
    var usesVariable: Set<BufferID> = []
    var stores: [BufferID: Int] = [:]
    BodyWalk.visit(block, body) { item in
      switch item {
      case .scalar(let id):
        guard case .load(let access, _) = body[id].instruction else { return }
        if access.uses(loop) { usesVariable.insert(body.owner(of: access.buffer)) }
      case .store(let store):
        let owner = body.owner(of: store.access.buffer)
        stores[owner, default: 0] += 1
        isCombinedOnly[owner] = isCombinedOnly[owner, default: true] && store.combining != nil
        if store.access.uses(loop) { usesVariable.insert(owner) }
      case .loop, .branch, .check, .external, .stopIfFailed: break
      }
    }
    for buffer in footprint.written {
      if let use = footprint.uses[buffer], use.aligned != 0 { continue }
      if areApart(buffer) { continue }
      if isCombinedOnly[buffer] == true, inside.counts[buffer] == stores[buffer] {
        combined.insert(buffer)
        continue
      }
      guard body[buffer].isScratch, inside.counts[buffer] == touches.counts[buffer],
        !usesVariable.contains(buffer)
      else { return nil }
      own.insert(buffer)
    }
  }
}

extension Buffer {
  /// Whether it is memory of the function's own.
  var isScratch: Bool {
    switch storage {
    case .workspace, .local: true
    case .parameter, .result, .update, .constant, .alias: false
    }
  }
}

extension Access {
  /// Whether a position contains the variable of a loop.
  fileprivate func uses(_ loop: LoopID) -> Bool {
    indices.contains { $0.loops.contains { $0.variable == loop } }
  }
}
