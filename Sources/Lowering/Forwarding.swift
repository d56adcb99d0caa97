import LoopIR
import Support

/// Replaces loads of what the same block has stored by the stored value.
///
/// After fusion, a value that one loop body writes and reads again is handed on in a register; its
/// buffer dies if nothing else reads it.
struct Forwarding {
  /// A stored element.
  private struct Entry {
    var access: Access
    var value: ScalarID
  }

  private var body: Body
  /// Elements whose value is known at the place at hand, by owner.
  private var known: [BufferID: [Entry]] = [:]
  /// What was known before each change in the blocks that are being walked.
  private var changes: [(owner: BufferID, before: [Entry]?)] = []
  /// How many blocks are being walked that may not run.
  private var depth = 0
  private var replacement: [ScalarID: ScalarID] = [:]

  static func run(_ body: inout Body) {
    var pass = Forwarding(body: body)
    pass.walk(body.block)
    if pass.replacement.isEmpty { return }
    pass.apply(&body)
  }

  private init(body: Body) { self.body = body }

  private mutating func walk(_ block: Block) {
    for item in block.items {
      switch item {
      case .scalar(let id):
        guard case .load(let access, nil) = body[id].instruction else { continue }
        if let value = find(access), body[value].type == body[id].type { replacement[id] = value }
      case .store(let store): note(store)
      case .loop(let id): enter([body[id].body])
      case .branch(_, let then, let otherwise): enter([then, otherwise])
      case .external(let call):
        for buffer in call.written { set(body.owner(of: buffer), nil) }
      case .check, .stopIfFailed: break
      }
    }
  }

  /// Walks blocks that may run several times or not at all: what they write is unknown in them and
  /// behind them.
  private mutating func enter(_ blocks: [Block]) {
    for block in blocks {
      for owner in Footprint(block.items, of: nil, in: body).written { set(owner, nil) }
    }
    for block in blocks {
      let start = changes.count
      depth += 1
      walk(block)
      depth -= 1
      while changes.count > start, let change = changes.popLast() {
        known[change.owner] = change.before
      }
    }
  }

  /// Changes what is known of a buffer, and within a block notes what was: to copy everything that is
  /// known for each block would take quadratic time.
  private mutating func set(_ owner: BufferID, _ entries: [Entry]?) {
    if depth > 0 { changes.append((owner, known[owner])) }
    known[owner] = entries
  }

  private func find(_ access: Access) -> ScalarID? {
    known[body.owner(of: access.buffer)]?.first { $0.access == access }?.value
  }

  private mutating func note(_ store: Store) {
    let owner = body.owner(of: store.access.buffer)
    var entries = (known[owner] ?? []).filter { Forwarding.areApart($0.access, store.access) }
    if store.combining == nil, store.mask == nil {
      let value = replacement[store.value] ?? store.value
      entries.append(Entry(access: store.access, value: value))
    }
    set(owner, entries)
  }

  /// Whether two accesses of one buffer certainly name different elements.
  private static func areApart(_ a: Access, _ b: Access) -> Bool {
    a.buffer == b.buffer
      && zip(a.indices, b.indices).contains { x, y in
        guard let i = x.constant?.constant, let j = y.constant?.constant else { return false }
        return i != j
      }
  }

  private func apply(_ body: inout Body) {
    func resolved(_ id: ScalarID) -> ScalarID { replacement[id] ?? id }
    for number in body.scalars.indices {
      body.scalars[number].instruction = body.scalars[number].instruction.mapOperands(resolved)
    }
    for number in body.loops.indices {
      body.loops[number].bound = body.loops[number].bound.map(resolved)
      for slot in body.loops[number].carried.indices {
        let carried = body.loops[number].carried[slot]
        body.loops[number].carried[slot] = Carried(
          initial: resolved(carried.initial), next: resolved(carried.next))
      }
    }
    BodyWalk.mapItems(&body) { item in
      switch item {
      case .scalar(let id): replacement[id] == nil ? item : nil
      case .store(let store): .store(store.mapScalars(resolved))
      case .branch(let condition, let then, let otherwise):
        .branch(resolved(condition), then: then, otherwise: otherwise)
      case .check(let condition, let failure, let message, let site):
        .check(resolved(condition), failure, message: message, site: site)
      case .external(let call): 
        .external(call.map(scalars: resolved, accesses: { $0.mapScalars(resolved) }))
      case .loop, .stopIfFailed: item
      }
    }
  }
}
