import Support

/// What the language has and gradc does not do yet: it is refused at its place, and its names are
/// checked.
extension GraphChecker {
  /// Reports what is not supported yet.
  mutating func unsupported(_ what: String, at site: Site) {
    error("'\(what)' is not supported yet", at: site)
  }

  /// Checks the names of a nested block, in which some more are given.
  private mutating func checkBody(_ block: Block, of names: [Name]) {
    let isWhole = frame.isWhole
    frame.isWhole = isWhole && block.isWhole
    frame.scopes.append(Scope())
    for name in names { give(name, .invalid, as: .parameter) }
    for statement in block.statements { checkNames(statement) }
    for result in block.results { checkNames(result) }
    warnOfUnused()
    frame.scopes.removeLast()
    frame.isWhole = isWhole
  }

  /// Checks the names of a statement in a nested block.
  private mutating func checkNames(_ statement: Statement) {
    switch statement.kind {
    case .assign(let targets, let value):
      checkNames(value)
      for target in targets { give(target, .invalid, as: .local) }
    case .update(let name, let value):
      _ = lookUp(name)
      checkNames(value)
    case .emit(_, let value): checkNames(value)
    case .assert(let condition, _): checkNames(condition)
    case .forLoop(let loop): checkNames(loop)
    case .whileLoop(let loop): checkNames(loop)
    }
  }

  /// Checks the names of a `for`.
  private mutating func checkNames(_ loop: ForLoop) {
    for sequence in loop.sequences {
      switch sequence.source {
      case .elements(let expr): checkNames(expr)
      case .range(let lower, let upper):
        checkNames(lower)
        checkNames(upper)
      }
    }
    for carried in loop.carried { checkNames(carried.initial) }
    for number in loop.checkpoints { checkNames(number) }
    checkBody(loop.body, of: loop.sequences.map(\.name) + loop.carried.map(\.name))
    let emitted = loop.body.statements.compactMap { statement in
      if case .emit(let name, _) = statement.kind { name } else { nil }
    }
    for name in loop.carried.map(\.name) + emitted { give(name, .invalid, as: .result) }
  }

  /// Checks the names of a `while`.
  private mutating func checkNames(_ loop: WhileLoop) {
    for carried in loop.carried { checkNames(carried.initial) }
    if let limit = loop.limit { checkNames(limit) }
    frame.scopes.append(Scope())
    for carried in loop.carried { give(carried.name, .invalid, as: .parameter) }
    checkNames(loop.condition)
    frame.scopes.removeLast()
    checkBody(loop.body, of: loop.carried.map(\.name))
    for carried in loop.carried { give(carried.name, .invalid, as: .result) }
  }

  /// Checks the names of an argument; what stands behind some labels is no value.
  mutating func checkNames(_ argument: Argument) {
    switch argument.label?.text {
    case "disconnected", "dtype": break
    default: checkNames(argument.value)
    }
  }

  /// Checks the names of an expression, and nothing else.
  mutating func checkNames(_ expr: Expr) {
    switch expr.kind {
    case .integer, .float, .boolean, .text, .invalid: break
    case .name(let name): _ = lookUp(Name(name, at: expr.site))
    case .array(let elements):
      for element in elements { checkNames(element) }
    case .call(let name, let arguments): checkNames(name, arguments, at: expr.site)
    case .index(let base, let indexings):
      checkNames(base)
      for part in indexings.flatMap(\.subscripts) { checkNames(part) }
    case .unary(_, let operand): checkNames(operand)
    case .power(let base, _, let exponent):
      checkNames(base)
      checkNames(exponent)
    case .chain(let first, let links):
      checkNames(first)
      for link in links { checkNames(link.operand) }
    case .conditional(let conditional):
      for clause in conditional.clauses {
        checkNames(clause.condition)
        checkBody(clause.branch, of: [])
      }
      checkBody(conditional.otherwise, of: [])
    }
  }

  /// Checks the names of a part of an index.
  mutating func checkNames(_ part: Subscript) {
    switch part {
    case .index(let expr): checkNames(expr)
    case .slice(let slice):
      for bound in [slice.lower, slice.upper, slice.step] {
        if let bound { checkNames(bound) }
      }
    case .ellipsis, .newAxis: break
    }
  }

  /// Checks the names of a call.
  mutating func checkNames(_ name: Name, _ arguments: [Argument], at site: Site) {
    for argument in arguments { checkNames(argument) }
    if case .function? = module.names[name.text]?.kind { return }
    if DType.named(name.text, options) != nil { return }
    if Builtin.all[name.text] == nil { _ = uncallable(name) }
  }
}
