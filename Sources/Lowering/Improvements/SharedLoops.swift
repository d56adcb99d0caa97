import LoopIR
import Support

/// Finds the loops whose turns threads may share: the outermost ones whose turns do not depend on
/// each other, where there is enough work that threads may pay.
///
/// Turns are independent where each one writes elements that no other touches, fills memory of its
/// own anew, or only adds to memory and to what the loop carries. A loop that calls C functions or
/// may end early stays with one thread, and so does one that is given one element at a time.
enum SharedLoops {
  /// The loops of a product of matrices around the innermost one of a strip: its panels and tiles.
  static let tileDepth = 2

  /// Marks the loops of a body.
  static func run(_ body: inout Body, keepsOrder: Bool) {
    let touches = TouchCounts(body)
    var pending = body.block.items.reversed().map { (item: $0, isInner: false) }
    while let (item, isInner) = pending.popLast() {
      switch item {
      case .loop(let id):
        if let found = TurnSharing(id, isInner: isInner, touches, keepsOrder: keepsOrder, body) {
          mark(id, found, &body)
        } else if body[id].lanes == 1 {
          pending += body[id].body.items.reversed().map { ($0, true) }
        }
      case .branch(_, let then, let otherwise):
        pending += (then.items + otherwise.items).reversed().map { ($0, isInner) }
      case .scalar, .store, .check, .external, .stopIfFailed: break
      }
    }
  }

  /// Marks a loop, and makes room for copies.
  private static func mark(_ id: LoopID, _ found: TurnSharing, _ body: inout Body) {
    let own = found.own.sorted()
    for buffer in own { body[buffer].copies = Sharing.copyLimit }
    let sums = found.sums.sorted { $0.key < $1.key }.map { buffer, operation in
      var copies = body[buffer]
      copies.name += "_parts"
      copies.storage = .workspace
      copies.copies = Sharing.copyLimit
      body.buffers.append(copies)
      return Sharing.Sum(
        buffer: buffer, copies: BufferID(body.buffers.count - 1), operation: operation)
    }
    body[id].sharing = Sharing(own: own, sums: sums, carried: found.carried, work: found.work)
  }
}

/// What is to be known of a loop whose turns threads may share.
private struct TurnSharing {
  private(set) var own: Set<BufferID> = []
  private(set) var sums: [BufferID: BinaryOperation] = [:]
  private(set) var carried: [BinaryOperation] = []
  private(set) var work: [Sharing.Work] = []

  /// Looks at a loop; nil where its turns depend on each other or are too little work.
  init?(
    _ id: LoopID, isInner: Bool, _ touches: TouchCounts, keepsOrder: Bool, _ body: Body
  ) {
    let loop = body[id]
    guard loop.going == nil, !loop.isReversed, (loop.extent.constant ?? 2) > 1,
      !isInner || loop.body.hasLoop, loop.body.isPlain(body)
    else { return nil }
    work = TurnWork(id, body).terms
    if let all = knownWork(of: loop), all < Sharing.leastWork { return nil }
    let places = TurnPlaces(id, body)
    guard let reduction = LaneReduction(id, body, hasLanes: true),
      let memory = TurnMemory(id, touches, body, areApart: places.areApart),
      memory.combined.isEmpty || !keepsOrder, places.written.allSatisfy({ body[$0].isPlain })
    else { return nil }
    for buffer in memory.combined {
      guard let operation = places.combination(of: buffer), body.maySum(into: buffer) else {
        return nil
      }
      sums[buffer] = operation
    }
    if !sums.isEmpty, loop.bound != nil, loop.body.items.contains(where: { $0.hasTiles(body) }) {
      return nil
    }
    own = memory.own
    carried = reduction.combinations
  }

  /// The steps of the whole loop, if all sizes are known.
  private func knownWork(of loop: Loop) -> Double? {
    guard let extent = loop.extent.constant else { return nil }
    var sum = 0.0
    for term in work {
      var steps = term.steps * Double(extent)
      for inner in term.extents {
        guard let inner = inner.constant else { return nil }
        steps *= Double(inner)
      }
      sum += steps
    }
    return sum
  }
}

extension Item {
  /// Whether loops stand in it as those of a product of matrices do: strips, panels, tiles, steps.
  fileprivate func hasTiles(_ body: Body) -> Bool {
    var depth = 0
    var open = [self]
    while depth < SharedLoops.tileDepth {
      open = open.flatMap { item -> [Item] in
        switch item {
        case .loop(let id): body[id].body.items
        case .branch(_, let then, let otherwise): then.items + otherwise.items
        case .scalar, .store, .check, .external, .stopIfFailed: []
        }
      }
      depth += 1
    }
    return open.contains { if case .loop = $0 { true } else { false } }
  }
}

extension Block {
  /// Whether a loop stands in it.
  fileprivate var hasLoop: Bool {
    items.contains { item in
      switch item {
      case .loop: true
      case .branch(_, let then, let otherwise): then.hasLoop || otherwise.hasLoop
      case .scalar, .store, .check, .external, .stopIfFailed: false
      }
    }
  }

  /// Whether it calls nothing, and ends the call nowhere.
  fileprivate func isPlain(_ body: Body) -> Bool {
    var isPlain = true
    BodyWalk.visit(self, body) { item in
      switch item {
      case .external, .stopIfFailed: isPlain = false
      case .scalar, .store, .loop, .branch, .check: break
      }
    }
    return isPlain
  }
}

extension Buffer {
  /// Whether no parameter has the same memory.
  fileprivate var isPlain: Bool {
    switch storage {
    case .result, .workspace, .local: true
    case .parameter, .update, .constant, .alias: false
    }
  }
}

extension Body {
  /// Whether chunks may add to copies of a buffer: it is there whatever the caller wants, and its
  /// elements are floating numbers that add up in memory as they do in registers.
  fileprivate func maySum(into buffer: BufferID) -> Bool {
    guard self[buffer].element == .f32 || self[buffer].element == .f64 else { return false }
    if case .result(let number) = self[buffer].storage { return serves?.contains(number) == true }
    return true
  }
}
