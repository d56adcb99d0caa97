import Support

/// Goes through the calls that stand in a piece of syntax, in no promised order.
struct CallWalker {
  /// What is done with the name and the arguments of a call.
  private let visit: (Name, [Argument]) -> Void

  init(_ visit: @escaping (Name, [Argument]) -> Void) { self.visit = visit }

  func walk(_ block: Block) {
    for statement in block.statements { walk(statement) }
    for result in block.results { walk(result) }
  }

  private func walk(_ statement: Statement) {
    switch statement.kind {
    case .assign(_, let value), .update(_, let value), .emit(_, let value): walk(value)
    case .assert(let condition, _): walk(condition)
    case .forLoop(let loop):
      for sequence in loop.sequences { walk(sequence.source) }
      for carried in loop.carried { walk(carried.initial) }
      for number in loop.checkpoints { walk(number) }
      walk(loop.body)
    case .whileLoop(let loop):
      walk(loop.condition)
      for carried in loop.carried { walk(carried.initial) }
      if let limit = loop.limit { walk(limit) }
      walk(loop.body)
    }
  }

  private func walk(_ source: LoopSequence.Source) {
    switch source {
    case .elements(let expr): walk(expr)
    case .range(let lower, let upper):
      walk(lower)
      walk(upper)
    }
  }

  private func walk(_ expr: Expr) {
    switch expr.kind {
    case .name, .integer, .float, .boolean, .text, .invalid: break
    case .array(let elements):
      for element in elements { walk(element) }
    case .call(let name, let arguments):
      visit(name, arguments)
      for argument in arguments { walk(argument.value) }
    case .index(let base, let indexings):
      walk(base)
      for indexing in indexings { walk(indexing) }
    case .unary(_, let operand): walk(operand)
    case .power(let base, _, let exponent):
      walk(base)
      walk(exponent)
    case .chain(let first, let links):
      walk(first)
      for link in links { walk(link.operand) }
    case .conditional(let conditional):
      for clause in conditional.clauses {
        walk(clause.condition)
        walk(clause.branch)
      }
      walk(conditional.otherwise)
    }
  }

  private func walk(_ indexing: Indexing) {
    for part in indexing.subscripts {
      switch part {
      case .index(let expr): walk(expr)
      case .slice(let slice):
        for bound in [slice.lower, slice.upper, slice.step] {
          if let bound { walk(bound) }
        }
      case .ellipsis, .newAxis: break
      }
    }
  }
}

extension Block {
  /// The names that derivatives in the block are taken with respect to, or take as constants.
  var differentiatedNames: Set<String> {
    var names: Set<String> = []
    CallWalker { _, arguments in
      for argument in arguments where ["wrt", "constant"].contains(argument.label?.text) {
        switch argument.value.kind {
        case .name(let name): names.insert(name)
        case .array(let elements):
          for case .name(let name) in elements.map(\.kind) { names.insert(name) }
        case .integer, .float, .boolean, .text, .call, .index, .unary, .power, .chain, .conditional,
          .invalid:
          break
        }
      }
    }.walk(self)
    return names
  }
}
