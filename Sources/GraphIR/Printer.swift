import Support

extension Graph {
  /// The graph as text, a line for each node: what `--print-after` shows.
  package func dump() -> String {
    var text = "graph \(name)"
    if !symbols.isEmpty { text += "[" + symbols.joined(separator: ", ") + "]" }
    text += " {\n"
    for node in nodes { text += "  " + line(node) + "\n" }
    for assertion in assertions {
      text += "  assert %\(assertion.condition.index), \"\(assertion.message)\"\n"
    }
    for update in updates {
      text += "  update \(parameters[update.parameter].name) <- %\(update.value.index)\n"
    }
    for output in outputs { text += "  result \(output.name) = %\(output.value.index)\n" }
    return text + "}\n"
  }

  private func line(_ node: Node) -> String {
    let results = node.results.map { "%\($0.index): \(type($0))" }.joined(separator: ", ")
    var text = "\(results) = \(node.operation.name)"
    if !node.operands.isEmpty {
      text += "(" + node.operands.map { "%\($0.index)" }.joined(separator: ", ") + ")"
    }
    let attributes = node.attributes.spelling
    if !attributes.isEmpty { text += " \(attributes)" }
    if let name = self[node.result].name { text += "  # \(name)" }
    for region in node.regions {
      let inner = region.dump().split(separator: "\n").map { "    " + $0 }
      text += "\n" + inner.joined(separator: "\n")
    }
    return text
  }
}

extension Attributes {
  /// The attributes in brackets, empty where there are none.
  package var spelling: String {
    switch self {
    case .none: ""
    case .literal(let literal, _): literal.description
    case .data(let index): "data \(index)"
    case .parameter(let index): "\(index)"
    case .integer(let number): "{\(number)}"
    case .dtype(let dtype): "{\(dtype.rawValue)}"
    case .axis(let axis): "{axis: \(axis)}"
    case .axes(let axes): "{axes: \(axes)}"
    case .reduction(let axes, let keep): "{axes: \(axes)\(keep ? ", keepdims" : "")}"
    case .shape(let shape): TensorType.spelling(shape)
    case .slice(let axes):
      "[" + axes.map { "\($0.start) + \($0.step) * \($0.size)" }.joined(separator: ", ") + "]"
    case .pad(let axes):
      "[" + axes.map { "\($0.low) | \($0.high) | \($0.interior)" }.joined(separator: ", ") + "]"
    case .contraction(let c):
      "{batch: \(c.leftBatch) \(c.rightBatch), summed: \(c.leftSummed) \(c.rightSummed)}"
    case .derivative(let request):
      "{\(request.form.rawValue), wrt: \(request.wrtCount), along: \(request.alongCount), "
        + "constant: \(request.constantCount), zero: \(request.zeroWhereDisconnected)}"
    }
  }
}
