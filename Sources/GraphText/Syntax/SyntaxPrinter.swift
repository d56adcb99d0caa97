/// Writes syntax trees as source text, in one canonical form: no parentheses that mean nothing, one
/// statement a line, four blanks for each brace.
package struct SyntaxPrinter {
  package private(set) var text = ""
  private var indentation = 0

  package init() {}

  /// Adds text to the current line.
  mutating func write(_ piece: String) { text += piece }

  /// Begins a new line.
  mutating func breakLine() {
    text += "\n"
    for _ in 0..<indentation { text += "    " }
  }

  /// Writes elements with commas between them.
  mutating func list<Element>(
    _ elements: some Sequence<Element>, _ print: (inout SyntaxPrinter, Element) -> Void
  ) {
    var isFirst = true
    for element in elements {
      if !isFirst { write(", ") }
      isFirst = false
      print(&self, element)
    }
  }

  /// Writes statements, and expressions behind them, in braces.
  mutating func block(_ block: Block, keyword: String = "") {
    write("{")
    indentation += 1
    for statement in block.statements {
      breakLine()
      print(statement)
    }
    if !block.results.isEmpty {
      breakLine()
      write(keyword)
      list(block.results) { $0.print($1) }
    }
    indentation -= 1
    breakLine()
    write("}")
  }

  /// Writes a text in quotes.
  mutating func quote(_ said: String) {
    write("\"")
    for scalar in said.unicodeScalars {
      switch scalar {
      case "\\": write("\\\\")
      case "\"": write("\\\"")
      case "\n": write("\\n")
      case "\t": write("\\t")
      default: text.unicodeScalars.append(scalar)
      }
    }
    write("\"")
  }
}

extension SourceUnit {
  /// The file as canonical source text.
  package var sourceText: String {
    var printer = SyntaxPrinter()
    for line in imports {
      printer.write("import ")
      printer.quote(line.path.text)
      printer.write("\n")
    }
    for declaration in declarations {
      if !printer.text.isEmpty { printer.write("\n") }
      printer.print(declaration)
      printer.write("\n")
    }
    return printer.text
  }
}

extension Statement {
  /// The statement as canonical source text, without a line end behind it.
  package var sourceText: String {
    var printer = SyntaxPrinter()
    printer.print(self)
    return printer.text
  }
}

extension TypeExpr {
  /// The type as canonical source text.
  package var sourceText: String {
    var printer = SyntaxPrinter()
    printer.print(self)
    return printer.text
  }
}

extension Expr {
  /// The expression as canonical source text.
  package var sourceText: String {
    var printer = SyntaxPrinter()
    printer.print(self)
    return printer.text
  }
}
