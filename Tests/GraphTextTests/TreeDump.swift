import GraphText
import Support

/// Writes syntax trees with a parenthesis for every node, so that two trees with the same text mean
/// the same.
enum TreeDump {
  static func text(of unit: SourceUnit) -> String {
    let imports = unit.imports.map { "import \($0.path.text)\n" }
    return imports.joined() + unit.declarations.map(text).joined()
  }

  static func text(of expr: Expr) -> String {
    switch expr.kind {
    case .name(let name): name
    case .integer(let value): "\(value)"
    case .float(let value): "\(value)f"
    case .boolean(let value): "\(value)"
    case .text(let said): "<\(said)>"
    case .array(let elements): "[\(list(elements))]"
    case .call(let name, let arguments):
      "\(name.text)(\(arguments.map(text).joined(separator: ", ")))"
    case .index(let base, let indexings): text(of: base) + indexings.map(text).joined()
    case .unary(let operation, let operand): "(\(operation.rawValue)\(text(of: operand)))"
    case .power(let base, _, let exponent): "(\(text(of: base)) ** \(text(of: exponent)))"
    case .chain(let first, let links):
      String(repeating: "(", count: links.count) + text(of: first)
        + links.map { " \($0.operation.rawValue) \(text(of: $0.operand)))" }.joined()
    case .conditional(let choice):
      "(\(choice.clauses.map(text).joined())\(text(of: choice.otherwise)))"
    case .invalid: "?"
    }
  }

  static func text(of statement: Statement) -> String {
    switch statement.kind {
    case .assign(let targets, let value):
      "\(targets.map(\.text).joined(separator: ", ")) = \(text(of: value))"
    case .update(let name, let value): "\(name.text) <- \(text(of: value))"
    case .emit(let name, let value): "emit \(name.text) = \(text(of: value))"
    case .assert(let condition, let message): "assert \(text(of: condition)), <\(message.text)>"
    case .forLoop(let loop):
      "for \(loop.sequences.map(text).joined(separator: ", "))\(text(of: loop.carried))"
        + (loop.checkpoints.isEmpty ? "" : " checkpoint \(list(loop.checkpoints))")
        + " \(text(of: loop.body))"
    case .whileLoop(let loop):
      "while \(text(of: loop.condition))\(text(of: loop.carried))"
        + (loop.limit.map { " limit \(text(of: $0))" } ?? "") + " \(text(of: loop.body))"
    }
  }

  static func text(of block: Block) -> String {
    let results = block.results.isEmpty ? [] : ["=> " + list(block.results)]
    return "{" + (block.statements.map(text) + results).joined(separator: "; ") + "}"
  }

  private static func list(_ elements: [Expr]) -> String {
    elements.map(text).joined(separator: ", ")
  }

  private static func text(_ argument: Argument) -> String {
    (argument.label.map { "\($0.text): " } ?? "") + text(of: argument.value)
  }

  private static func text(_ indexing: Indexing) -> String {
    "[\(indexing.subscripts.map(text).joined(separator: ", "))]"
  }

  private static func text(_ clause: Conditional.Clause) -> String {
    "if \(text(of: clause.condition)) \(text(of: clause.branch)) else "
  }

  private static func text(_ element: Subscript) -> String {
    switch element {
    case .index(let expr): text(of: expr)
    case .ellipsis: "..."
    case .newAxis: "new"
    case .slice(let slice):
      "(" + [slice.lower, slice.upper, slice.step].map { $0.map(text(of:)) ?? "_" }
        .joined(separator: ":") + ")"
    }
  }

  private static func text(_ sequence: LoopSequence) -> String {
    switch sequence.source {
    case .elements(let expr): "\(sequence.name.text) in \(text(of: expr))"
    case .range(let lower, let upper):
      "\(sequence.name.text) in \(text(of: lower))..<\(text(of: upper))"
    }
  }

  private static func text(of carried: [CarriedValue]) -> String {
    guard !carried.isEmpty else { return "" }
    return " with "
      + carried.map { "\($0.name.text) = \(text(of: $0.initial))" }.joined(separator: ", ")
  }

  static func text(of declaration: Declaration) -> String {
    switch declaration {
    case .graph(let graph):
      let results = graph.results.map { text($0.documentation) + $0.name.text + text($0.type) }
      return text(graph.documentation)
        + "graph \(graph.name.text)[\(graph.sizes.map(\.text).joined(separator: ", "))]"
        + "(\(text(graph.parameters))) -> (\(results.joined(separator: ", "))) "
        + text(of: graph.body) + "\n"
    case .function(let function):
      if let results = function.results {
        return text(function.documentation)
          + "extern \(function.name.text)(\(text(function.parameters))) -> ("
          + results.map { text($0.documentation) + $0.name.text + text($0.type) }
          .joined(separator: ", ") + ")\n"
      }
      return text(function.documentation)
        + "func \(function.name.text)(\(text(function.parameters)))\(function.isShort ? " =" : "") "
        + text(of: function.body) + "\n"
    case .rule(let rule):
      return text(rule.documentation)
        + "\(rule.mode.rawValue) \(rule.function.text)(\(text(rule.parameters))) -> "
        + "(\(text(rule.results))) along (\(text(rule.directions)))\(rule.isShort ? " =" : "") "
        + text(of: rule.body) + "\n"
    case .constant(let constant):
      let value =
        switch constant.value {
        case .load(let path): "load <\(path.text)>"
        case .literal(let expr): text(of: expr)
        }
      return text(constant.documentation)
        + "const \(constant.name.text)\(text(constant.type)) = \(value)\n"
    }
  }

  private static func text(_ parameters: [Parameter]) -> String {
    parameters.map {
      text($0.documentation) + ($0.inoutSite == nil ? "" : "inout ") + $0.name.text + text($0.type)
    }.joined(separator: ", ")
  }

  private static func text(_ type: TypeExpr?) -> String {
    guard let type else { return "" }
    return ": \(type.element.text)[\(list(type.dims))]"
  }

  private static func text(_ documentation: DocComment?) -> String {
    documentation.map { "##\($0.text)##" } ?? ""
  }
}
