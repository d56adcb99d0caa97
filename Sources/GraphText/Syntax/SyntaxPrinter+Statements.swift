extension SyntaxPrinter {
  /// Writes a statement, without a line end behind it.
  package mutating func print(_ statement: Statement) {
    switch statement.kind {
    case .assign(let targets, let value):
      list(targets) { $0.write($1.text) }
      write(" = ")
      print(value)
    case .update(let name, let value):
      write("\(name.text) <- ")
      print(value)
    case .emit(let name, let value):
      write("emit \(name.text) = ")
      print(value)
    case .assert(let condition, let message):
      write("assert ")
      print(condition)
      write(", ")
      quote(message.text)
    case .forLoop(let loop): print(loop)
    case .whileLoop(let loop): print(loop)
    }
  }

  /// Writes a `for`.
  private mutating func print(_ loop: ForLoop) {
    write("for ")
    list(loop.sequences) { printer, sequence in
      printer.write("\(sequence.name.text) in ")
      switch sequence.source {
      case .elements(let expr): printer.print(expr)
      case .range(let lower, let upper):
        printer.print(lower)
        printer.write("..<")
        printer.print(upper)
      }
    }
    print(loop.carried)
    if !loop.checkpoints.isEmpty {
      write(" checkpoint ")
      list(loop.checkpoints) { $0.print($1) }
    }
    write(" ")
    block(loop.body)
  }

  /// Writes a `while`.
  private mutating func print(_ loop: WhileLoop) {
    write("while ")
    print(loop.condition)
    print(loop.carried)
    if let limit = loop.limit {
      write(" limit ")
      print(limit)
    }
    write(" ")
    block(loop.body)
  }

  /// Writes `with …`, if there is something to carry.
  private mutating func print(_ carried: [CarriedValue]) {
    guard !carried.isEmpty else { return }
    write(" with ")
    list(carried) { printer, value in
      printer.write("\(value.name.text) = ")
      printer.print(value.initial)
    }
  }
}
