package import LoopIR
import Support

/// Takes the axes out of buffers along which every turn of a loop has its own elements: one turn
/// after the other has the same memory then, which stays in the cache.
///
/// Nothing but the loop may touch the buffer, and every access must stand at the loop's variable
/// along the axis, so that no turn sees what another one does.
package struct AxisContraction {
  private let body: Body
  /// What touches one buffer.
  private let touches: [Touch]
  /// The elements at which that stands.
  private let accesses: [Access]

  package static func run(_ body: inout Body) {
    let candidates = candidates(in: body)
    if candidates.isEmpty { return }
    let list = TouchList(of: candidates, in: body)
    var axes: [BufferID: Set<Int>] = [:]
    for buffer in candidates {
      guard let found = AxisContraction(body, list[buffer])?.axes, !found.isEmpty else { continue }
      axes[buffer] = found
    }
    if !axes.isEmpty { drop(axes, from: &body) }
  }

  /// Looks at a buffer; nil where something has the whole memory.
  private init?(_ body: Body, _ touches: [Touch]) {
    accesses = touches.compactMap { $0.load ?? $0.store?.access }
    guard accesses.count == touches.count else { return nil }
    (self.body, self.touches) = (body, touches)
  }

  /// The buffers of several axes that are no memory of the caller's, and have no other name.
  private static func candidates(in body: Body) -> [BufferID] {
    var others: Set<BufferID> = []
    for buffer in body.buffers {
      if case .alias(let original) = buffer.storage { others.insert(original) }
    }
    return body.buffers.indices.map { BufferID($0) }.filter {
      body[$0].storage == .workspace && body[$0].shape.count > 1 && !others.contains($0)
    }
  }

  /// The axes that a buffer can do without: all but those along which each turn has one element
  /// only, which is better kept apart.
  private var axes: Set<Int> {
    guard let path = commonPath, let buffer = accesses.first?.buffer else { return [] }
    var found: Set<Int> = []
    for (depth, loop) in path.enumerated() where depth == 0 || isFilledFirst(below: depth, found) {
      guard body[loop].lanes == 1, touches.contains(where: { $0.path.count > depth + 1 }),
        let axis = axis(at: loop)
      else { continue }
      let rest = body[buffer].shape.indices.filter { $0 != axis && !found.contains($0) }
      if rest.contains(where: { body[buffer].shape[$0] != Dim(1) }) { found.insert(axis) }
    }
    return found
  }

  /// The loops around everything that touches the buffer.
  private var commonPath: [LoopID]? {
    touches.dropFirst().reduce(touches.first?.path) { path, touch in
      path.map { zip($0, touch.path).prefix { $0 == $1 }.map(\.0) }
    }
  }

  /// The axis along which everything stands at the variable of a loop.
  private func axis(at loop: LoopID) -> Int? {
    accesses.first?.indices.indices.first { axis in
      accesses.allSatisfy { $0.indices[axis].loop == loop }
    }
  }

  /// Whether a turn of the loop at some depth stores before all else, whatever comes, and at the
  /// same places in all turns of the loops around it, apart from axes along which each of these has
  /// its own elements: they hand nothing on then.
  private func isFilledFirst(below depth: Int, _ apart: Set<Int>) -> Bool {
    guard let first = touches.first, let store = first.store, store.combining == nil else {
      return false
    }
    let outer = Set(first.path.prefix(depth))
    return touches.allSatisfy { touch in
      guard touch.isCertain,
        touch.path.dropFirst(depth).allSatisfy({ body[$0].bound == nil && body[$0].going == nil })
      else { return false }
      guard let store = touch.store else { return true }
      return store.mask == nil
        && store.access.indices.enumerated().allSatisfy { axis, index in
          apart.contains(axis)
            || index.scalars.isEmpty && index.loops.allSatisfy { !outer.contains($0.variable) }
        }
    }
  }

  /// Takes axes out of buffers, and out of what accesses these.
  private static func drop(_ axes: [BufferID: Set<Int>], from body: inout Body) {
    func kept<T>(_ all: [T], _ dropped: Set<Int>) -> [T] {
      all.indices.filter { !dropped.contains($0) }.map { all[$0] }
    }
    func kept(_ access: Access) -> Access {
      guard let dropped = axes[access.buffer] else { return access }
      return Access(access.buffer, kept(access.indices, dropped))
    }
    for (buffer, dropped) in axes { body[buffer].shape = kept(body[buffer].shape, dropped) }
    for number in body.scalars.indices {
      guard case .load(let access, let mask) = body.scalars[number].instruction else { continue }
      body.scalars[number].instruction = .load(kept(access), mask: mask)
    }
    BodyWalk.mapItems(&body) { item in
      guard case .store(var store) = item else { return item }
      store.access = kept(store.access)
      return .store(store)
    }
  }
}
