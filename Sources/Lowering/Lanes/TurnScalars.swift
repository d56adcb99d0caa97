import LoopIR
import Support

/// Turns what a turn of a lane loop does to small arrays of its own into scalars: its inner loops are
/// written out, each element becomes the value that was stored last, equal steps become one, and
/// what is known beforehand falls away, such as the masks and zeros of derivatives of slices.
///
/// LLVM would do the same, but long code is cut into functions before it sees it.
struct TurnScalars {
  /// Longer loops are left alone, and so are turns of more steps than this.
  private static let longestLoop = 16
  private static let mostSteps = 1_500

  /// - Parameter keepsOrder: whether sums are added up as they stand, from their first 0 on.
  static func run(_ loops: [LoopID], _ body: inout Body, keepsOrder: Bool) {
    let carriers = LoopCarriers(body)
    for loop in loops {
      // No copy of the body is left then, so that it is changed where it stands.
      guard let turn = turn(of: loop, carriers, body, keepsOrder: keepsOrder) else { continue }
      body.scalars += turn.scalars
      body[loop].body = Block(turn.items)
      body[loop].carried = turn.carried
    }
  }

  /// What takes the place of a loop's turns: scalars behind those of the body, its steps, and what
  /// it carries.
  private struct Turn {
    var scalars: [Scalar] = []
    var items: [Item] = []
    var carried: [Carried] = []
  }

  /// The turns of a loop; nil where they have inner loops that must stay.
  private static func turn(
    of loop: LoopID, _ carriers: LoopCarriers, _ body: Body, keepsOrder: Bool
  ) -> Turn? {
    var pass = TurnScalars(loop, carriers, body, keepsOrder: keepsOrder)
    guard pass.run(body[loop].body) else { return nil }
    for carried in body[loop].carried {
      let value = pass.value(carried.next)
      guard pass.type(value) == body[carried.next].type else { return nil }
      pass.turn.carried.append(Carried(initial: carried.initial, next: value))
    }
    return pass.turn
  }

  private let loop: LoopID
  private let body: Body
  private let keepsOrder: Bool
  /// Whether some memory is written in the turn, by its owner.
  private let written: Set<BufferID>
  private let carriers: LoopCarriers

  private var turn = Turn()
  /// What has become of scalars, and of the variables of loops.
  private var values: [ScalarID: ScalarID] = [:]
  private var turns: [LoopID: Int] = [:]
  /// The values of elements of the turn's own memory.
  private var elements: [Element: ScalarID] = [:]
  private var known: [Key: ScalarID] = [:]
  private var checked: Set<Condition> = []

  /// An element of memory by its owner and its number.
  private struct Element: Hashable {
    let owner: BufferID
    let number: Int
  }

  /// What makes two scalars the same.
  private struct Key: Hashable {
    let instruction: Instruction
    let type: ScalarType
  }

  /// What a check asks for.
  private struct Condition: Hashable {
    let condition: ScalarID
    let failure: Failure
    let message: String?
  }

  private init(_ loop: LoopID, _ carriers: LoopCarriers, _ body: Body, keepsOrder: Bool) {
    self.loop = loop
    self.carriers = carriers
    self.body = body
    self.keepsOrder = keepsOrder
    written = Set(Footprint(body[loop].body.items, of: nil, in: body).written)
  }

  // MARK: Steps

  /// Runs through a block; gives false where something in it cannot be written out.
  private mutating func run(_ block: Block) -> Bool {
    for item in block.items {
      if turn.items.count > TurnScalars.mostSteps { return false }
      switch item {
      case .scalar(let id): guard compute(id) else { return false }
      case .store(let store): guard write(store) else { return false }
      case .loop(let id): guard writeOut(id) else { return false }
      case .check(let condition, let failure, let message, let site):
        let condition = value(condition)
        let key = Condition(condition: condition, failure: failure, message: message)
        if checked.insert(key).inserted {
          turn.items.append(.check(condition, failure, message: message, site: site))
        }
      case .branch, .external, .stopIfFailed: return false
      }
    }
    return true
  }

  /// Writes out the turns of an inner loop.
  private mutating func writeOut(_ id: LoopID) -> Bool {
    let inner = body[id]
    guard let extent = inner.extent.constant, extent <= TurnScalars.longestLoop,
      inner.runsAllTurns
    else { return false }
    var flowing = inner.carried.map { value($0.initial) }
    for number in 0..<extent {
      turns[id] = inner.isReversed ? extent - 1 - number : number
      hand(flowing, in: id)
      guard run(inner.body) else { return false }
      flowing = inner.carried.map { value($0.next) }
    }
    hand(flowing, in: id)
    return true
  }

  /// Gives values to what a loop carries into its next turn, or leaves behind.
  private mutating func hand(_ flowing: [ScalarID], in loop: LoopID) {
    for (number, value) in flowing.enumerated() {
      for scalar in carriers[loop, number] { values[scalar] = value }
    }
  }

  private mutating func compute(_ id: ScalarID) -> Bool {
    let scalar = body.scalars[id.index]
    if case .load(let access, let mask) = scalar.instruction, isOwn(access.buffer) {
      guard mask == nil, let element = element(access), let value = elements[element] else {
        return false
      }
      values[id] = value
      return true
    }
    values[id] = made(scalar)
    return true
  }

  private mutating func write(_ store: Store) -> Bool {
    guard isOwn(store.access.buffer) else {
      var moved = store.mapScalars(value)
      moved.access = placed(moved.access)
      // Every turn adds its own.
      if moved.combining != nil { moved.value = splat(moved.value) }
      turn.items.append(.store(moved))
      return true
    }
    guard store.mask == nil, let element = element(store.access) else { return false }
    var result = value(store.value)
    if let combining = store.combining {
      guard let before = elements[element] else { return false }
      result = settled(
        Scalar(
          type: type(result), instruction: .binary(combining, before, result), site: store.site))
    }
    elements[element] = result
    return true
  }

  // MARK: Memory

  /// Whether a buffer is memory that every lane has for itself.
  private func isOwn(_ buffer: BufferID) -> Bool { body[body.owner(of: buffer)].lanes > 1 }

  /// The element of an access to the turn's own memory, where it is known.
  private func element(_ access: Access) -> Element? {
    let access = placed(access)
    guard access.indices.allSatisfy({ $0.scalars.isEmpty }),
      let number = access.number(in: body[access.buffer])
    else { return nil }
    return Element(owner: body.owner(of: access.buffer), number: number)
  }

  /// An access with the turns at hand in place of the variables of loops that are written out.
  private func placed(_ access: Access) -> Access {
    Access(access.buffer, access.indices.map(placed))
  }

  private func placed(_ index: Index) -> Index {
    guard index.loops.contains(where: { turns[$0.variable] != nil }) else { return index }
    var result = index
    result.loops = index.loops.filter { turns[$0.variable] == nil }
    for term in index.loops {
      if let turn = turns[term.variable] { result.offset = result.offset + turn * term.coefficient }
    }
    return result
  }

  // MARK: Scalars

  /// What has become of a scalar; itself outside of the turn.
  private func value(_ id: ScalarID) -> ScalarID { values[id] ?? id }

  private func scalar(_ id: ScalarID) -> Scalar {
    id.index < body.scalars.count
      ? body.scalars[id.index] : turn.scalars[id.index - body.scalars.count]
  }

  private func type(_ id: ScalarID) -> ScalarType { scalar(id).type }

  /// The value of a constant; nil for others.
  private func literal(_ id: ScalarID) -> Literal? {
    if case .constant(let literal) = scalar(id).instruction { literal } else { nil }
  }

  /// What a scalar of the body is in this turn.
  private mutating func made(_ scalar: Scalar) -> ScalarID {
    var scalar = scalar
    switch scalar.instruction {
    case .loopVariable(let variable):
      if let turn = turns[variable] { scalar.instruction = .constant(.int(Int64(turn))) }
    case .index(let index): scalar.instruction = .index(placed(index.mapScalars(value)))
    case .load(let access, let mask):
      scalar.instruction = .load(placed(access.mapScalars(value)), mask: mask.map(value))
    case .constant, .dim, .isWanted, .unary, .binary, .compare, .multiplyAdd, .select, .convert,
      .bitcast, .call, .carried, .loopResult, .acrossLanes, .splat, .accumulate, .round:
      scalar.instruction = scalar.instruction.mapOperands(value)
    }
    return settled(scalar)
  }

  /// A scalar of this turn's values: a known one that it is equal to, or a new one.
  private mutating func settled(_ scalar: Scalar) -> ScalarID {
    var scalar = scalar
    if case .accumulate(let operation, let a, let b) = scalar.instruction, !isCarried(a) {
      scalar.instruction = .binary(operation, a, b)
    }
    if let value = simplified(scalar.instruction) { return value }
    scalar.type.lanes = lanes(of: scalar)
    return shared(scalar)
  }

  private mutating func shared(_ scalar: Scalar) -> ScalarID {
    var isShared = true
    if case .load(let access, _) = scalar.instruction {
      isShared = !written.contains(body.owner(of: access.buffer))
    }
    let key = Key(instruction: scalar.instruction, type: scalar.type)
    if isShared, let value = known[key] { return value }
    let id = ScalarID(body.scalars.count + turn.scalars.count)
    turn.scalars.append(scalar)
    turn.items.append(.scalar(id))
    if isShared { known[key] = id }
    return id
  }

  /// A scalar in all lanes.
  private mutating func splat(_ id: ScalarID) -> ScalarID {
    var scalar = scalar(id)
    if scalar.type.lanes > 1 { return id }
    scalar.type.lanes = body[loop].lanes
    scalar.instruction = .splat(id)
    return shared(scalar)
  }

  /// Whether a scalar is what the loop itself carries.
  private func isCarried(_ id: ScalarID) -> Bool {
    if case .carried = scalar(id).instruction { true } else { false }
  }

  /// The lanes of a scalar: those of its operands, and of the loop's variable.
  private func lanes(of scalar: Scalar) -> Int {
    var lanes = 1
    scalar.instruction.forEachOperand { lanes = max(lanes, type($0).lanes) }
    let indices: [Index]
    switch scalar.instruction {
    case .loopVariable(let variable): indices = [Index(variable)]
    case .index(let index): indices = [index]
    case .load(let access, _): indices = access.indices
    case .constant, .dim, .isWanted, .unary, .binary, .compare, .multiplyAdd, .select, .convert,
      .bitcast, .call, .carried, .loopResult, .acrossLanes, .splat, .accumulate, .round:
      return lanes
    }
    let isWide = indices.contains { $0.loops.contains { $0.variable == loop } }
    return isWide ? body[loop].lanes : lanes
  }

  /// A scalar that an instruction is equal to.
  private func simplified(_ instruction: Instruction) -> ScalarID? {
    switch instruction {
    case .splat(let a): return a
    case .select(let condition, let a, let b):
      if a == b { return a }
      guard case .bool(let holds) = literal(condition) else { return nil }
      return holds ? a : b
    case .binary(.or, let a, let b):
      return other(a, b, neutral: .bool(false), absorbing: .bool(true))
    case .binary(.and, let a, let b):
      return other(a, b, neutral: .bool(true), absorbing: .bool(false))
    case .binary(.add, let a, let b):
      // The sum of -0 and 0 would be 0.
      return keepsOrder ? nil : other(a, b, neutral: .float(0), absorbing: nil)
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .convert, .bitcast, .call, .load, .carried, .loopResult, .acrossLanes,
      .accumulate, .round:
      return nil
    }
  }

  /// What an operation with a constant gives: the other operand, or the constant.
  private func other(
    _ a: ScalarID, _ b: ScalarID, neutral: Literal, absorbing: Literal?
  ) -> ScalarID? {
    for (x, y) in [(a, b), (b, a)] {
      guard let literal = literal(x) else { continue }
      if literal == neutral { return y }
      if literal == absorbing { return x }
    }
    return nil
  }
}
