import GraphText
import Support

/// Goes through a syntax tree and changes one piece of it.
///
/// Blocks and expressions are counted in the order of the text: a piece is named by a number.
struct SyntaxEditor {
  /// The number of the piece to change; nil to count only.
  private let target: Int?
  private let changeBlock: ((inout Block) -> Void)?
  private let changeExpr: ((inout Expr) -> Void)?
  private(set) var count = 0

  private init(
    target: Int?, block: ((inout Block) -> Void)? = nil, expr: ((inout Expr) -> Void)? = nil
  ) {
    self.target = target
    changeBlock = block
    changeExpr = expr
  }

  /// All blocks of a file.
  static func blocks(of unit: SourceUnit) -> [Block] {
    var found: [Block] = []
    _ = edited(unit, SyntaxEditor(target: nil, block: { found.append($0) }))
    return found
  }

  /// All expressions of a file.
  static func expressions(of unit: SourceUnit) -> [Expr] {
    var found: [Expr] = []
    _ = edited(unit, SyntaxEditor(target: nil, expr: { found.append($0) }))
    return found
  }

  /// The file with another block in the place of one.
  static func replacing(block number: Int, of unit: SourceUnit, by block: Block) -> SourceUnit {
    edited(unit, SyntaxEditor(target: number, block: { $0 = block }))
  }

  /// The file with another expression in the place of one.
  static func replacing(expr number: Int, of unit: SourceUnit, by expr: Expr) -> SourceUnit {
    edited(unit, SyntaxEditor(target: number, expr: { $0 = expr }))
  }

  /// The file with an expression in the place of a name.
  static func replacing(name: String, in unit: SourceUnit, by value: Expr) -> SourceUnit {
    edited(
      unit,
      SyntaxEditor(
        target: nil, expr: { expr in
          if case .name(name) = expr.kind { expr = value }
        }))
  }

  private static func edited(_ unit: SourceUnit, _ editor: SyntaxEditor) -> SourceUnit {
    var editor = editor
    var unit = unit
    for place in unit.declarations.indices {
      switch unit.declarations[place] {
      case .graph(var graph):
        editor.edit(&graph.body)
        unit.declarations[place] = .graph(graph)
      case .function(var function):
        editor.edit(&function.body)
        unit.declarations[place] = .function(function)
      case .rule(var rule):
        editor.edit(&rule.body)
        unit.declarations[place] = .rule(rule)
      case .constant: break
      }
    }
    return unit
  }

  private mutating func edit(_ block: inout Block) {
    if let changeBlock {
      if target == nil || target == count { changeBlock(&block) }
      count += 1
      if target.map({ $0 < count }) == true { return }
    }
    for place in block.statements.indices { edit(&block.statements[place]) }
    for place in block.results.indices { edit(&block.results[place]) }
  }

  private mutating func edit(_ statement: inout Statement) {
    switch statement.kind {
    case .assign(let targets, var value):
      edit(&value)
      statement.kind = .assign(targets: targets, value: value)
    case .update(let name, var value):
      edit(&value)
      statement.kind = .update(name: name, value: value)
    case .emit(let name, var value):
      edit(&value)
      statement.kind = .emit(name: name, value: value)
    case .assert(var condition, let message):
      edit(&condition)
      statement.kind = .assert(condition: condition, message: message)
    case .forLoop(var loop):
      for place in loop.sequences.indices { edit(&loop.sequences[place].source) }
      for place in loop.carried.indices { edit(&loop.carried[place].initial) }
      edit(&loop.body)
      statement.kind = .forLoop(loop)
    case .whileLoop(var loop):
      edit(&loop.condition)
      for place in loop.carried.indices { edit(&loop.carried[place].initial) }
      if var limit = loop.limit {
        edit(&limit)
        loop.limit = limit
      }
      edit(&loop.body)
      statement.kind = .whileLoop(loop)
    }
  }

  private mutating func edit(_ source: inout LoopSequence.Source) {
    switch source {
    case .elements(var expr):
      edit(&expr)
      source = .elements(expr)
    case .range(var lower, var upper):
      edit(&lower)
      edit(&upper)
      source = .range(lower: lower, upper: upper)
    }
  }

  private mutating func edit(_ expr: inout Expr) {
    if let changeExpr {
      if target == nil || target == count { changeExpr(&expr) }
      count += 1
      if target.map({ $0 < count }) == true { return }
    }
    switch expr.kind {
    case .name, .integer, .float, .boolean, .text, .invalid: break
    case .array(var elements):
      for place in elements.indices { edit(&elements[place]) }
      expr.kind = .array(elements)
    case .call(let name, var arguments):
      for place in arguments.indices { edit(&arguments[place].value) }
      expr.kind = .call(name, arguments)
    case .index(var base, let indexings):
      edit(&base)
      expr.kind = .index(base, indexings.map { edited($0) })
    case .unary(let sign, var operand):
      edit(&operand)
      expr.kind = .unary(sign, operand)
    case .power(var base, let site, var exponent):
      edit(&base)
      edit(&exponent)
      expr.kind = .power(base, site, exponent)
    case .chain(var first, var links):
      edit(&first)
      for place in links.indices { edit(&links[place].operand) }
      expr.kind = .chain(first, links)
    case .conditional(var conditional):
      for place in conditional.clauses.indices {
        edit(&conditional.clauses[place].condition)
        edit(&conditional.clauses[place].branch)
      }
      edit(&conditional.otherwise)
      expr.kind = .conditional(conditional)
    }
  }

  private mutating func edited(_ indexing: Indexing) -> Indexing {
    var indexing = indexing
    for place in indexing.subscripts.indices {
      switch indexing.subscripts[place] {
      case .index(var expr):
        edit(&expr)
        indexing.subscripts[place] = .index(expr)
      case .slice, .ellipsis, .newAxis: break
      }
    }
    return indexing
  }
}
