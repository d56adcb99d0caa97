package import Support

/// A violation of the rules of loop IR: a bug of the compiler.
package struct LoopVerificationError: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  /// Where in the source what is wrong comes from.
  package var site = Site.none

  package var description: String { message }
}

/// Checks one body of a function: that what a step uses was computed before it and is visible, that
/// types and lanes fit, that loops are entered once, and that only writable memory is written.
struct LoopVerifier {
  let function: LoopFunction
  let body: Body
  let symbols: Set<String>
  /// The scalars that the current place sees.
  private var visible: [Bool]
  /// The scalars that became visible in each open block.
  private var scopes: [[ScalarID]] = [[]]
  private var isDefined: [Bool]
  private(set) var openLoops: [LoopID] = []
  private var entered: Set<LoopID> = []
  private var finished: Set<LoopID> = []
  /// The loops that ended in each open block.
  private var finishedScopes: [[LoopID]] = [[]]
  private(set) var isCommit = false

  init(function: LoopFunction, body: Body) {
    self.function = function
    self.body = body
    symbols = Set(function.symbols)
    visible = Array(repeating: false, count: body.scalars.count)
    isDefined = visible
  }

  /// An error with these words.
  func failure(_ message: String, at site: Site? = nil) -> LoopVerificationError {
    LoopVerificationError(message: "\(function.name): \(message)", site: site ?? function.site)
  }

  /// An error about a scalar.
  func failure(_ id: ScalarID, _ message: String) -> LoopVerificationError {
    failure(
      "%\(id.index): \(message)", at: id.index < body.scalars.count ? body[id].site : nil)
  }

  /// Checks the whole body.
  mutating func verify() throws(LoopVerificationError) {
    for buffer in body.buffers { try verify(buffer) }
    try verifyPlan()
    try verify(body.block)
    isCommit = true
    try verify(body.commit)
    guard entered.count == body.loops.count else { throw failure("a loop is never entered") }
  }

  /// Checks the steps of a block.
  private mutating func verify(_ block: Block) throws(LoopVerificationError) {
    for item in block.items { try verify(item) }
  }

  /// Checks a block whose scalars are not visible behind it.
  private mutating func verifyScope(_ block: Block) throws(LoopVerificationError) {
    scopes.append([])
    finishedScopes.append([])
    try verify(block)
  }

  /// Makes the scalars of the innermost open block invisible.
  private mutating func closeScope() {
    for id in scopes.removeLast() { visible[id.index] = false }
    finished.subtract(finishedScopes.removeLast())
  }

  /// Checks a step.
  private mutating func verify(_ item: Item) throws(LoopVerificationError) {
    switch item {
    case .scalar(let id): try define(id)
    case .store(let store): try verify(store)
    case .loop(let id): try verifyLoop(id)
    case .branch(let condition, let then, let otherwise):
      guard try use(condition) == ScalarType(.bool) else {
        throw failure(condition, "a branch needs one truth value")
      }
      try verifyScope(then)
      closeScope()
      try verifyScope(otherwise)
      closeScope()
    case .check(let condition, _, _, _):
      guard try use(condition).element == .bool else {
        throw failure(condition, "a check needs a truth value")
      }
      if isCommit { throw failure("a check stands behind the point where inputs change") }
    case .external(let call):
      try verify(call)
      if isCommit { throw failure("a call stands behind the point where inputs change") }
    case .stopIfFailed:
      if isCommit { throw failure("a stop stands behind the point where inputs change") }
    }
  }

  /// Checks a scalar, and makes it visible.
  private mutating func define(_ id: ScalarID) throws(LoopVerificationError) {
    guard id.index < body.scalars.count else { throw failure("%\(id.index) does not exist") }
    if isDefined[id.index] { throw failure(id, "is computed twice") }
    isDefined[id.index] = true
    switch body[id].instruction {
    case .carried, .loopResult: throw failure(id, "belongs to a loop and stands in a block")
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      break
    }
    try body[id].instruction.forEachOperand { operand throws(LoopVerificationError) in
      _ = try use(operand)
    }
    try verifyTypes(id)
    visible[id.index] = true
    scopes[scopes.count - 1].append(id)
  }

  /// The type of a scalar that must be visible here.
  func use(_ id: ScalarID) throws(LoopVerificationError) -> ScalarType {
    guard id.index < body.scalars.count else { throw failure("%\(id.index) does not exist") }
    let scalar = body[id]
    switch scalar.instruction {
    case .carried(let loop, _):
      guard openLoops.contains(loop) else { throw failure(id, "is used outside its loop") }
      try verifyTypes(id)
    case .loopResult(let loop, _):
      guard finished.contains(loop) else { throw failure(id, "is used before its loop has run") }
      try verifyTypes(id)
    case .constant, .dim, .loopVariable, .index, .isWanted, .unary, .binary, .compare,
      .multiplyAdd, .select, .convert, .bitcast, .call, .load, .acrossLanes, .splat, .accumulate,
      .round:
      guard visible[id.index] else { throw failure(id, "is not visible where it is used") }
    }
    return scalar.type
  }

  /// Checks a loop with its body.
  private mutating func verifyLoop(_ id: LoopID) throws(LoopVerificationError) {
    guard id.index < body.loops.count else { throw failure("loop \(id.index) does not exist") }
    guard entered.insert(id).inserted else { throw failure("loop \(id.index) is entered twice") }
    let loop = body[id]
    try verify(loop.extent)
    guard loop.lanes >= 1 else { throw failure("loop \(id.index) has \(loop.lanes) lanes") }
    if loop.lanes > 1, openLoops.contains(where: { body[$0].lanes > 1 }) {
      throw failure("lane loop \(id.index) stands in another")
    }
    for value in loop.carried { _ = try use(value.initial) }
    if let bound = loop.bound, try use(bound) != .index {
      throw failure(bound, "does not bound a loop")
    }
    if let going = loop.going {
      guard going < loop.carried.count, loop.lanes == 1,
        body[loop.carried[going].initial].type == ScalarType(.bool)
      else { throw failure("loop \(id.index) goes on by what it does not carry") }
    }
    if let sharing = loop.sharing { try verify(sharing, of: loop) }
    openLoops.append(id)
    try verifyScope(loop.body)
    for value in loop.carried where try use(value.next) != use(value.initial) {
      throw failure(value.next, "is carried into \(body[value.initial].type)")
    }
    closeScope()
    openLoops.removeLast()
    finished.insert(id)
    finishedScopes[finishedScopes.count - 1].append(id)
  }

  /// Checks how threads share a loop.
  private func verify(_ sharing: Sharing, of loop: Loop) throws(LoopVerificationError) {
    let copied = sharing.own + sharing.sums.map(\.copies)
    guard copied.allSatisfy({ $0.index < body.buffers.count && body[$0].copies > 1 }),
      sharing.sums.allSatisfy({ body[$0.copies].storage == .workspace }),
      sharing.carried.count == loop.carried.count,
      (sharing.carried + sharing.sums.map(\.operation)).allSatisfy({ $0.neutral != nil }),
      loop.going == nil, !loop.isReversed, openLoops.allSatisfy({ body[$0].sharing == nil })
    else { throw failure("threads cannot share loop '\(loop.name)'", at: loop.site) }
  }

  /// Checks that a size is made of the function's symbols.
  func verify(_ dim: Dim) throws(LoopVerificationError) {
    if dim.constant != nil { return }
    if dim.isTooLarge { throw failure("a size is too large") }
    for symbol in dim.symbols.sorted() where !symbols.contains(symbol) {
      throw failure("size \(dim) has the unknown symbol \(symbol)")
    }
  }
}

extension LoopFunction {
  /// Checks the function and its bodies.
  package func verify() throws(LoopVerificationError) {
    guard bodies.contains(where: { $0.serves == nil })
      || results.count < 16 && Set(bodies.map(\.serves)).count == 1 << results.count
    else { throw LoopVerificationError(message: "\(name): no body serves every choice of results") }
    guard Set(choices.map { bodies[$0].map(\.level) }).count <= 1 else {
      throw LoopVerificationError(message: "\(name): a choice of results has no body on some level")
    }
    for body in bodies {
      var verifier = LoopVerifier(function: self, body: body)
      for formal in parameters + results {
        for dim in formal.shape { try verifier.verify(dim) }
      }
      for requirement in requirements {
        switch requirement.condition {
        case .equal(let a, let b), .multiple(let a, let b):
          try verifier.verify(a)
          try verifier.verify(b)
        case .nonNegative(let dim): try verifier.verify(dim)
        }
      }
      try verifier.verify()
    }
  }
}
