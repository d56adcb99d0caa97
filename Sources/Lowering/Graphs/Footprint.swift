import LoopIR
import Support

/// Which buffers a piece of code touches, and how.
struct Footprint {
  /// How one buffer is touched.
  struct Use {
    var reads = false
    var writes = false
    /// The axes along which every access stands exactly at the variable of the loop at hand.
    var aligned: UInt64 = .max
  }

  /// By the buffer that owns the memory.
  private(set) var uses: [BufferID: Use] = [:]
  /// The number of steps.
  private(set) var size = 0

  /// The footprint of some items, aligned to a loop's variable.
  init(_ items: [Item], of loop: LoopID?, in body: Body) {
    var pending = items
    while let item = pending.popLast() {
      size += 1
      switch item {
      case .scalar(let id):
        guard case .load(let access, _) = body.scalars[id.index].instruction else { continue }
        note(access, loop, in: body) { $0.reads = true }
      case .store(let store):
        note(store.access, loop, in: body) {
          $0.writes = true
          if store.combining != nil { $0.reads = true }
        }
      case .loop(let id):
        pending += body[id].body.items
        for sum in body[id].sharing?.sums ?? [] {
          note(whole: sum.copies, in: body) { $0.writes = true }
        }
      case .branch(_, let then, let otherwise): pending += then.items + otherwise.items
      case .external(let call):
        for buffer in call.buffers { note(whole: buffer, in: body) { $0.reads = true } }
        for buffer in call.written { note(whole: buffer, in: body) { $0.writes = true } }
      case .check, .stopIfFailed: break
      }
    }
  }

  /// The buffers that are written.
  var written: [BufferID] { uses.filter(\.value.writes).map(\.key) }

  /// Notes that all of a buffer is touched.
  private mutating func note(
    whole buffer: BufferID, in body: Body, _ mark: (inout Use) -> Void
  ) {
    let owner = body.owner(of: buffer)
    var use = uses[owner] ?? Use()
    use.aligned = 0
    mark(&use)
    uses[owner] = use
  }

  private mutating func note(
    _ access: Access, _ loop: LoopID?, in body: Body, _ mark: (inout Use) -> Void
  ) {
    var owner = access.buffer
    var aligned: UInt64 = 0
    if case .alias = body[owner].storage {
      while case .alias(let source) = body[owner].storage { owner = source }
    } else if let loop {
      for (axis, index) in access.indices.enumerated() where axis < 64 && index.loop == loop {
        aligned |= 1 << UInt64(axis)
      }
    }
    var use = uses[owner] ?? Use()
    use.aligned &= aligned
    mark(&use)
    uses[owner] = use
  }

  /// Whether the order of two pieces of code matters.
  func conflicts(with other: Footprint) -> Bool {
    sharing(with: other) { $0.writes || $1.writes }
  }

  /// Whether both touch some buffer.
  func shares(with other: Footprint) -> Bool { sharing(with: other) { _, _ in true } }

  /// Whether turn `i` of one loop needs, of the other, only turn `i`.
  func isTurnwise(with other: Footprint) -> Bool {
    !sharing(with: other) { ($0.writes || $1.writes) && $0.aligned & $1.aligned == 0 }
  }

  /// Whether some buffer that both touch fulfils a condition.
  private func sharing(with other: Footprint, where holds: (Use, Use) -> Bool) -> Bool {
    let (small, large, isSwapped) =
      uses.count <= other.uses.count ? (uses, other.uses, false) : (other.uses, uses, true)
    for (buffer, use) in small {
      guard let counterpart = large[buffer] else { continue }
      if isSwapped ? holds(counterpart, use) : holds(use, counterpart) { return true }
    }
    return false
  }

  /// The footprint of both pieces of code, aligned to the variable of both loops.
  mutating func merge(_ other: Footprint) {
    for (buffer, use) in other.uses {
      guard var known = uses[buffer] else {
        uses[buffer] = use
        continue
      }
      known.reads = known.reads || use.reads
      known.writes = known.writes || use.writes
      known.aligned &= use.aligned
      uses[buffer] = known
    }
    size += other.size
  }
}
