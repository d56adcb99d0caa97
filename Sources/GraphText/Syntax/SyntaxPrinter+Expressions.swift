extension SyntaxPrinter {
  /// Writes an expression, in parentheses where it holds together less tightly than `least`.
  package mutating func print(_ expr: Expr, atLeast least: Precedence = .conditional) {
    let needsParentheses = expr.kind.precedence < least
    if needsParentheses { write("(") }
    printBare(expr)
    if needsParentheses { write(")") }
  }

  /// Writes an expression without parentheses of its own.
  private mutating func printBare(_ expr: Expr) {
    switch expr.kind {
    case .name(let name): write(name)
    case .integer(let value): write(String(value))
    case .float(let value): write(value.description)
    case .boolean(let value): write(value ? "true" : "false")
    case .text(let said): quote(said)
    case .array(let elements):
      write("[")
      list(elements) { $0.print($1) }
      write("]")
    case .call(let name, let arguments):
      write(name.text + "(")
      list(arguments) { $0.print($1) }
      write(")")
    case .index(let base, let indexings): print(base, indexings)
    case .unary(let operation, let operand):
      write(operation.rawValue)
      print(operand, atLeast: .unary)
    case .power(let base, _, let exponent):
      print(base, atLeast: .postfix)
      write(" ** ")
      print(exponent, atLeast: .unary)
    case .chain(let first, let links): print(first, links)
    case .conditional(let choice): print(choice)
    case .invalid: write("_")
    }
  }

  /// Writes `x` or `axis: 0`.
  private mutating func print(_ argument: Argument) {
    if let label = argument.label { write(label.text + ": ") }
    print(argument.value)
  }

  /// Writes a chain of operators.
  private mutating func print(_ first: Expr, _ links: [Link]) {
    guard let level = links.first?.operation.precedence else { return print(first) }
    // Comparisons do not chain, all other levels go on from the left.
    print(first, atLeast: level == .comparison ? level.next : level)
    for link in links {
      write(" \(link.operation.rawValue) ")
      print(link.operand, atLeast: level.next)
    }
  }

  /// Writes a value with its indices.
  private mutating func print(_ base: Expr, _ indexings: [Indexing]) {
    print(base, atLeast: .postfix)
    for indexing in indexings {
      write("[")
      list(indexing.subscripts) { $0.print($1) }
      write("]")
    }
  }

  /// Writes what stands between the commas of an index.
  private mutating func print(_ element: Subscript) {
    switch element {
    case .index(let expr): print(expr)
    case .ellipsis: write("...")
    case .newAxis: write("new")
    case .slice(let slice):
      if let lower = slice.lower { print(lower) }
      write(":")
      if let upper = slice.upper { print(upper) }
      guard let step = slice.step else { return }
      write(":")
      print(step)
    }
  }

  /// Writes an `if` over several lines.
  private mutating func print(_ choice: Conditional) {
    for clause in choice.clauses {
      write("if ")
      print(clause.condition)
      write(" ")
      block(clause.branch)
      write(" else ")
    }
    block(choice.otherwise)
  }
}

extension Expr.Kind {
  /// How tightly the expression holds together as it is written.
  package var precedence: Precedence {
    switch self {
    case .name, .float, .boolean, .text, .array, .call, .index, .invalid: .postfix
    case .integer(let value): value < 0 ? .unary : .postfix
    case .unary: .unary
    case .power: .power
    case .chain(_, let links): links.first?.operation.precedence ?? .postfix
    case .conditional: .conditional
    }
  }
}
