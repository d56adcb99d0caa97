import LoopIR
import Support

/// The places that a turn of a loop touches in the memory that the loop writes.
struct TurnPlaces {
  private let loop: LoopID
  private let body: Body
  /// The loops and the scalars that belong to a turn.
  private var loops: Set<LoopID> = []
  private var scalars: Set<ScalarID> = []
  /// By the buffer that owns the memory.
  private var accesses: [BufferID: [Access]] = [:]
  private var combinations: [BufferID: Set<BinaryOperation>] = [:]
  /// The buffers that own what the loop writes.
  private(set) var written: Set<BufferID> = []

  init(_ loop: LoopID, _ body: Body) {
    self.loop = loop
    self.body = body
    loops.insert(loop)
    BodyWalk.visit(body[loop].body, body) { item in
      switch item {
      case .scalar(let id):
        scalars.insert(id)
        guard case .load(let access, _) = body[id].instruction else { return }
        accesses[body.owner(of: access.buffer), default: []].append(access)
      case .store(let store):
        let owner = body.owner(of: store.access.buffer)
        accesses[owner, default: []].append(store.access)
        written.insert(owner)
        if let operation = store.combining { combinations[owner, default: []].insert(operation) }
      case .loop(let id): loops.insert(id)
      case .branch, .check, .external, .stopIfFailed: break
      }
    }
  }

  /// How turns combine what they have with memory, if all do it in one way that has a neutral number.
  func combination(of buffer: BufferID) -> BinaryOperation? {
    guard let operations = combinations[buffer], operations.count == 1,
      let operation = operations.first, operation.neutral != nil
    else { return nil }
    return operation
  }

  /// Whether different turns touch different elements of a buffer: along some axis, the positions of
  /// turn `i` lie within `[o + c i, o + c i + c)`.
  func areApart(_ buffer: BufferID) -> Bool {
    guard let all = accesses[buffer], let first = all.first,
      all.allSatisfy({ $0.buffer == first.buffer })
    else { return false }
    return first.indices.indices.contains { axis in
      areApart(all.map { $0.indices[axis] })
    }
  }

  /// Whether the positions of different turns along one axis differ.
  private func areApart(_ positions: [Index]) -> Bool {
    guard let first = window(of: positions[0]), first.stride > 0 else { return false }
    var low = first.low
    var high = first.high
    for position in positions.dropFirst() {
      guard let window = window(of: position), window.stride == first.stride,
        window.outside.loops == first.outside.loops,
        window.outside.scalars == first.outside.scalars,
        let distance = (window.outside.offset - first.outside.offset).constant
      else { return false }
      low = min(low, window.low + distance)
      high = max(high, window.high + distance)
    }
    return high - low < first.stride
  }

  /// Where the positions of turn `i` lie: at `outside + stride * i + [low, high]`.
  private struct Window {
    /// What is the same in every turn.
    var outside: Index
    var stride = 0
    var low = 0
    var high = 0
  }

  /// The window of a position; nil where it is not known.
  private func window(of position: Index) -> Window? {
    var window = Window(outside: position)
    window.outside.loops = []
    guard position.scalars.allSatisfy({ isOutside($0.variable) }) else { return nil }
    for term in position.loops {
      guard loops.contains(term.variable) else {
        window.outside.loops.append(term)
        continue
      }
      guard let factor = term.coefficient.constant else { return nil }
      if term.variable == loop {
        window.stride = factor
        continue
      }
      guard let extent = body[term.variable].extent.constant, extent < 1 << 31,
        factor.magnitude < 1 << 31
      else { return nil }
      let reach = max(extent - 1, 0) * factor
      window.low += min(reach, 0)
      window.high += max(reach, 0)
    }
    return window
  }

  /// Whether a scalar is the same for every turn.
  private func isOutside(_ id: ScalarID) -> Bool {
    switch body[id].instruction {
    case .carried(let loop, _), .loopResult(let loop, _): !loops.contains(loop)
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      !scalars.contains(id)
    }
  }
}
