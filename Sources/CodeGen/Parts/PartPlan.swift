import LoopIR
import Support

/// How the parts of one block hand values to each other: through slots in a frame on the stack.
struct PartPlan {
  private(set) var uses: [PartUses] = []
  /// What each part has to leave in its slot, by part.
  private(set) var left: [[ScalarID]] = []
  /// What comes from outside of the block, in the order in which it is met.
  private(set) var outside: [Captured] = []
  /// The part behind which a value is not needed any more.
  private var lastUse: [ScalarID: Int] = [:]
  private var producers: [ScalarID: Int] = [:]
  private var loopProducers: [LoopID: Int] = [:]

  /// Finds what goes between parts, and to `escaping` behind them.
  init(_ parts: [BlockPart], escaping: [ScalarID], _ function: LoopFunction, _ body: Body) {
    uses = parts.map { $0.uses(function, body) }
    left = Array(repeating: [], count: parts.count)
    for (number, part) in parts.enumerated() {
      for case .scalar(let id) in part.items { producers[id] = number }
      for loop in uses[number].direct { loopProducers[loop] = number }
    }
    var seen: Set<Captured> = []
    for (number, use) in uses.enumerated() {
      for captured in use.captured {
        if case .scalar(let id) = captured, let producer = producer(of: id, body) {
          leave(id, in: producer, until: number)
        } else if seen.insert(captured).inserted {
          outside.append(captured)
        }
      }
    }
    for id in escaping {
      if let producer = producer(of: id, body) { leave(id, in: producer, until: parts.count) }
    }
  }

  /// The part that computes a scalar; nil for one from outside of the block.
  func producer(of id: ScalarID, _ body: Body) -> Int? {
    if case .loopResult(let loop, _) = body[id].instruction { return loopProducers[loop] }
    return producers[id]
  }

  /// Notes that a part leaves a value for a later one.
  private mutating func leave(_ id: ScalarID, in producer: Int, until part: Int) {
    guard part > producer else { return }
    if lastUse[id] == nil { left[producer].append(id) }
    lastUse[id] = max(lastUse[id] ?? 0, part)
  }

  /// The values that no part behind this one needs.
  func released(by part: Int) -> [ScalarID] {
    uses[part].scalars.filter { lastUse[$0] == part }
  }
}

/// Places in a frame, used again when what they held is not needed any more.
struct FrameLayout {
  private(set) var size = 0
  private(set) var offsets: [Captured: Int] = [:]
  private var free: [Int: [Int]] = [:]
  private var sizes: [Captured: Int] = [:]

  /// Gives something a place of so many bytes, a power of two.
  mutating func place(_ captured: Captured, bytes: Int) {
    sizes[captured] = bytes
    if let offset = free[bytes]?.popLast() {
      offsets[captured] = offset
      return
    }
    size = (size + bytes - 1) / bytes * bytes
    offsets[captured] = size
    size += bytes
  }

  /// Gives a place back; whatever it held is still told of by `offsets`.
  mutating func release(_ captured: Captured) {
    guard let bytes = sizes.removeValue(forKey: captured), let offset = offsets[captured] else {
      return
    }
    free[bytes, default: []].append(offset)
  }
}
