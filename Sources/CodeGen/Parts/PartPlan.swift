import LoopIR
import Support

/// How the parts of one block hand values to each other: through slots in a frame on the stack.
struct PartPlan {
  private(set) var uses: [PartUses] = []
  /// What each part has to leave in its slot, by part.
  private(set) var left: [[ScalarID]] = []
  /// What comes from outside of the block, in the order in which it is met.
  private(set) var outside: [Captured] = []
  /// By scalar, the part behind which it is not needed any more; negative if none needs it.
  private var lastUse: [Int32]
  /// By scalar, the part that computes it; negative if none does.
  private var producers: [Int32]
  private var loopProducers: [LoopID: Int] = [:]

  /// Finds what goes between parts, and to `escaping` behind them.
  init(_ parts: [BlockPart], escaping: [ScalarID], _ finder: UseFinder) {
    let body = finder.body
    uses = parts.map { $0.uses(finder) }
    left = Array(repeating: [], count: parts.count)
    lastUse = Array(repeating: -1, count: body.scalars.count)
    producers = lastUse
    for (number, part) in parts.enumerated() {
      for case .scalar(let id) in part.items { producers[id.index] = Int32(number) }
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
    if case .loopResult(let loop, _) = body.scalars[id.index].instruction {
      return loopProducers[loop]
    }
    let producer = producers[id.index]
    return producer < 0 ? nil : Int(producer)
  }

  /// Whether a part computes something that another one takes.
  func isProduced(_ captured: Captured, _ body: Body) -> Bool {
    guard case .scalar(let id) = captured else { return false }
    return producer(of: id, body) != nil
  }

  /// Notes that a part leaves a value for a later one.
  private mutating func leave(_ id: ScalarID, in producer: Int, until part: Int) {
    guard part > producer else { return }
    if lastUse[id.index] < 0 { left[producer].append(id) }
    lastUse[id.index] = max(lastUse[id.index], Int32(part))
  }

  /// The values that no part behind this one needs.
  func released(by part: Int) -> [ScalarID] {
    uses[part].scalars.filter { lastUse[$0.index] == part }
  }
}

/// Places in a frame, used again when what they held is not needed any more.
struct FrameLayout {
  private(set) var size = 0
  /// By scalar; negative for those without a place.
  private var scalars: [Int32]
  private var others: [Captured: Int] = [:]
  private var free: [Int: [Int]] = [:]

  /// An empty frame of a body with so many scalars.
  init(scalars count: Int) { scalars = Array(repeating: -1, count: count) }

  /// The bytes in front of something that has been given a place; nil for other things.
  func offset(of captured: Captured) -> Int? {
    guard case .scalar(let id) = captured else { return others[captured] }
    return scalars[id.index] < 0 ? nil : Int(scalars[id.index])
  }

  /// The bytes in front of something that has been given a place.
  func place(of captured: Captured) -> Int {
    guard let offset = offset(of: captured) else { preconditionFailure("no place in frame") }
    return offset
  }

  /// Gives something a place of so many bytes, a power of two.
  mutating func place(_ captured: Captured, bytes: Int) {
    let offset: Int
    if let used = free[bytes]?.popLast() {
      offset = used
    } else {
      offset = (size + bytes - 1) / bytes * bytes
      size = offset + bytes
    }
    guard case .scalar(let id) = captured else {
      others[captured] = offset
      return
    }
    scalars[id.index] = Int32(offset)
  }

  /// Gives the place of something back; where it was is still told.
  mutating func release(_ captured: Captured, bytes: Int) {
    if let offset = offset(of: captured) { free[bytes, default: []].append(offset) }
  }
}
