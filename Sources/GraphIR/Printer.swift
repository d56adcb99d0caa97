import Support

extension Graph {
  /// The graph as text, a line for each node: what `--print-after` shows, and `GraphParser` reads.
  ///
  /// Everything is there but sites, and the elements of constant tensors of more than
  /// `Graph.printedElements`.
  package func dump() -> String {
    var text = "graph \(Graph.spelled(name))"
    if !symbols.isEmpty { text += "[" + symbols.joined(separator: ", ") + "]" }
    text += " {\n"
    if !doc.isEmpty { text += "  doc \(Graph.quoted(doc))\n" }
    for parameter in parameters { text += "  \(line(parameter))\n" }
    for (index, tensor) in data.enumerated() { text += "  \(line(tensor, index))\n" }
    for check in sizeChecks { text += "  require \(check.condition.spelling)\n" }
    for node in nodes { text += "  \(line(node))\n" }
    for assertion in assertions {
      text += "  assert %\(assertion.condition.index), \(Graph.quoted(assertion.message))\n"
    }
    for update in updates {
      let name = Graph.spelled(parameters[update.parameter].name)
      text += "  update \(name) <- %\(update.value.index)\n"
    }
    for output in outputs {
      text += "  result \(Graph.spelled(output.name)) = %\(output.value.index)\n"
    }
    return text + "}\n"
  }

  /// Constant tensors are printed up to this number of elements.
  package static let printedElements = 4096

  /// The line of a parameter.
  private func line(_ parameter: Parameter) -> String {
    var text = parameter.isInout ? "inout " : "parameter "
    text += "\(Graph.spelled(parameter.name)): \(type(parameter.value))"
    if !parameter.doc.isEmpty { text += " \(Graph.quoted(parameter.doc))" }
    return text
  }

  /// The line of a constant tensor.
  private func line(_ tensor: Tensor, _ index: Int) -> String {
    let head = "data \(index): \(tensor.type) = "
    if tensor.count > Graph.printedElements { return head + "elsewhere" }
    return head + (0..<tensor.count).map { tensor[$0].exactSpelling }.joined(separator: " ")
  }

  /// The line of a node, and those of its regions.
  private func line(_ node: Node) -> String {
    let results = node.results.map { "%\($0.index): \(type($0))" }.joined(separator: ", ")
    var text = "\(results) = \(node.operation.name)"
    if !node.operands.isEmpty {
      text += "(" + node.operands.map { "%\($0.index)" }.joined(separator: ", ") + ")"
    }
    let attributes = node.attributes.spelling
    if !attributes.isEmpty { text += " \(attributes)" }
    let names = node.results.map { self[$0].name.map(Graph.spelled) ?? "-" }
    if names.contains(where: { $0 != "-" }) { text += "  # \(names.joined(separator: ", "))" }
    for region in node.regions {
      let inner = region.dump().split(separator: "\n").map { "    " + $0 }
      text += "\n" + inner.joined(separator: "\n")
    }
    return text
  }

  /// A name as it is where it looks like one, else in quotes.
  static func spelled(_ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy { $0.isNameByte } && name.utf8.first.map { !$0.isDigit } ?? false
    return isPlain ? name : quoted(name)
  }

  /// A text in quotes, on one line.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default:
        if scalar.value < 32 {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension UInt8 {
  /// Whether the byte may stand in a name.
  var isNameByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension Literal {
  /// The literal so that reading it gives the same bits.
  package var exactSpelling: String {
    if case .float(let value) = self, value.isNaN,
      value.bitPattern != Double.nan.bitPattern
    {
      return "nan:" + String(value.bitPattern, radix: 16)
    }
    return description
  }
}

extension SizeCheck.Condition {
  /// The condition as dumps print it.
  package var spelling: String {
    switch self {
    case .equal(let a, let b): "\(a) == \(b)"
    case .multiple(let a, let b): "\(a) multiple of \(b)"
    case .nonNegative(let dim): "\(dim) >= 0"
    case .inRange(let dim): "\(dim) in range"
    }
  }
}
