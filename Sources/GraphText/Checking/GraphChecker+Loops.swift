import GraphIR
import Ops
import Support

/// A loop whose body is being checked.
struct LoopContext {
  /// The carried values by name, with their numbers.
  var carried: [String: Int]
  /// Their new values.
  var updates: [Int: (meaning: Meaning, site: Site)] = [:]
  /// What is emitted, in order.
  var emitted: [(name: Name, meaning: Meaning, site: Site)] = []
}

/// What a `for` goes through, checked.
private struct CheckedSequence {
  var name: Name
  /// The tensor, or nil for a range.
  var tensor: Value?
  var isWeak: Bool
  /// Where a range begins.
  var lower: Dim
}

/// A carried value of a loop.
private struct CheckedCarried {
  var name: Name
  var initial: Meaning
  var site: Site
  /// The type that it has in the body.
  var type: TensorType
  var isWeak: Bool
}

extension GraphChecker {
  // MARK: Statements of bodies

  /// Checks `h <- value` in the body of a loop.
  mutating func updateCarried(_ name: Name, _ expr: Expr) {
    let meaning = check(expr)
    guard let slot = frame.loops.last?.carried[name.text] else {
      guard !meaning.isInvalid || binding(of: name.text) != nil else { return }
      return error(
        "'\(name.text)' is not carried by this loop; only names behind 'with' are updated",
        at: name.site)
    }
    if let earlier = frame.loops.last?.updates[slot] {
      return error(
        "'\(name.text)' is updated already", at: name.site,
        notes: [.note("it is updated here", at: earlier.site)])
    }
    frame.loops[frame.loops.count - 1].updates[slot] = (meaning, expr.site)
  }

  /// Checks `emit name = value`.
  mutating func emitStacked(_ name: Name, _ expr: Expr) {
    let meaning = check(expr)
    guard !frame.loops.isEmpty else { return }
    frame.loops[frame.loops.count - 1].emitted.append((name, meaning, expr.site))
  }

  // MARK: for

  /// Checks a `for`, and adds it to the graph.
  mutating func check(_ loop: ForLoop, at site: Site) {
    let emittedNames = loop.body.emittedNames
    func giveUp(_ checker: inout GraphChecker) {
      for name in loop.carried.map(\.name) + emittedNames {
        checker.give(name, .invalid, as: .local)
      }
    }
    guard enter(at: site) else { return giveUp(&self) }
    defer { depth -= 1 }
    let sequences = check(loop.sequences)
    let carried = loop.carried.compactMap { checkInitial($0) }
    let checkpoints = check(checkpoints: loop.checkpoints)
    guard let sequences, let checkpoints, carried.count == loop.carried.count else {
      checkNamesOfBody(loop.body, loop.sequences.map(\.name) + loop.carried.map(\.name))
      return giveUp(&self)
    }
    guard let settled = settle(carried, { checker, carried in
      _ = checker.turn(of: sequences.checked, carried, loop.body, sequences.count, at: site)
    }), let turn = turn(of: sequences.checked, settled, loop.body, sequences.count, at: site)
    else { return giveUp(&self) }
    finish(turn, sequences, settled, checkpoints, site)
  }

  /// Adds a checked `for`, and gives its results their names.
  private mutating func finish(
    _ turn: Turn, _ sequences: (checked: [CheckedSequence], count: Dim),
    _ carried: [CheckedCarried], _ checkpoints: [Int], _ site: Site
  ) {
    let tensors = sequences.checked.compactMap(\.tensor)
    var form = LoopForm(
      count: sequences.count, sequences: tensors.count, carried: carried.count,
      stacked: turn.emitted.count)
    if !carried.isEmpty { form.checkpoints = checkpoints }
    let initial = carried.compactMap { value(of: $0.initial, as: $0.type.dtype, at: $0.site) }
    guard initial.count == carried.count,
      let results = addLoop(form, tensors + initial + turn.captures, turn.regions, site)
    else { return }
    for (number, carried) in carried.enumerated() {
      giveLast(carried, results[number])
    }
    for (number, name) in turn.emitted.enumerated() {
      giveResult(name, .value(results[carried.count + number], isWeak: turn.emittedWeak[number]))
    }
  }

  /// Gives a name that a loop has made, which may be that of a result.
  private mutating func giveResult(_ name: Name, _ meaning: Meaning) {
    guard callers.isEmpty, resultNames[name.text] != nil else {
      return give(name, meaning, as: .local)
    }
    give(name, adoptedResult(meaning, name, at: name.site), as: .result)
  }

  /// Gives a carried value its name behind the loop. The loop itself uses it, if nothing else does.
  private mutating func giveLast(_ carried: CheckedCarried, _ value: Value) {
    let meaning = Meaning.value(value, isWeak: carried.isWeak)
    let isResult = callers.isEmpty && resultNames[carried.name.text] != nil
    let last = isResult ? adoptedResult(meaning, carried.name, at: carried.name.site) : meaning
    give(carried.name, last, as: .result)
  }

  /// Adds the node of a loop.
  private mutating func addLoop(
    _ form: LoopForm, _ operands: [Value], _ regions: [Graph], _ site: Site
  ) -> [Value]? {
    guard hasRoom(at: site) else { return nil }
    builder.site = site
    do {
      return try builder.tryEmit(.loop, operands, .loop(form), regions: regions)
    } catch {
      self.error(error, at: site)
      return nil
    }
  }

  /// What a `for` goes through, and the number of its turns.
  private mutating func check(
    _ sequences: [LoopSequence]
  ) -> (checked: [CheckedSequence], count: Dim)? {
    var checked: [CheckedSequence] = []
    var count: Dim?
    var isSound = true
    for sequence in sequences {
      guard let (entry, length) = check(sequence) else {
        isSound = false
        continue
      }
      if let count, count != length {
        error(
          "a loop goes through sequences of one length: '\(sequence.name.text)' has \(length), "
            + "'\(sequences[0].name.text)' has \(count)", at: sequence.site)
        isSound = false
      }
      count = count ?? length
      checked.append(entry)
    }
    guard isSound, let count else { return nil }
    return (checked, count)
  }

  private mutating func check(_ sequence: LoopSequence) -> (CheckedSequence, Dim)? {
    switch sequence.source {
    case .elements(let expr):
      let meaning = check(expr)
      guard let value = value(of: meaning, at: expr.site) else { return nil }
      guard let length = builder.shape(value).first else {
        error("a loop goes through the leading axis of a tensor, this is a scalar", at: expr.site)
        return nil
      }
      let entry = CheckedSequence(
        name: sequence.name, tensor: value, isWeak: isWeak(meaning), lower: Dim(0))
      return (entry, length)
    case .range(let lower, let upper):
      guard let low = size(lower), let high = size(upper) else { return nil }
      let count = high - low
      guard require(count, at: sequence.site, "the range has \(count) turns") else { return nil }
      return (CheckedSequence(name: sequence.name, tensor: nil, isWeak: true, lower: low), count)
    }
  }

  /// The numbers of `checkpoint 100, 10`; nil after a mistake in them.
  private mutating func check(checkpoints exprs: [Expr]) -> [Int]? {
    var numbers: [Int] = []
    for expr in exprs {
      guard let number = size(expr)?.constant, number > 0 else {
        error("'checkpoint' takes positive integers, the numbers of turns between", at: expr.site)
        return nil
      }
      if let last = numbers.last, number >= last {
        error("each number of 'checkpoint' is smaller than the one before", at: expr.site)
        return nil
      }
      numbers.append(number)
    }
    return numbers
  }

  // MARK: Carried values

  private mutating func checkInitial(_ carried: CarriedValue) -> CheckedCarried? {
    let meaning = check(carried.initial)
    guard let type = type(of: meaning) else { return nil }
    return CheckedCarried(
      name: carried.name, initial: meaning, site: carried.initial.site, type: type,
      isWeak: isWeak(meaning))
  }

  /// The carried values in the types that they have in the body: a weak one takes the type of its
  /// update, which a trial of the body tells.
  private mutating func settle(
    _ carried: [CheckedCarried],
    _ trial: (inout GraphChecker, [CheckedCarried]) -> Void
  ) -> [CheckedCarried]? {
    guard carried.contains(where: \.isWeak) else { return carried }
    var settled = carried
    // A type may wander through several carried values; each trial settles one at least.
    for _ in 0...carried.count {
      var copy = self
      copy.diagnostics = Diagnostics()
      // The types are known also where they do not fit yet, which the trial takes for a mistake.
      trial(&copy, settled)
      guard copy.updateTypes.count == settled.count else { return settled }
      var hasChanged = false
      for (slot, type) in copy.updateTypes.enumerated() where settled[slot].isWeak {
        guard let type, !type.isWeak || type.dtype != settled[slot].type.dtype else { continue }
        if type.isWeak, settled[slot].type.dtype == .f64 { continue }
        settled[slot].type.dtype = type.dtype
        settled[slot].isWeak = type.isWeak
        hasChanged = true
      }
      if !hasChanged { break }
    }
    return settled
  }

  // MARK: Turns

  /// A turn of a loop, cut out as regions.
  private struct Turn {
    var regions: [Graph] = []
    var captures: [Value] = []
    var emitted: [Name] = []
    var emittedWeak: [Bool] = []
  }

  /// Checks the body of a `for` once; nil after a mistake in it.
  private mutating func turn(
    of sequences: [CheckedSequence], _ carried: [CheckedCarried], _ body: Block, _ count: Dim,
    at site: Site
  ) -> Turn? {
    let mistakes = mistakeCount
    let cut = beginRegion()
    let index = placeholder(TensorType(.i64), at: site)
    frame.scopes.append(Scope())
    var elements: [Value] = []
    for sequence in sequences {
      if let tensor = sequence.tensor {
        let type = builder.type(tensor)
        let element = placeholder(
          TensorType(type.dtype, Array(type.shape.dropFirst())), at: sequence.name.site)
        elements.append(element)
        give(sequence.name, .value(element, isWeak: sequence.isWeak), as: .parameter)
      } else {
        builder.site = sequence.name.site
        let value =
          sequence.lower == Dim(0) ? index : builder.add(index, builder.size(sequence.lower, .i64))
        give(sequence.name, .value(value, isWeak: true), as: .parameter)
      }
    }
    let entering = enterCarried(carried)
    let context = checkStatements(body, carried)
    var turn = Turn()
    updateTypes = types(of: context, carried)
    let next = updates(context, carried, entering)
    let stacked = context.emitted.compactMap { value(of: $0.meaning, at: $0.site) }
    frame.scopes.removeLast()
    guard mistakeCount == mistakes, next.count == carried.count,
      stacked.count == context.emitted.count
    else {
      dropRegion(cut)
      return nil
    }
    turn.emitted = context.emitted.map(\.name)
    turn.emittedWeak = context.emitted.map { isWeak($0.meaning) }
    let request = RegionRequest(
      parameters: [index] + elements + entering, results: next + stacked, hasAssertions: true)
    (turn.regions, turn.captures) = endRegion(cut, [request])
    return refuseHiddenPaths(into: turn.regions, turn.captures, at: site) ? turn : nil
  }

  private mutating func enterCarried(_ carried: [CheckedCarried]) -> [Value] {
    carried.map { carried in
      let value = placeholder(carried.type, at: carried.name.site)
      give(carried.name, .value(value, isWeak: carried.isWeak), as: .parameter)
      return value
    }
  }

  /// Checks the statements of a body.
  private mutating func checkStatements(
    _ body: Block, _ carried: [CheckedCarried]
  ) -> LoopContext {
    let isWhole = frame.isWhole
    frame.isWhole = isWhole && body.isWhole
    var slots: [String: Int] = [:]
    for (number, value) in carried.enumerated() { slots[value.name.text] = number }
    frame.loops.append(LoopContext(carried: slots))
    for statement in body.statements { check(statement) }
    warnOfUnused()
    frame.isWhole = isWhole
    return frame.loops.removeLast()
  }

  private func types(of context: LoopContext, _ carried: [CheckedCarried]) -> [CommonType?] {
    carried.indices.map { slot in
      guard let update = context.updates[slot], let type = type(of: update.meaning) else {
        return nil
      }
      return CommonType(dtype: type.dtype, isWeak: isWeak(update.meaning))
    }
  }

  /// The values for the next turn, in the types of those on entry.
  private mutating func updates(
    _ context: LoopContext, _ carried: [CheckedCarried], _ entering: [Value]
  ) -> [Value] {
    var values: [Value] = []
    for (slot, carried) in carried.enumerated() {
      guard let update = context.updates[slot] else {
        values.append(entering[slot])
        continue
      }
      let adopted = adopt(update.meaning, carried.type, at: update.site) {
        "the type of a carried value does not change: '\(carried.name.text)' is \($1), "
          + "its next value \($0)"
      }
      if let value = value(of: adopted, at: update.site) { values.append(value) }
    }
    return values
  }

  // MARK: while

  /// Checks a `while`, and adds it to the graph.
  mutating func check(_ loop: WhileLoop, at site: Site) {
    guard enter(at: site) else { return }
    defer { depth -= 1 }
    let carried = loop.carried.compactMap { checkInitial($0) }
    let limit = loop.limit.map { size($0) } ?? Dim(Int(Int32.max))
    guard let limit, carried.count == loop.carried.count, !carried.isEmpty,
      require(limit, at: loop.limit?.site ?? site, "the limit is \(limit)"),
      let settled = settle(carried, { checker, carried in
        _ = checker.turn(of: loop, carried, at: site)
      }), let turn = turn(of: loop, settled, at: site)
    else {
      for name in loop.carried.map(\.name) { give(name, .invalid, as: .local) }
      return
    }
    let form = LoopForm(
      count: limit, sequences: 0, carried: carried.count, stacked: 0, isWhile: true)
    let initial = settled.compactMap { value(of: $0.initial, as: $0.type.dtype, at: $0.site) }
    guard initial.count == settled.count,
      let results = addLoop(form, initial + turn.captures, turn.regions, site)
    else { return }
    for (number, carried) in settled.enumerated() {
      giveLast(carried, results[number])
    }
  }

  /// Checks condition and body of a `while` once; nil after a mistake in them.
  private mutating func turn(
    of loop: WhileLoop, _ carried: [CheckedCarried], at site: Site
  ) -> Turn? {
    let mistakes = mistakeCount
    let cut = beginRegion()
    let index = placeholder(TensorType(.i64), at: site)
    frame.scopes.append(Scope())
    let entering = enterCarried(carried)
    let condition = check(loop.condition)
    if let type = type(of: condition), type != TensorType(.bool) {
      error("a condition is a scalar 'bool', not \(type)", at: loop.condition.site)
    }
    let context = checkStatements(loop.body, carried)
    var turn = Turn()
    updateTypes = types(of: context, carried)
    let next = updates(context, carried, entering)
    let goes = value(of: condition, at: loop.condition.site)
    frame.scopes.removeLast()
    guard mistakeCount == mistakes, next.count == carried.count, let goes else {
      dropRegion(cut)
      return nil
    }
    (turn.regions, turn.captures) = endRegion(
      cut,
      [
        RegionRequest(parameters: [index] + entering, results: next, hasAssertions: true),
        RegionRequest(parameters: entering, results: [goes]),
      ])
    return refuseHiddenPaths(into: turn.regions, turn.captures, at: site) ? turn : nil
  }

  /// Checks the names of a body whose values are not known.
  private mutating func checkNamesOfBody(_ block: Block, _ names: [Name]) {
    frame.scopes.append(Scope())
    for name in names { give(name, .invalid, as: .parameter) }
    frame.loops.append(LoopContext(carried: [:]))
    for statement in block.statements {
      if case .update(_, let value) = statement.kind { checkNames(value) } else { check(statement) }
    }
    frame.loops.removeLast()
    frame.scopes.removeLast()
  }
}

extension Block {
  /// The names that the statements emit.
  fileprivate var emittedNames: [Name] {
    statements.compactMap { statement in
      if case .emit(let name, _) = statement.kind { name } else { nil }
    }
  }
}
