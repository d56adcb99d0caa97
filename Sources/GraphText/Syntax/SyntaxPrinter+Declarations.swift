extension SyntaxPrinter {
  /// Writes a declaration, without a line end behind it.
  package mutating func print(_ declaration: Declaration) {
    switch declaration {
    case .graph(let graph): print(graph)
    case .function(let function): print(function)
    case .constant(let constant): print(constant)
    case .rule(let rule): print(rule)
    }
  }

  /// Writes a `graph`.
  private mutating func print(_ graph: GraphDeclaration) {
    print(graph.documentation)
    write("graph \(graph.name.text)")
    if !graph.sizes.isEmpty {
      write("[")
      list(graph.sizes) { $0.write($1.text) }
      write("]")
    }
    print(graph.parameters)
    write(" -> (")
    print(graph.results)
    write(") ")
    block(graph.body)
  }

  /// Writes a `func` as it was written, short or with a body.
  private mutating func print(_ function: FunctionDeclaration) {
    print(function.documentation)
    if function.results != nil { write("extern ") }
    write("func \(function.name.text)")
    print(function.parameters)
    if let results = function.results {
      write(" -> (")
      print(results)
      return write(")")
    }
    print(function.body, isShort: function.isShort)
  }

  /// Writes a derivative of a func.
  private mutating func print(_ rule: RuleDeclaration) {
    print(rule.documentation)
    write("\(rule.mode.rawValue) \(rule.function.text)")
    print(rule.parameters)
    if !rule.results.isEmpty {
      write(" -> ")
      print(rule.results)
    }
    write(" along ")
    print(rule.directions)
    print(rule.body, isShort: rule.isShort)
  }

  /// Writes the body of a func, or of a derivative of one.
  private mutating func print(_ body: Block, isShort: Bool) {
    if isShort {
      write(" = ")
      list(body.results) { $0.print($1) }
    } else {
      write(" ")
      block(body, keyword: "return ")
    }
  }

  /// Writes a `const`.
  private mutating func print(_ constant: ConstantDeclaration) {
    print(constant.documentation)
    write("const \(constant.name.text)")
    printBehindColon(constant.type)
    write(" = ")
    switch constant.value {
    case .load(let path):
      write("load(")
      quote(path.text)
      write(")")
    case .literal(let expr): print(expr)
    }
  }

  /// Writes results.
  private mutating func print(_ results: [ResultDeclaration]) {
    list(results) { printer, result in
      printer.printInline(result.documentation)
      printer.write(result.name.text)
      printer.printBehindColon(result.type)
    }
  }

  /// Writes parameters in their parentheses.
  private mutating func print(_ parameters: [Parameter]) {
    write("(")
    list(parameters) { printer, parameter in
      printer.printInline(parameter.documentation)
      if parameter.inoutSite != nil { printer.write("inout ") }
      printer.write(parameter.name.text)
      printer.printBehindColon(parameter.type)
    }
    write(")")
  }

  /// Writes `: type`, if there is a type.
  private mutating func printBehindColon(_ type: TypeExpr?) {
    guard let type else { return }
    write(": ")
    print(type)
  }

  /// Writes a type.
  package mutating func print(_ type: TypeExpr) {
    write(type.element.text)
    guard !type.dims.isEmpty else { return }
    write("[")
    list(type.dims) { $0.print($1) }
    write("]")
  }

  /// Writes the doc comment of a declaration.
  private mutating func print(_ documentation: DocComment?) {
    guard let documentation else { return }
    for line in documentation.text.split(separator: "\n", omittingEmptySubsequences: false) {
      write(line.isEmpty ? "##" : "## \(line)")
      breakLine()
    }
  }

  /// Writes the doc comment of a parameter, which begins a line.
  private mutating func printInline(_ documentation: DocComment?) {
    guard documentation != nil else { return }
    breakLine()
    print(documentation)
  }
}
