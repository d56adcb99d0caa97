import Support

/// Prints values as formulas, as Theano's `pp` does: every infix node in parentheses, functions by
/// name, what is shared as often as it is used.
///
/// Nothing recurses on the depth of the graph, and a text that sharing would blow up is cut short.
package struct PrettyPrinter {
  /// Texts are cut to about so many bytes.
  package static let limit = 1_000_000

  /// A part of the text that is still to be written.
  enum Piece {
    case text(String)
    case value(Value)
  }

  let graph: Graph

  /// The formula of a value in terms of parameters and constants.
  package static func text(
    of value: Value, in graph: Graph, limit: Int = PrettyPrinter.limit
  ) -> String {
    let printer = PrettyPrinter(graph: graph)
    var text = ""
    var pending = [Piece.value(value)]
    while let piece = pending.popLast() {
      switch piece {
      case .text(let part):
        guard text.utf8.count + part.utf8.count <= limit else { return text + "…" }
        text += part
      case .value(let value):
        pending.append(contentsOf: printer.pieces(value).reversed())
      }
    }
    return text
  }

  /// A line for each result of a graph, then for each update.
  package static func text(of graph: Graph, limit: Int = PrettyPrinter.limit) -> String {
    var text = ""
    for output in graph.outputs {
      text += "\(output.name) = \(self.text(of: output.value, in: graph, limit: limit))\n"
    }
    for update in graph.updates {
      let name = graph.parameters[update.parameter].name
      text += "\(name) <- \(self.text(of: update.value, in: graph, limit: limit))\n"
    }
    return text
  }

  /// A value in terms of the operands of its node.
  private func pieces(_ value: Value) -> [Piece] {
    let node = graph.node(of: value)
    let operands = node.operands.map { Piece.value($0) }
    var pieces: [Piece]
    switch node.operation.notation {
    case .leaf: return [.text(leaf(value, node))]
    case .transparent: return Array(operands.prefix(1))
    case .infix(let symbol):
      pieces = [.text("(")] + joined(operands, by: " \(symbol) ") + [.text(")")]
    case .prefix(let symbol): pieces = [.text("(" + symbol)] + operands + [.text(")")]
    case .function: pieces = call(node, operands)
    }
    if node.resultCount > 1 { pieces.append(.text(".\(value.index - node.firstResult)")) }
    return pieces
  }

  /// A parameter by its name, a constant by its value or its name.
  private func leaf(_ value: Value, _ node: Node) -> String {
    switch node.attributes {
    case .parameter(let number): return graph.parameters[number].name
    case .literal(let literal, let dtype): return literal.description(as: dtype)
    case .data(let number): return graph[value].name ?? spelled(graph.data[number])
    case .none, .integer, .dtype, .axis, .axes, .reduction, .shape, .slice, .pad, .pads,
      .contraction, .windows, .convolution, .picking, .matrix, .draw, .loop,
      .call, .external, .derivative:
      return node.operation.name
    }
  }

  /// The elements of a constant tensor in brackets, at most some of them.
  private func spelled(_ tensor: Tensor) -> String {
    let shown = 64
    var text = ""
    let count = min(tensor.count, shown)
    for index in 0..<count {
      // Brackets open and close where rows of some axis begin and end.
      var row = 1
      let begins = tensor.shape.reversed().count { extent in
        row *= extent
        return index % row == 0
      }
      if index > 0 { text += String(repeating: "]", count: begins) + ", " }
      text += String(repeating: "[", count: begins) + tensor[index].description
    }
    if tensor.count > shown { return text + ", …" + tensor.shape.map { _ in "]" }.joined() }
    if count == 0 { return "zeros(\(TensorType.spelling(tensor.type.shape)))" }
    return text + String(repeating: "]", count: tensor.shape.count)
  }

  /// Pieces with a text between each two.
  func joined(_ pieces: [Piece], by separator: String) -> [Piece] {
    var result: [Piece] = []
    for piece in pieces {
      if !result.isEmpty { result.append(.text(separator)) }
      result.append(piece)
    }
    return result
  }
}
