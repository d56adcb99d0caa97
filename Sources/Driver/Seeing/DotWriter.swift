import GraphIR
import Support

/// Draws graphs in the language of Graphviz: a box for each node with its operation, its type and
/// the place in the text that it comes from, and a frame around what one loop nest computes.
struct DotWriter {
  private let files: SourceFiles
  private var text = ""
  private var indentation = 1
  /// Frames that have been drawn, each of which has a name of its own.
  private var frames = 0

  /// The drawing of a graph.
  ///
  /// - Parameter kernels: the number of the loop nest of each node, if it has one.
  static func text(of graph: Graph, kernels: [Int?], files: SourceFiles) -> String {
    var writer = DotWriter(files: files)
    writer.draw(graph, kernels)
    return "digraph \(quoted(graph.name)) {\n" + writer.text + "}\n"
  }

  private init(files: SourceFiles) { self.files = files }

  private mutating func draw(_ graph: Graph, _ kernels: [Int?]) {
    line("label=\(DotWriter.quoted(graph.name))")
    line("node [shape=box, fontname=\"monospace\", fontsize=10]")
    let numbers = Set(kernels.compactMap { $0 }).sorted()
    for (place, kernel) in numbers.enumerated() {
      frame("loop nest \(place + 1)") { writer in
        for (number, node) in graph.nodes.enumerated() where kernels[number] == kernel {
          writer.draw(node, number, in: graph, prefix: "n")
        }
      }
    }
    for (number, node) in graph.nodes.enumerated() where kernels[number] == nil {
      draw(node, number, in: graph, prefix: "n")
    }
    edges(of: graph, prefix: "n")
    for (number, output) in graph.outputs.enumerated() {
      line("r\(number) [label=\(DotWriter.quoted(output.name)), shape=ellipse]")
      arrow(from: output.value, to: "r\(number)", in: graph, prefix: "n", label: "")
    }
    for (number, update) in graph.updates.enumerated() {
      let name = graph.parameters[update.parameter].name
      line("u\(number) [label=\(DotWriter.quoted(name + " <-")), shape=ellipse]")
      arrow(from: update.value, to: "u\(number)", in: graph, prefix: "n", label: "")
    }
  }

  /// A frame with a label around what a closure draws.
  private mutating func frame(_ label: String, _ body: (inout DotWriter) -> Void) {
    line("subgraph cluster_\(frames) {")
    frames += 1
    indentation += 1
    line("label=\(DotWriter.quoted(label)); style=rounded")
    body(&self)
    indentation -= 1
    line("}")
  }

  // MARK: Nodes

  /// Draws a node, and its regions in frames; literals stand where they are used.
  private mutating func draw(_ node: Node, _ number: Int, in graph: Graph, prefix: String) {
    if case .literal = node.attributes { return }
    let name = prefix + String(number)
    if case .parameter(let place) = node.attributes {
      let label = "\(graph.parameters[place].name)\n\(graph.type(node.result))"
      return line("\(name) [label=\(DotWriter.quoted(label)), shape=ellipse]")
    }
    let attributes = node.attributes.spelling
    var label = node.title
    if !attributes.isEmpty, attributes.utf8.count <= 60 { label += " \(attributes)" }
    for value in node.results {
      label += "\n" + (graph[value].name.map { "\($0): " } ?? "") + graph.type(value).description
    }
    if let place = files.spelling(node.site) { label += "\n\(place)" }
    line("\(name) [label=\(DotWriter.quoted(label))]")
    for (index, region) in node.regions.enumerated() {
      let inner = "\(name)_\(index)_"
      frame("block of \(node.title)") { writer in
        for (number, node) in region.nodes.enumerated() {
          writer.draw(node, number, in: region, prefix: inner)
        }
        writer.edges(of: region, prefix: inner)
      }
    }
  }

  // MARK: Edges

  private mutating func edges(of graph: Graph, prefix: String) {
    for (number, node) in graph.nodes.enumerated() {
      let isOrdered = node.operands.count > 1 && !node.operation.isCommutative
      for (place, operand) in node.operands.enumerated() {
        arrow(
          from: operand, to: prefix + String(number), in: graph, prefix: prefix,
          label: isOrdered ? String(place) : "", place: place)
      }
    }
  }

  /// Draws an arrow from the node of a value; from a literal, a new one.
  private mutating func arrow(
    from value: Value, to target: String, in graph: Graph, prefix: String, label: String,
    place: Int = 0
  ) {
    var source = prefix + String(graph[value].node.index)
    if case .literal(let literal, let dtype) = graph.node(of: value).attributes {
      source = "\(target)_l\(place)"
      let shown = DotWriter.quoted(literal.description(as: dtype))
      line("\(source) [label=\(shown), shape=plaintext]")
    }
    line("\(source) -> \(target)" + (label.isEmpty ? "" : " [label=\(label), fontsize=8]"))
  }

  // MARK: Text

  private mutating func line(_ statement: String) {
    text += String(repeating: "  ", count: indentation) + statement + "\n"
  }

  /// A text in quotes, with line ends that centre their lines.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result + "\""
  }
}
