import LLVMInterop
import LoopIR
import Support

/// Loops in the form that LLVM's passes like: a phi that counts up from 0, tested at the end.
extension BodyEmitter {
  /// Emits a loop that may be the outermost of its tree.
  func emitTree(_ id: LoopID) {
    guard !state.isInTree else { return emitLoop(id) }
    let around = aliases
    state.isInTree = true
    if around == nil { aliases = AliasScopes(body, tree: [.loop(id)], object) }
    openFlags(id)
    emitLoop(id)
    closeFlags()
    state.isInTree = false
    aliases = around
  }

  /// Emits a loop, and keeps what it gives.
  private func emitLoop(_ id: LoopID) {
    let loop = body[id]
    let initial = loop.carried.map { value($0.initial) }
    if let sharing = loop.sharing, canShare(id) {
      let results = TeamEmitter(self, id, sharing).emit(initial)
      loops[id.index] = LoopState(variable: index(0), lanes: 1, level: 0, carried: initial)
      loops[id.index]?.results = results
      return
    }
    let results =
      loop.lanes > 1 ? emitLaneLoop(id, initial) : emitPlainLoop(id, initial)
    loops[id.index]?.results = results
  }

  /// Emits some turns of a loop; gives the carried values behind them.
  func emitTurns(_ id: LoopID, _ turns: TurnRange, _ initial: [IRValue]) -> [IRValue] {
    if body[id].lanes > 1 { return emitLaneTurns(id, turns, initial) }
    return emitCounting(id, count: turns.count, isKnownPositive: false, initial) {
      counter, entering in
      let variable = self.object.builder.add(
        turns.first, counter, noWrap: [.signed, .unsigned])
      return self.emitTurn(id, variable, entering)
    }
  }

  /// The number of turns of a loop.
  func turnCount(_ id: LoopID) -> IRValue {
    body[id].bound.map { value($0) } ?? object.dim(body[id].extent, scope)
  }

  /// Emits a loop of one lane; gives the carried values behind it.
  private func emitPlainLoop(_ id: LoopID, _ initial: [IRValue]) -> [IRValue] {
    let loop = body[id]
    if let count = loop.extent.constant, loop.bound == nil, loop.going == nil, count <= 1 {
      return count < 1 ? skip(id, initial) : emitTurn(id, index(0), initial)
    }
    let count = turnCount(id)
    var last: IRValue?
    if loop.isReversed {
      let greatest = { self.object.builder.sub(count, self.index(1), noWrap: .signed) }
      last = loop.bound == nil ? atLevel(0, greatest) : greatest()
    }
    let isKnownPositive = loop.bound == nil && (loop.extent.constant ?? 0) > 0
    return emitCounting(id, count: count, isKnownPositive: isKnownPositive, initial) {
      counter, entering in
      let variable = last.map { self.object.builder.sub($0, counter, noWrap: .signed) } ?? counter
      return self.emitTurn(id, variable, entering)
    }
  }

  /// A number of type `i64`.
  func index(_ value: Int) -> IRValue { object.index(value) }

  /// Leaves a loop out that has no turns.
  func skip(_ id: LoopID, _ initial: [IRValue]) -> [IRValue] {
    loops[id.index] = LoopState(variable: index(0), lanes: 1, level: 0, carried: initial)
    return initial
  }

  /// Emits a loop that counts from 0; `turn` gets the counter and the values on entry, and gives
  /// those of the next turn.
  func emitCounting(
    _ id: LoopID, count: IRValue, isKnownPositive: Bool, _ initial: [IRValue],
    _ turn: (IRValue, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    let counting = begin(id, count, isKnownPositive: isKnownPositive, initial)
    let next = turn(counting.counter.value, counting.entering.map(\.value))
    let counter = counting.counter
    let following = object.builder.add(counter.value, index(1), noWrap: [.signed, .unsigned])
    let isDone = object.builder.icmp(.eq, following, count)
    let latch = object.builder.block
    let jump = object.builder.condBr(isDone, then: counting.exit, else: counting.header)
    let hints = hints(for: id)
    if !hints.isEmpty { object.builder.setLoop(object.context.loop(hints), of: jump) }
    counter.add(following, from: latch)
    for (phi, value) in zip(counting.entering, next) { phi.add(value, from: latch) }
    object.position(atEnd: counting.exit)
    let endsEarly = body[id].going != nil
    if isKnownPositive, !endsEarly { return next }
    return next.indices.map { slot in
      let phi = object.builder.phi(next[slot].type)
      if !isKnownPositive { phi.add(initial[slot], from: counting.before) }
      if endsEarly { phi.add(counting.entering[slot].value, from: counting.header) }
      phi.add(next[slot], from: latch)
      return phi.value
    }
  }

  /// A counting loop whose turn is being emitted.
  private struct Counting {
    /// The block in front of the loop, its first one, and the one behind it.
    var before: IRBlock
    var header: IRBlock
    var exit: IRBlock
    var counter: IRPhi
    var entering: [IRPhi]
  }

  /// Emits what stands in front of a turn: the test whether there is one, and the phis.
  private func begin(
    _ id: LoopID, _ count: IRValue, isKnownPositive: Bool, _ initial: [IRValue]
  ) -> Counting {
    let name = body[id].name
    let header = object.builder.appendBlock(name)
    let exit = object.builder.appendBlock("\(name).end")
    let before = object.builder.block
    if isKnownPositive {
      object.builder.br(header)
    } else {
      let isEntered = object.builder.icmp(.sgt, count, index(0))
      object.builder.condBr(isEntered, then: header, else: exit)
    }
    object.position(atEnd: header)
    let counter = object.builder.phi(object.context.i64, name: name)
    counter.add(index(0), from: before)
    let entering = initial.map { value in
      let phi = object.builder.phi(value.type)
      phi.add(value, from: before)
      return phi
    }
    if let going = body[id].going {
      let block = object.builder.appendBlock("\(name).going")
      object.builder.condBr(entering[going].value, then: block, else: exit)
      object.position(atEnd: block)
    }
    return Counting(
      before: before, header: header, exit: exit, counter: counter, entering: entering)
  }

  /// What LLVM is told of a loop whose turns keep a processor busy: that several at once would only
  /// make the code longer.
  private func hints(for id: LoopID) -> [LoopHint] {
    let vectors = body[id].carried.count { body[$0.initial].type.lanes > 1 }
    if vectors >= BodyEmitter.manyVectors { return [.mustProgress, .noUnroll] }
    if splitter.steps(of: id) < BodyEmitter.longTurn { return [] }
    // Where loops or branches stand in it, the vectorizer shall not touch it: of a value that is the
    // same in all turns, but cannot leave the loop for these, it finds that out in a time that
    // doubles with each step.
    let isStraight = body[id].body.items.allSatisfy { item in
      switch item {
      case .scalar, .store, .check, .external, .stopIfFailed: true
      case .loop, .branch: false
      }
    }
    return [.mustProgress, isStraight ? .interleave(1) : .vectorize(false)]
  }

  /// The number of steps of a long turn.
  private static let longTurn = 48
  /// The sums that the loop of a tile carries in vectors, at least.
  private static let manyVectors = 4

  /// Emits one turn of a loop; gives the carried values for the next.
  func emitTurn(
    _ id: LoopID, _ variable: IRValue, _ entering: [IRValue], lanes: Int = 1
  ) -> [IRValue] {
    let block = object.builder.appendBlock("\(body[id].name).body")
    let hoist = object.builder.br(block)
    levels.append(Level(hoist: hoist))
    loops[id.index] = LoopState(
      variable: variable, lanes: lanes, level: levels.count - 1, carried: entering)
    object.position(atEnd: block)
    emit(body[id].body, escaping: body[id].carried.map(\.next))
    let next = body[id].carried.map { value($0.next, lanes: body[$0.initial].type.lanes) }
    levels.removeLast()
    return next
  }
}
