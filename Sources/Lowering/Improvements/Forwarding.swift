import LoopIR
import Support

/// Replaces loads of what the same block has stored or loaded already by that value.
///
/// After fusion, a value that one loop body writes and reads again is handed on in a register; its
/// buffer dies if nothing else reads it.
struct Forwarding {
  private var body: Body
  /// The elements whose value is known at the place at hand, by the number of the owner.
  private var known: [KnownElements]
  /// What the blocks that are being walked have learned.
  private var learned: [(owner: BufferID, element: KnownElements.Element)] = []
  /// How many blocks are being walked that may not run.
  private var depth = 0
  /// By the number of the scalar, what takes its place.
  private var replacement: [ScalarID?]
  private var replacesAny = false

  static func run(_ body: inout Body) {
    if let replacement = found(in: body) { apply(replacement, &body) }
  }

  /// By the number of the scalar, what takes its place; nil where nothing does. No copy of the body
  /// is left then, so that it is changed where it stands.
  private static func found(in body: Body) -> [ScalarID?]? {
    var pass = Forwarding(body: body)
    pass.walk(body.block)
    return pass.replacesAny ? pass.replacement : nil
  }

  private init(body: Body) {
    self.body = body
    known = Array(repeating: KnownElements(), count: body.buffers.count)
    replacement = Array(repeating: nil, count: body.scalars.count)
  }

  // MARK: Finding

  private mutating func walk(_ block: Block) {
    for item in block.items {
      switch item {
      case .scalar(let id):
        guard case .load(let access, nil) = body.scalars[id.index].instruction else { continue }
        read(access, by: id)
      case .store(let store): note(store)
      case .loop(let id): enter([body[id].body])
      case .branch(_, let then, let otherwise): enter([then, otherwise])
      case .external(let call):
        for buffer in call.written { forget(body.owner(of: buffer)) }
      case .check, .stopIfFailed: break
      }
    }
  }

  /// Walks blocks that may run several times or not at all: what they write is unknown in them and
  /// behind them, and what they learn is known in them alone.
  private mutating func enter(_ blocks: [Block]) {
    let written = Set(blocks.flatMap { Footprint($0.items, of: nil, in: body).written })
    for block in blocks {
      for owner in written { forget(owner) }
      let start = learned.count
      depth += 1
      walk(block)
      depth -= 1
      while learned.count > start, let last = learned.popLast() {
        if !written.contains(last.owner) { known[last.owner.index].unlearn(last.element) }
      }
    }
    for owner in written { forget(owner) }
  }

  private mutating func forget(_ owner: BufferID) { known[owner.index] = KnownElements() }

  /// Notes that an element has a value, where that can be remembered.
  private mutating func learn(_ access: Access, _ value: ScalarID, _ owner: BufferID) {
    guard let element = known[owner.index].learn(access, value, in: body[access.buffer]) else {
      return
    }
    if depth > 0 { learned.append((owner, element)) }
  }

  private mutating func read(_ access: Access, by id: ScalarID) {
    let owner = body.owner(of: access.buffer)
    if let value = known[owner.index].value(of: access, in: body[access.buffer]) {
      guard body.scalars[value.index].type == body.scalars[id.index].type else { return }
      replacement[id.index] = value
      replacesAny = true
    } else {
      learn(access, id, owner)
    }
  }

  private mutating func note(_ store: Store) {
    let owner = body.owner(of: store.access.buffer)
    known[owner.index].change(store.access, in: body[store.access.buffer])
    guard store.combining == nil, store.mask == nil else { return }
    learn(store.access, replacement[store.value.index] ?? store.value, owner)
  }

  // MARK: Replacing

  private static func apply(_ replacement: [ScalarID?], _ body: inout Body) {
    func resolved(_ id: ScalarID) -> ScalarID { replacement[id.index] ?? id }
    for number in body.scalars.indices {
      var isChanged = false
      body.scalars[number].instruction.forEachOperand { operand in
        if replacement[operand.index] != nil { isChanged = true }
      }
      guard isChanged else { continue }
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
      case .scalar(let id): replacement[id.index] == nil ? item : nil
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

/// The elements of one owner of memory whose values are known.
private struct KnownElements {
  /// How an element is remembered.
  enum Element {
    /// By its number in row-major order, which is the same in every shape of the memory.
    case constant(Int)
    /// By an access whose position changes.
    case varying
  }

  private var constants: [Int: ScalarID] = [:]
  private var varying: [(access: Access, value: ScalarID)] = []

  /// More elements at positions that change are not remembered: each is compared with all.
  private static let limit = 32

  /// The value of an element, if it is known.
  func value(of access: Access, in buffer: Buffer) -> ScalarID? {
    if let number = access.number(in: buffer) { return constants[number] }
    return varying.first { $0.access == access }?.value
  }

  /// Notes the value of an element; gives how it is remembered, if it is.
  mutating func learn(_ access: Access, _ value: ScalarID, in buffer: Buffer) -> Element? {
    if let number = access.number(in: buffer) {
      constants[number] = value
      return .constant(number)
    }
    if varying.count == KnownElements.limit { return nil }
    varying.append((access, value))
    return .varying
  }

  /// Takes back the last thing that was learned.
  mutating func unlearn(_ element: Element) {
    switch element {
    case .constant(let number): constants[number] = nil
    case .varying: varying.removeLast()
    }
  }

  /// Forgets what a store to an element may change.
  mutating func change(_ access: Access, in buffer: Buffer) {
    varying.removeAll { !$0.access.isApart(from: access) }
    if let number = access.number(in: buffer) {
      constants[number] = nil
    } else if !constants.isEmpty {
      constants = constants.filter { access.misses($0.key, in: buffer) }
    }
  }
}

extension Access {
  /// Whether the element certainly is not the one of that number.
  fileprivate func misses(_ number: Int, in buffer: Buffer) -> Bool {
    var rest = number
    for (index, size) in zip(indices, buffer.shape).reversed() {
      guard let size = size.constant, size > 0 else { return false }
      if let position = index.constant?.constant, position != rest % size { return true }
      rest /= size
    }
    return false
  }
}
