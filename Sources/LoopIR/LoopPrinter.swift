import Support

/// Writes loop IR as an indented tree.
struct LoopPrinter {
  let body: Body
  private(set) var text = ""
  private var depth: Int
  /// The scalars that stand for what a loop carries and for what it gives, by loop.
  private var carried: [LoopID: [ScalarID]] = [:]
  private var results: [LoopID: [ScalarID]] = [:]

  init(_ body: Body, depth: Int = 0) {
    self.body = body
    self.depth = depth
    for (index, scalar) in body.scalars.enumerated() {
      switch scalar.instruction {
      case .carried(let loop, _): carried[loop, default: []].append(ScalarID(index))
      case .loopResult(let loop, _): results[loop, default: []].append(ScalarID(index))
      case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
        .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
        .round:
        continue
      }
    }
  }

  /// Writes the buffers, the workspace plan and the blocks of the body.
  mutating func printBody() {
    for (index, buffer) in body.buffers.enumerated() {
      line("buffer \(name(BufferID(index))): \(spelling(buffer)) = \(spelling(buffer.storage))")
    }
    for placement in body.plan {
      let below = placement.below.map { name(body.plan[$0].buffer) }.joined(separator: ", ")
      line("place \(name(placement.buffer))" + (below.isEmpty ? "" : " above \(below)"))
    }
    print(body.block)
    guard !body.commit.items.isEmpty else { return }
    line("commit")
    nested(body.commit)
  }

  /// Writes a line.
  private mutating func line(_ words: String) {
    text += String(repeating: "  ", count: depth) + words + "\n"
  }

  /// Writes a block further in.
  private mutating func nested(_ block: Block) {
    depth += 1
    print(block)
    depth -= 1
  }

  /// Writes the steps of a block.
  private mutating func print(_ block: Block) {
    for item in block.items { print(item) }
  }

  /// Writes a step.
  private mutating func print(_ item: Item) {
    switch item {
    case .scalar(let id):
      line("\(spelling(id)): \(body[id].type) = \(spelling(body[id].instruction))")
    case .store(let store): line(spelling(store))
    case .loop(let id): printLoop(id)
    case .branch(let condition, let then, let otherwise):
      line("if \(spelling(condition))")
      nested(then)
      guard !otherwise.items.isEmpty else { return }
      line("else")
      nested(otherwise)
    case .check(let condition, let failure, let message, _):
      line("check \(spelling(condition)) else \(failure.words)\(message.map { ": \($0)" } ?? "")")
    case .external(let call):
      let operands = call.operands.map { operand in
        switch operand {
        case .scalar(let id): spelling(id)
        case .buffer(let id): name(id)
        case .memory(let access, let isWritten): (isWritten ? "inout " : "") + spelling(access)
        }
      }
      let given = call.sizes.map { "size \($0)" } + operands + call.results.map { name($0) }
      line("call \(call.function.name)(\(given.joined(separator: ", ")))")
    case .stopIfFailed: line("stop if failed")
    }
  }

  /// Writes a loop with its body.
  private mutating func printLoop(_ id: LoopID) {
    let loop = body[id]
    let count = loop.bound.map { "\(spelling($0)) of \(loop.extent)" } ?? "\(loop.extent)"
    var words = "for \(name(id)) in 0..<\(count)"
    if let going = loop.going { words += " while carried \(going)" }
    if loop.lanes > 1 { words += " lanes \(loop.lanes)" }
    if loop.isReversed { words += " reversed" }
    if !loop.carried.isEmpty { words += " with " + carriedValues(id) }
    if let sharing = loop.sharing { words += " " + spelling(sharing) }
    line(words)
    nested(loop.body)
    guard !loop.carried.isEmpty else { return }
    depth += 1
    line("next \(list(loop.carried.map(\.next)))")
    depth -= 1
    for result in results[id] ?? [] {
      line("\(spelling(result)): \(body[result].type) = \(spelling(body[result].instruction))")
    }
  }

  /// What a loop carries, with the values of the first turn.
  private func carriedValues(_ id: LoopID) -> String {
    body[id].carried.enumerated().map { number, value in
      let names = (carried[id] ?? []).filter { body[$0].instruction == .carried(id, number) }
      return "\(names.isEmpty ? "_" : list(names)) = \(spelling(value.initial))"
    }.joined(separator: ", ")
  }
}

extension LoopPrinter {
  /// A scalar by its number.
  func spelling(_ id: ScalarID) -> String { "%\(id.index)" }

  /// Scalars by their numbers.
  func list(_ ids: [ScalarID]) -> String { ids.map(spelling).joined(separator: ", ") }

  /// A loop by its name and number.
  func name(_ id: LoopID) -> String { "\(body[id].name)\(id.index)" }

  /// A buffer by its number.
  func name(_ id: BufferID) -> String { "@\(id.index)" }

  /// How threads share a loop.
  func spelling(_ sharing: Sharing) -> String {
    let own = sharing.own.map { " own \(name($0))" }.joined()
    let sums = sharing.sums.map { " \($0.operation) \(name($0.buffer)) from \(name($0.copies))" }
    return "shared" + own + sums.joined()
  }

  /// Where a buffer lives.
  func spelling(_ storage: Storage) -> String {
    switch storage {
    case .parameter(let number): "parameter \(number)"
    case .result(let number): "result \(number)"
    case .update(let number): "update \(number)"
    case .constant(let number): "constant \(number)"
    case .workspace: "workspace"
    case .local: "local"
    case .alias(let original): name(original)
    }
  }

  /// A buffer with its type.
  private func spelling(_ buffer: Buffer) -> String {
    let type = Formal.spelling(buffer.name, buffer.element, buffer.shape)
    return buffer.lanes == 1 ? type : "\(type) x\(buffer.lanes)"
  }

  /// A store.
  private func spelling(_ store: Store) -> String {
    var words = "\(spelling(store.access)) "
    words += store.combining.map { "\($0.rawValue)= " } ?? "= "
    words += spelling(store.value)
    return words + (store.mask.map { " where \(spelling($0))" } ?? "")
  }

  /// An access.
  private func spelling(_ access: Access) -> String {
    "\(name(access.buffer))[\(access.indices.map(spelling).joined(separator: ", "))]"
  }

  /// A position.
  private func spelling(_ index: Index) -> String {
    var terms = index.loops.map { term(name($0.variable), $0.coefficient) }
    terms += index.scalars.map { term(spelling($0.variable), $0.coefficient) }
    if index.offset != Dim(0) || terms.isEmpty { terms.append("\(index.offset)") }
    return terms.joined(separator: " + ")
  }

  /// A variable times a size.
  private func term(_ variable: String, _ coefficient: Dim) -> String {
    if coefficient == Dim(1) { return variable }
    return coefficient.terms.count == 1
      ? "\(coefficient) * \(variable)" : "(\(coefficient)) * \(variable)"
  }

  /// The instruction as words.
  private func spelling(_ instruction: Instruction) -> String {
    switch instruction {
    case .constant(let literal): "\(literal)"
    case .dim(let dim): "size \(dim)"
    case .loopVariable(let loop): name(loop)
    case .index(let index): "index \(spelling(index))"
    case .isWanted(let number): "wanted \(number)"
    case .unary(let operation, let a): "\(operation.rawValue) \(spelling(a))"
    case .binary(let operation, let a, let b): "\(operation.rawValue) \(list([a, b]))"
    case .compare(let comparison, let a, let b): "\(comparison.rawValue) \(list([a, b]))"
    case .multiplyAdd(let a, let b, let c): "multiply_add \(list([a, b, c]))"
    case .select(let condition, let a, let b): "select \(list([condition, a, b]))"
    case .convert(let a): "convert \(spelling(a))"
    case .bitcast(let a): "bitcast \(spelling(a))"
    case .call(let function, let arguments): "call \(function.rawValue)(\(list(arguments)))"
    case .load(let access, let mask):
      "load \(spelling(access))" + (mask.map { " where \(spelling($0))" } ?? "")
    case .carried(let loop, let number): "carried \(number) of \(name(loop))"
    case .loopResult(let loop, let number): "result \(number) of \(name(loop))"
    case .acrossLanes(let operation, let a): "across \(operation.rawValue) \(spelling(a))"
    case .splat(let a): "splat \(spelling(a))"
    case .accumulate(let operation, let a, let b):
      "accumulate \(operation.rawValue) \(list([a, b]))"
    case .round(let a, let element): "round to \(element.rawValue) \(spelling(a))"
    }
  }
}
