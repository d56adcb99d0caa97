import LoopIR
import Support

/// Turns steps of reductions that stay at one element of memory into values that loops carry.
///
/// `for j { s[i] += v }` becomes a load of `s[i]`, a loop that carries the sum, and a store behind it.
enum Promotion {
  static func run(_ body: inout Body) {
    body.block = promoted(body.block, &body)
  }

  private static func promoted(_ block: Block, _ body: inout Body) -> Block {
    var items: [Item] = []
    for item in block.items {
      switch item {
      case .loop(let id):
        var behind: [Item] = []
        for candidate in candidates(id, body) {
          let (load, store) = carry(candidate, &body)
          items.append(load)
          behind.append(store)
        }
        body[id].body = promoted(body[id].body, &body)
        items.append(item)
        items += behind
      case .branch(let condition, let then, let otherwise):
        items.append(
          .branch(condition, then: promoted(then, &body), otherwise: promoted(otherwise, &body)))
      case .scalar, .store, .check, .external, .stopIfFailed: items.append(item)
      }
    }
    return Block(items)
  }

  /// A store to carry: the loops from the outermost that it is carried through, and the store.
  private struct Candidate {
    var path: [LoopID]
    var store: Store
  }

  /// The combining stores in a loop nest whose element no loop on the way changes, and whose buffer
  /// nothing else in the nest touches but such stores to other elements.
  private static func candidates(_ loop: LoopID, _ body: Body) -> [Candidate] {
    var found: [Candidate] = []
    var pending = [[loop]]
    while let path = pending.popLast(), let last = path.last {
      for item in body[last].body.items {
        switch item {
        case .loop(let inner): pending.append(path + [inner])
        case .store(let store):
          if isInvariant(store, path) { found.append(Candidate(path: path, store: store)) }
        case .scalar, .branch, .check, .external, .stopIfFailed: break
        }
      }
    }
    if found.isEmpty { return [] }
    let touched = touches(loop, body)
    var stores: [BufferID: [Access]] = [:]
    for candidate in found {
      stores[candidate.store.access.buffer, default: []].append(candidate.store.access)
    }
    return found.filter { candidate in
      let access = candidate.store.access
      let others = stores[access.buffer, default: []]
      return touched[body.owner(of: access.buffer)] == others.count
        && others.count { !$0.isApart(from: access) } == 1
    }
  }

  private static func isInvariant(_ store: Store, _ path: [LoopID]) -> Bool {
    store.combining != nil && store.mask == nil
      && store.access.indices.allSatisfy { index in
        index.scalars.isEmpty && index.loops.allSatisfy { !path.contains($0.variable) }
      }
  }

  /// How many accesses of a loop nest touch each buffer.
  private static func touches(_ loop: LoopID, _ body: Body) -> [BufferID: Int] {
    var counts: [BufferID: Int] = [:]
    var pending = body[loop].body.items
    while let item = pending.popLast() {
      switch item {
      case .scalar(let id):
        if case .load(let access, _) = body.scalars[id.index].instruction {
          counts[body.owner(of: access.buffer), default: 0] += 1
        }
      case .store(let store): counts[body.owner(of: store.access.buffer), default: 0] += 1
      case .loop(let inner): pending += body[inner].body.items
      case .branch(_, let then, let otherwise): pending += then.items + otherwise.items
      case .external(let call):
        for buffer in call.buffers + call.written { counts[body.owner(of: buffer), default: 0] += 1 }
      case .check, .stopIfFailed: break
      }
    }
    return counts
  }

  /// Carries a store through its loops; gives the load in front of the outermost and the store
  /// behind it.
  private static func carry(_ candidate: Candidate, _ body: inout Body) -> (Item, Item) {
    let store = candidate.store
    guard let combining = store.combining, let last = candidate.path.last else {
      preconditionFailure("a candidate combines in a loop")
    }
    let type = ScalarType(body[store.access.buffer].element.arithmetic)
    let (first, step, result) = body.extend { b in
      b.site = store.site
      let first = b.define(type, .load(store.access, mask: nil))
      var initial = first
      for loop in candidate.path {
        let entering = b.define(type, .carried(loop, b.body[loop].carried.count))
        b.body[loop].carried.append(Carried(initial: initial, next: entering))
        initial = entering
      }
      let step = b.define(type, .accumulate(combining, initial, store.value))
      var next = step
      for loop in candidate.path.reversed() {
        let slot = b.body[loop].carried.count - 1
        b.body[loop].carried[slot].next = next
        next = b.define(type, .loopResult(loop, slot))
      }
      return (first, step, next)
    }
    if let at = body[last].body.items.firstIndex(of: .store(store)) {
      body[last].body.items[at] = .scalar(step)
    }
    return (.scalar(first), .store(Store(store.access, result, site: store.site)))
  }
}
