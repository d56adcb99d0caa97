import Support

extension Body {
  /// The body as a readable tree.
  package func dump() -> String {
    var printer = LoopPrinter(self)
    printer.printBody()
    return printer.text
  }
}

extension LoopFunction {
  /// The function as a readable tree: what `--emit=loops` shows.
  package func dump() -> String {
    var text = "function \(signature)\n"
    for requirement in requirements { text += "  require \(requirement)\n" }
    for (index, constant) in constants.enumerated() {
      text += "  constant \(index): \(constant.element.rawValue)[\(constant.elements.count)]\n"
    }
    for body in bodies {
      text += "  body" + (body.level.map { " on \($0.rawValue)" } ?? "")
      text += (body.serves.map { " for \(served($0))" } ?? "") + "\n"
      var printer = LoopPrinter(body, depth: 2)
      printer.printBody()
      text += printer.text
    }
    return text
  }

  /// The interface in the notation of the language.
  package var signature: String {
    let taken = parameters.map { ($0.isInout ? "inout " : "") + $0.description }
    let given = results.map(\.description).joined(separator: ", ")
    let seen = parameters.flatMap(\.shape).reduce(into: Set<String>()) { $0.formUnion($1.symbols) }
    let declared = symbols.filter { !seen.contains($0) }.joined(separator: ", ")
    let brackets = declared.isEmpty ? "" : "[\(declared)]"
    return "\(name)\(brackets)(\(taken.joined(separator: ", "))) -> (\(given))"
  }

  /// The names of some results.
  private func served(_ numbers: Set<Int>) -> String {
    numbers.isEmpty
      ? "no result" : numbers.sorted().map { results[$0].name }.joined(separator: ", ")
  }
}

extension Formal: CustomStringConvertible {
  package var description: String { Formal.spelling(name, element, shape) }

  /// A name with its type, as the language writes it.
  static func spelling(_ name: String, _ element: DType, _ shape: [Dim]) -> String {
    let dims = shape.map(\.description).joined(separator: ", ")
    return "\(name): \(element.rawValue)" + (shape.isEmpty ? "" : "[\(dims)]")
  }
}

extension Requirement: CustomStringConvertible {
  package var description: String {
    switch condition {
    case .equal(let a, let b): "\(a) == \(b) else \(failure.words)"
    case .multiple(let a, let b): "\(a) % \(b) == 0 else \(failure.words)"
    case .nonNegative(let dim): "\(dim) >= 0 else \(failure.words)"
    }
  }
}

extension ConstantData.Elements {
  /// The number of elements.
  package var count: Int {
    switch self {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }
}
