import GraphIR
import Support

/// Loops. The language knows those that run forwards to the end, and those that stop where a
/// condition ends: the others, which reverse mode makes, are spelled by these.
extension BlockWriter {
  /// Writes a loop.
  mutating func write(loop node: Node, _ form: LoopForm) {
    if form.isWhile, form.stacked == 0, writeWhile(node, form) { return }
    var loop = LoopWriter(node, form, in: self)
    loop.write()
    self = loop.outer
  }

  /// Writes a loop as `while c with h = h0 limit n { … }`, if the condition is an expression.
  private mutating func writeWhile(_ node: Node, _ form: LoopForm) -> Bool {
    let body = node.regions[0]
    let turn = body.parameters[0].value
    guard let counter = node.results.last, uses[Int(counter.index)] == 0 else { return false }
    var copy = self
    let carried = copy.carriedNames(of: node, form)
    let captures = node.operands[form.captures(of: node.operands.count)].map { part($0) }
    let entering = carried.map { Spelled.name($0) }
    var condition = copy.inner(node.regions[1], entering + captures)
    condition.writeNodes()
    guard condition.statements.isEmpty else { return false }
    copy.names = condition.names
    var writer = copy.inner(body, [.name("_")] + entering + captures)
    guard writer.uses[Int(turn.index)] == 0 else { return false }
    writer.writeNodes()
    writer.finishTurn(form, carried)
    copy.names = writer.names
    let limit = form.count == Dim(Int(Int32.max)) ? nil : form.count.spelled
    let goes = condition.strong(node.regions[1].outputs[0].value)
    copy.add(
      .whileLoop(
        WhileLoop(
          condition: goes, carried: copy.initial(node, form, carried), limit: limit,
          body: BlockWriter.block(writer.statements))))
    self = copy
    return true
  }

  /// Names for the carried values, which are those of the last ones too.
  mutating func carriedNames(of node: Node, _ form: LoopForm) -> [String] {
    let body = node.regions[0]
    return form.carriedResults.map { slot in
      let entering = body.parameters[1 + form.sequences + slot].value
      let name = newName(of: node.results[slot], like: body[entering].name)
      spelled[Int(node.results[slot].index)] = .name(name)
      return name
    }
  }

  /// `h = h0` for each carried value.
  func initial(_ node: Node, _ form: LoopForm, _ carried: [String]) -> [CarriedValue] {
    zip(carried, node.operands[form.carriedOperands]).map { name, value in
      CarriedValue(site: .none, name: Name(name, at: .none), initial: strong(value))
    }
  }

  /// The assertions of a body, and the carried values for the next turn.
  mutating func finishTurn(_ form: LoopForm, _ carried: [String]) {
    writeAssertions()
    for (name, output) in zip(carried, graph.outputs) {
      let next = strong(output.value)
      if case .name(name) = next.kind { continue }
      add(.update(name: Name(name, at: .none), value: next))
    }
  }

  /// `assert c, "message"`, each once.
  mutating func writeAssertions() {
    var written: Set<String> = []
    for assertion in graph.assertions {
      let condition = strong(assertion.condition)
      let message = TextLiteral(text: assertion.message)
      guard written.insert(condition.sourceText + assertion.message).inserted else { continue }
      add(.assert(condition: condition, message: message))
    }
  }
}

/// Writes a loop as a `for`.
///
/// A loop that runs backwards goes through reversed sequences, and what it stacks is reversed
/// behind it. One that may stop early goes on to the end, where each turn asks whether it still does
/// something.
private struct LoopWriter {
  let node: Node
  let form: LoopForm
  var outer: BlockWriter
  private let body: Graph
  /// The names of what stands in the head.
  private var elements: [String] = []
  private var carried: [String] = []
  private var turn = ""
  /// Statements of the body.
  private var statements: [Statement] = []
  /// What is emitted: its name, the slot of the stack, and the value.
  private var emitted: [(slot: Int, value: Expr)] = []

  init(_ node: Node, _ form: LoopForm, in outer: BlockWriter) {
    self.node = node
    self.form = form
    self.outer = outer
    body = node.regions[0]
  }

  /// Whether turns ask if they do anything.
  private var isGuarded: Bool { form.isWhile || form.isBounded }

  mutating func write() {
    let sequences = node.operands[..<form.sequences].map { outer.strong($0) }
    for number in 0..<form.sequences {
      let name = body[body.parameters[1 + number].value].name
      elements.append(outer.names.claim(name ?? "element"))
    }
    carried = outer.carriedNames(of: node, form)
    let first = outer.initial(node, form, carried)
    let name = body[body.parameters[0].value].name
    turn = outer.names.claim(name ?? (form.isReversed ? "turn" : "i"))
    var number = Expr.name(turn)
    if form.isReversed {
      number = .infix((form.count - 1).spelled, .subtract, number)
    }
    var flags: [CarriedValue] = []
    if isGuarded { flags = writeGuarded(number) } else { writePlain(number) }
    let head = header(sequences)
    let stacks = emit()
    outer.add(
      .forLoop(
        ForLoop(
          sequences: head, carried: first + flags,
          checkpoints: form.checkpoints.map { Dim($0).spelled },
          body: BlockWriter.block(statements))))
    for statement in stacks { outer.statements.append(statement) }
  }

  /// `x in xs, i in 0..<n`; without sequences, or where the body asks, the number of the turn.
  private func header(_ sequences: [Expr]) -> [LoopSequence] {
    var head = zip(elements, sequences).map { name, expr in
      LoopSequence(
        site: .none, name: Name(name, at: .none),
        source: .elements(form.isReversed ? .index(expr, [.turned]) : expr))
    }
    let asks = statements.contains { $0.sourceText.contains(turn) }
      || emitted.contains { $0.value.sourceText.contains(turn) }
    if head.isEmpty || asks {
      head.append(
        LoopSequence(
          site: .none, name: Name(turn, at: .none),
          source: .range(lower: .integer(0), upper: form.count.spelled)))
    }
    return head
  }

  /// The writer of the body; the number of the turn has a name if it is more than one.
  private mutating func bodyWriter(_ number: Expr) -> BlockWriter {
    let captures = node.operands[form.captures(of: node.operands.count)].map { outer.part($0) }
    var known = Spelled(number)
    known.isCheap = true
    return outer.inner(
      body, [known] + (elements + carried).map { Spelled.name($0) } + captures)
  }

  /// A body whose turns all run.
  private mutating func writePlain(_ number: Expr) {
    var writer = bodyWriter(number)
    writer.writeNodes()
    for slot in form.stackedResults where isUsed(slot) {
      emitted.append((slot, writer.strong(body.outputs[slot].value)))
    }
    writer.finishTurn(form, carried)
    outer.names = writer.names
    statements = writer.statements
  }

  private func isUsed(_ slot: Int) -> Bool { outer.uses[Int(node.results[slot].index)] > 0 }

  // MARK: Loops that may stop early

  /// A body whose turns ask whether they run; gives what the loop carries to know that.
  private mutating func writeGuarded(_ number: Expr) -> [CarriedValue] {
    let runs = outer.names.claim("runs")
    var flags: [CarriedValue] = []
    var last: [Statement] = []
    if form.isWhile {
      let goes = outer.names.claim("goes")
      flags.append(.init(goes, .make(.boolean(true))))
      let captures = node.operands[form.captures(of: node.operands.count)].map { outer.part($0) }
      var writer = outer.inner(node.regions[1], carried.map { Spelled.name($0) } + captures)
      writer.writeNodes()
      let condition = writer.strong(node.regions[1].outputs[0].value)
      outer.names = writer.names
      let never = BlockWriter.block([], [.make(.boolean(false))])
      let test = BlockWriter.block(writer.statements, [condition])
      statements.append(.assign([runs], .choice(.name(goes), test, never)))
      last.append(.update(goes, .name(runs)))
      if let counter = node.results.last, outer.uses[Int(counter.index)] > 0 {
        let name = outer.newName(of: counter)
        outer.spelled[Int(counter.index)] = .name(name)
        flags.append(.init(name, .call("i64", [.integer(0)])))
        let one = Expr.call("i64", [.name(runs)])
        last.append(.update(name, .infix(.name(name), .add, one)))
      }
    } else if let bound = node.operands.last {
      statements.append(.assign([runs], .infix(number, .less, outer.strong(bound))))
    }
    writeTurn(number, runs)
    statements += last
    return flags
  }

  /// What a turn does if it runs, and what it gives if not.
  private mutating func writeTurn(_ number: Expr, _ runs: String) {
    var writer = bodyWriter(number)
    writer.writeNodes()
    var results: [Expr] = []
    var skipped: [Expr] = []
    var targets: [String] = []
    for slot in form.carriedResults {
      let next = writer.strong(body.outputs[slot].value)
      if case .name(carried[slot]) = next.kind { continue }
      results.append(next)
      skipped.append(.name(carried[slot]))
      targets.append(writer.names.claim(carried[slot] + "_next"))
    }
    let updated = targets.indices.map { ($0, skipped[$0]) }
    for slot in form.stackedResults where isUsed(slot) {
      let value = body.outputs[slot].value
      results.append(writer.strong(value))
      skipped.append(.zeros(body.type(value)))
      targets.append(writer.names.temporary())
      emitted.append((slot, .name(targets[targets.count - 1])))
    }
    let checks = targets.count
    for assertion in body.assertions {
      results.append(writer.strong(assertion.condition))
      skipped.append(.make(.boolean(true)))
      targets.append(writer.names.claim("holds"))
    }
    outer.names = writer.names
    guard !results.isEmpty else { return }
    let choice = Expr.choice(
      .name(runs), BlockWriter.block(writer.statements, results), BlockWriter.block([], skipped))
    statements.append(.assign(targets, choice))
    for (assertion, name) in zip(body.assertions, targets[checks...]) {
      let message = TextLiteral(text: assertion.message)
      statements.append(
        Statement(site: .none, kind: .assert(condition: .name(name), message: message)))
    }
    for (place, name) in updated {
      guard case .name(let carried) = name.kind else { continue }
      statements.append(.update(carried, .name(targets[place])))
    }
  }

  // MARK: Stacks

  /// Adds what is emitted to the body; gives the statements behind the loop.
  private mutating func emit() -> [Statement] {
    var behind: [Statement] = []
    for (slot, value) in emitted {
      let name = outer.newName(of: node.results[slot])
      outer.spelled[Int(node.results[slot].index)] = .name(name)
      let stacked = form.isReversed ? outer.names.claim(name + "_turned") : name
      statements.append(
        Statement(site: .none, kind: .emit(name: Name(stacked, at: .none), value: value)))
      if form.isReversed {
        behind.append(.assign([name], .index(.name(stacked), [.turned])))
      }
    }
    return behind
  }
}

extension Statement {
  /// `a, b = value`.
  fileprivate static func assign(_ targets: [String], _ value: Expr) -> Statement {
    let names = targets.map { Name($0, at: .none) }
    return Statement(site: .none, kind: .assign(targets: names, value: value))
  }

  /// `h <- value`.
  fileprivate static func update(_ name: String, _ value: Expr) -> Statement {
    Statement(site: .none, kind: .update(name: Name(name, at: .none), value: value))
  }
}

extension CarriedValue {
  /// `h = h0`.
  fileprivate init(_ name: String, _ initial: Expr) {
    self.init(site: .none, name: Name(name, at: .none), initial: initial)
  }
}

extension TextLiteral {
  /// A text that stands nowhere yet.
  init(text: String) { self.init(text, at: .none) }
}
