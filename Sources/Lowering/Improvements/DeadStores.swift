import LoopIR
import Support

/// Drops stores to buffers that nothing reads, and all that only served them.
struct DeadStores {
  private let body: Body
  /// A result that is regarded as the function's own memory; nil for none.
  private let unwanted: Int?
  private var isLive: [Bool]
  private var isRead: [Bool]
  /// The stores to each buffer that is not known to be read, by the number of the owner.
  private var waiting: [[Store]]
  private var pending: [ScalarID] = []

  static func run(_ body: inout Body) {
    // No copy of the body is left, so that it is changed where it stands.
    let needs = needs(of: body)
    sweep(&body, needs)
  }

  /// Which scalars something needs, and which buffers nothing reads.
  struct Needs {
    fileprivate let live: [Bool]
    fileprivate let dead: [Bool]

    func isLive(_ id: ScalarID) -> Bool { live[id.index] }
    func isDead(_ buffer: BufferID) -> Bool { dead[buffer.index] }
  }

  /// What is needed, for all results but one.
  static func needs(of body: Body, without unwanted: Int? = nil) -> Needs {
    var pass = DeadStores(body, unwanted)
    pass.mark()
    let dead = body.buffers.indices.map {
      !pass.waiting[body.owner(of: BufferID($0)).index].isEmpty
    }
    return Needs(live: pass.isLive, dead: dead)
  }

  private init(_ body: Body, _ unwanted: Int?) {
    self.body = body
    self.unwanted = unwanted
    isLive = Array(repeating: false, count: body.scalars.count)
    isRead = Array(repeating: false, count: body.buffers.count)
    waiting = Array(repeating: [], count: body.buffers.count)
  }

  // MARK: Marking

  private mutating func mark() {
    var stores: [Store] = []
    var conditions: [ScalarID] = []
    BodyWalk.visit(body) { item in
      switch item {
      case .store(let store): stores.append(store)
      case .branch(let condition, _, _), .check(let condition, _, _, _):
        conditions.append(condition)
      case .loop(let id):
        if let bound = body[id].bound { conditions.append(bound) }
        if let going = body[id].going {
          conditions += [body[id].carried[going].initial, body[id].carried[going].next]
        }
      case .external(let call):
        conditions += call.scalars
        for buffer in call.buffers { isRead[body.owner(of: buffer).index] = true }
      case .scalar, .stopIfFailed: break
      }
    }
    for condition in conditions { mark(condition) }
    for store in stores {
      let owner = body.owner(of: store.access.buffer)
      if isRead[owner.index] || isKept(owner) {
        mark(store)
      } else {
        waiting[owner.index].append(store)
      }
    }
    while let id = pending.popLast() { follow(id) }
  }

  /// Whether a buffer is the caller's, so that its stores count.
  private func isKept(_ buffer: BufferID) -> Bool {
    switch body[buffer].storage {
    case .result(let number): number != unwanted
    case .update, .parameter: true
    case .workspace, .local, .constant, .alias: false
    }
  }

  private mutating func mark(_ id: ScalarID) {
    if isLive[id.index] { return }
    isLive[id.index] = true
    pending.append(id)
  }

  private mutating func mark(_ store: Store) {
    store.forEachOperand { mark($0) }
  }

  private mutating func follow(_ id: ScalarID) {
    let instruction = body.scalars[id.index].instruction
    instruction.forEachOperand { mark($0) }
    switch instruction {
    case .load(let access, _):
      let owner = body.owner(of: access.buffer)
      if isRead[owner.index] { return }
      isRead[owner.index] = true
      let stores = waiting[owner.index]
      waiting[owner.index] = []
      for store in stores { mark(store) }
    case .carried(let loop, let slot), .loopResult(let loop, let slot):
      mark(body[loop].carried[slot].initial)
      mark(body[loop].carried[slot].next)
    default: break
    }
  }

  // MARK: Sweeping

  private static func sweep(_ body: inout Body, _ needs: Needs) {
    dropCarried(&body, needs.live)
    BodyWalk.mapItems(&body) { item in
      switch item {
      case .scalar(let id): needs.isLive(id) ? item : nil
      case .store(let store): needs.isDead(store.access.buffer) ? nil : item
      case .loop, .branch, .check, .external, .stopIfFailed: item
      }
    }
    body.block = withoutEmpty(body.block, &body)
    body.commit = withoutEmpty(body.commit, &body)
  }

  /// Takes out carried values that nothing uses, and renumbers the others.
  private static func dropCarried(_ body: inout Body, _ isLive: [Bool]) {
    var slots: [LoopID: Set<Int>] = [:]
    for number in body.scalars.indices where isLive[number] {
      switch body.scalars[number].instruction {
      case .carried(let loop, let slot), .loopResult(let loop, let slot):
        slots[loop, default: []].insert(slot)
      default: break
      }
    }
    for number in body.loops.indices {
      if let going = body.loops[number].going { slots[LoopID(number), default: []].insert(going) }
      let live = (slots[LoopID(number)] ?? []).sorted()
      let carried = body.loops[number].carried
      body.loops[number].carried = live.map { carried[$0] }
      body.loops[number].going = body.loops[number].going.flatMap { live.firstIndex(of: $0) }
    }
    let order = slots.mapValues { $0.sorted() }
    for number in body.scalars.indices where isLive[number] {
      switch body.scalars[number].instruction {
      case .carried(let loop, let slot):
        let place = order[loop]?.firstIndex(of: slot) ?? slot
        body.scalars[number].instruction = .carried(loop, place)
      case .loopResult(let loop, let slot):
        let place = order[loop]?.firstIndex(of: slot) ?? slot
        body.scalars[number].instruction = .loopResult(loop, place)
      default: break
      }
    }
  }

  /// Drops loops and branches in which nothing is left to do.
  private static func withoutEmpty(_ block: Block, _ body: inout Body) -> Block {
    var items: [Item] = []
    for item in block.items {
      switch item {
      case .loop(let id):
        body[id].body = withoutEmpty(body[id].body, &body)
        if !body[id].body.items.isEmpty || !body[id].carried.isEmpty { items.append(item) }
      case .branch(let condition, let then, let otherwise):
        let then = withoutEmpty(then, &body)
        let otherwise = withoutEmpty(otherwise, &body)
        if !then.items.isEmpty || !otherwise.items.isEmpty {
          items.append(.branch(condition, then: then, otherwise: otherwise))
        }
      case .scalar, .store, .check, .external, .stopIfFailed: items.append(item)
      }
    }
    return Block(items)
  }
}
