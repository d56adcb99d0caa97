import LoopIR
import Support

/// Gives every buffer that is left its memory: small ones of a fixed size on the stack, all others a
/// place in the workspace.
///
/// Places come from a first fit over static lifetimes at sizes of 1000 for every symbol. Only the
/// order is kept, which of two buffers that live at the same time lies below the other, so that the
/// offsets of a call follow from its sizes by maxima and sums, and never shrink as a size grows.
struct WorkspacePlan {
  /// When a buffer is first and last touched, in steps of the body's block, and its nominal place.
  private struct Lifetime {
    var buffer: BufferID
    var first: Int
    var last: Int
    var size = 0
    var offset = 0
    var end: Int { offset + size }
  }

  /// Buffers of at most so many bytes go on the stack, up to the total.
  private static let localLimit = 2_048
  private static let localTotal = 16_384
  private static let alignment = 64

  static func run(_ body: inout Body) {
    var lifetimes = lifetimes(of: body)
    moveSmall(&lifetimes, &body)
    measure(&lifetimes, body)
    body.plan = placed(lifetimes)
  }

  private static func lifetimes(of body: Body) -> [Lifetime] {
    var known = [Lifetime?](repeating: nil, count: body.buffers.count)
    func touch(_ owner: BufferID, at step: Int) {
      guard case .workspace = body[owner].storage else { return }
      let first = known[owner.index]?.first ?? step
      known[owner.index] = Lifetime(buffer: owner, first: first, last: step)
    }
    func touch(_ items: [Item], at step: Int) {
      for owner in Footprint(items, of: nil, in: body).uses.keys { touch(owner, at: step) }
    }
    for (step, item) in body.block.items.enumerated() {
      switch item {
      case .scalar(let id):
        guard case .load(let access, _) = body.scalars[id.index].instruction else { continue }
        touch(body.owner(of: access.buffer), at: step)
      case .store(let store): touch(body.owner(of: store.access.buffer), at: step)
      case .loop, .branch, .external: touch([item], at: step)
      case .check, .stopIfFailed: break
      }
    }
    touch(body.commit.items, at: body.block.items.count)
    return known.compactMap { $0 }.sorted { ($0.first, $0.buffer) < ($1.first, $1.buffer) }
  }

  private static func moveSmall(_ lifetimes: inout [Lifetime], _ body: inout Body) {
    var total = 0
    let copies = Set(body.loops.compactMap(\.sharing).flatMap { $0.sums.map(\.copies) })
    lifetimes.removeAll { lifetime in
      guard let bytes = bytes(of: body[lifetime.buffer]).constant, bytes <= localLimit,
        total + bytes <= localTotal, !copies.contains(lifetime.buffer)
      else { return false }
      total += bytes
      body[lifetime.buffer].storage = .local
      return true
    }
  }

  private static func bytes(of buffer: Buffer) -> Dim {
    Dim.product(buffer.memoryShape) * Dim(buffer.element.byteSize)
  }

  private static func measure(_ lifetimes: inout [Lifetime], _ body: Body) {
    for index in lifetimes.indices {
      let bytes = bytes(of: body[lifetimes[index].buffer])
      let sizes = Dictionary(uniqueKeysWithValues: bytes.symbols.map { ($0, 1_000) })
      let size = min(max(bytes.evaluate(sizes) ?? 1 << 40, 1), 1 << 40)
      let padded = (size + alignment - 1) / alignment * alignment
      let copies = body[lifetimes[index].buffer].copies
      lifetimes[index].size = max(padded, copies * min(padded, Sharing.copyBytes / copies))
    }
  }

  /// Puts each buffer, in the order of its first use, into the lowest gap among those that live;
  /// gives the placements from below to above.
  ///
  /// A buffer stands above its lower neighbour and below its upper one at the time when it is placed.
  /// All others that live at the same time follow from these, so that the plan stays linear in size:
  /// what comes to stand between two keeps them apart even when it is gone.
  private static func placed(_ lifetimes: [Lifetime]) -> [Placement] {
    var lifetimes = lifetimes
    var active: [Int] = []
    var below: [[Int]] = Array(repeating: [], count: lifetimes.count)
    for index in lifetimes.indices {
      let current = lifetimes[index]
      active.removeAll { lifetimes[$0].last < current.first }
      var offset = 0
      var at = 0
      for other in active {
        if lifetimes[other].offset - offset >= current.size { break }
        offset = max(offset, lifetimes[other].end)
        at += 1
      }
      lifetimes[index].offset = offset
      if at > 0 { below[index].append(active[at - 1]) }
      if at < active.count { below[active[at]].append(index) }
      active.insert(index, at: at)
    }
    let order = lifetimes.indices.sorted {
      (lifetimes[$0].offset, lifetimes[$0].buffer) < (lifetimes[$1].offset, lifetimes[$1].buffer)
    }
    var numbers = Array(repeating: 0, count: order.count)
    for (number, index) in order.enumerated() { numbers[index] = number }
    return order.map { index in
      Placement(buffer: lifetimes[index].buffer, below: below[index].map { numbers[$0] })
    }
  }
}
