import LoopIR
import Support

/// Something that a part of a block takes from outside.
enum Captured: Hashable {
  case scalar(ScalarID)
  /// The variable of a loop around the part.
  case variable(LoopID)
  case buffer(BufferID)
  /// What the C function was given.
  case argument(Argument.Role)
  case symbol(String)
  /// The lanes that are within the end of the loop.
  case activeLanes
}

/// What finds out what steps of a body use: marks for its scalars serve one question after the other.
final class UseFinder {
  let function: LoopFunction
  let body: Body
  /// The last question in which each scalar was defined, and that in which it was taken.
  fileprivate var defined: [Int32]
  fileprivate var taken: [Int32]
  /// The number of questions so far.
  private var count: Int32 = 0

  init(_ function: LoopFunction, _ body: Body) {
    self.function = function
    self.body = body
    defined = Array(repeating: 0, count: body.scalars.count)
    taken = defined
  }

  /// The number of a new question.
  fileprivate func ask() -> Int32 {
    count += 1
    return count
  }
}

/// What some steps take from outside, and what they leave behind.
struct PartUses {
  private let finder: UseFinder
  private let question: Int32
  /// In the order in which it is met.
  private(set) var captured: [Captured] = []
  private(set) var stops = false
  /// What is taken that is no scalar.
  private var seen: Set<Captured> = []
  /// The loops that stand in the steps, however deep.
  private(set) var entered: Set<LoopID> = []
  /// The loops that stand in the steps themselves, not in a loop or a branch of theirs.
  private(set) var direct: Set<LoopID> = []

  /// What some steps use, which run under a condition if there is one.
  init(_ items: [Item], under condition: ScalarID? = nil, _ finder: UseFinder) {
    self.finder = finder
    question = finder.ask()
    if let condition { use(condition) }
    for item in items {
      add(item)
      if case .loop(let id) = item { direct.insert(id) }
    }
  }

  /// The scalars among what is taken from outside.
  var scalars: [ScalarID] {
    captured.compactMap { if case .scalar(let id) = $0 { id } else { nil } }
  }

  /// Notes that something but a scalar is taken from outside.
  private mutating func capture(_ captured: Captured) {
    if seen.insert(captured).inserted { self.captured.append(captured) }
  }

  /// Notes that a scalar is taken from outside.
  private mutating func capture(_ id: ScalarID) {
    if finder.taken[id.index] == question { return }
    finder.taken[id.index] = question
    captured.append(.scalar(id))
  }

  /// Adds the steps of a block.
  private mutating func add(_ block: Block) {
    for item in block.items { add(item) }
  }

  /// Adds a step.
  private mutating func add(_ item: Item) {
    switch item {
    case .scalar(let id):
      add(finder.body.scalars[id.index].instruction)
      finder.defined[id.index] = question
    case .store(let store):
      use(store.value)
      if let mask = store.mask { use(mask) }
      add(store.access)
    case .loop(let id): addLoop(id)
    case .branch(let condition, let then, let otherwise):
      use(condition)
      add(then)
      add(otherwise)
    case .check(let condition, _, _, _): use(condition)
    case .external(let call):
      for scalar in call.scalars { use(scalar) }
      for access in call.accesses { add(access) }
      for buffer in call.buffers + call.written { use(buffer) }
    case .stopIfFailed: stops = true
    }
  }

  /// Adds a loop with its body.
  private mutating func addLoop(_ id: LoopID) {
    if let bound = finder.body.loops[id.index].bound { use(bound) }
    for value in finder.body.loops[id.index].carried { use(value.initial) }
    for sum in finder.body.loops[id.index].sharing?.sums ?? [] { use(sum.copies) }
    entered.insert(id)
    add(finder.body.loops[id.index].body)
    for value in finder.body.loops[id.index].carried { use(value.next) }
  }

  /// Notes the use of a scalar.
  private mutating func use(_ id: ScalarID) {
    switch finder.body.scalars[id.index].instruction {
    case .carried(let loop, _), .loopResult(let loop, _):
      if !entered.contains(loop) { capture(id) }
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      if finder.defined[id.index] != question { capture(id) }
    }
  }

  /// Adds what an instruction uses.
  private mutating func add(_ instruction: Instruction) {
    instruction.forEachOperand { use($0) }
    switch instruction {
    case .loopVariable(let loop): use(loop)
    case .index(let index): add(index)
    case .load(let access, _): add(access)
    case .isWanted(let number):
      if finder.body.serves == nil { capture(.argument(.result(number))) }
    case .constant, .dim, .unary, .binary, .compare, .multiplyAdd, .select, .convert, .bitcast,
      .call, .carried, .loopResult, .acrossLanes, .splat, .accumulate, .round:
      break
    }
  }

  /// Notes the use of a loop's variable.
  private mutating func use(_ loop: LoopID) {
    if !entered.contains(loop) { capture(.variable(loop)) }
  }

  /// Adds what a position uses.
  private mutating func add(_ index: Index) {
    for term in index.loops { use(term.variable) }
    for term in index.scalars { use(term.variable) }
  }

  /// Adds what an access uses.
  private mutating func add(_ access: Access) {
    for index in access.indices { add(index) }
    use(access.buffer)
  }

  /// Notes the use of a buffer.
  private mutating func use(_ buffer: BufferID) {
    guard let root = finder.body.root(of: buffer) else { return }
    switch finder.body.buffers[root.index].storage {
    case .constant, .alias: break
    case .parameter(let number):
      let isPointer = finder.function.parameters[number].isPointer
      capture(isPointer ? .buffer(root) : .argument(.parameter(number)))
    case .result, .update, .workspace, .local: capture(.buffer(root))
    }
  }
}
