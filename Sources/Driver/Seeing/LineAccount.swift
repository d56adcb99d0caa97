import GraphIR
import LoopIR
import Rewrites
import Support

/// What has become of a line of the user's: the nodes that it made, the rules that replaced them,
/// what is left of it with its derivatives, and the loops that compute that.
struct LineAccount {
  private let line: Int
  private let files: SourceFiles
  private let stages: [(pass: String, graph: Graph)]
  private let events: ArraySlice<RewriteEvent>
  private let function: LoopFunction

  init(
    line: Int, file: SourceFiles, stages: [(pass: String, graph: Graph)],
    events: ArraySlice<RewriteEvent>, function: LoopFunction
  ) {
    self.line = line
    self.files = file
    self.stages = stages
    self.events = events
    self.function = function
  }

  /// Whether a site begins on the line, in the file that was given.
  func isHere(_ site: Site) -> Bool {
    guard site.file.index == 0, let file = files.files.first else { return false }
    return file.position(of: Int(site.start)).line == line
  }

  /// Whether the line has made anything.
  var hasNodes: Bool { stages.first.map { !nodes(of: $0.graph).isEmpty } ?? false }

  /// The account in words.
  var text: String {
    var rows: [(String, [String])] = []
    let written = stages.first.map { counted(nodes(of: $0.graph)) } ?? ""
    rows.append(("as written", [written]))
    rows.append(("derivatives", [derivatives]))
    rows.append(("rules", rules))
    rows.append(("what is left", rest))
    if !again.isEmpty { rows.append(("recomputed", [again])) }
    rows.append(("loops", LoopAccount(function, isHere: isHere).lines))
    return "in graph '\(function.name)'\n" + rows.map { LineAccount.row($0.0, $0.1) }.joined()
  }

  /// A label with lines behind it.
  private static func row(_ label: String, _ lines: [String]) -> String {
    let width = 14
    let blank = String(repeating: " ", count: width)
    let head = "  " + label + String(repeating: " ", count: max(1, width - label.count))
    let all = lines.isEmpty ? ["none"] : lines
    return all.enumerated().map { ($0 == 0 ? head : "  " + blank) + $1 + "\n" }.joined()
  }

  // MARK: Nodes

  /// The operations that come from the line, but leaves; regions nest as the user's blocks.
  private func nodes(of graph: Graph) -> [String] {
    var names: [String] = []
    for node in graph.nodes {
      if isHere(node.site), !isLeaf(node) { names.append(title(node)) }
      for region in node.regions { names += nodes(of: region) }
    }
    return names
  }

  /// What the user calls a node.
  private func title(_ node: Node) -> String {
    if case .derivative(let request) = node.attributes { request.form.rawValue } else { node.title }
  }

  private func isLeaf(_ node: Node) -> Bool {
    if case .leaf = node.operation.notation { true } else { false }
  }

  /// `exp, add (2 times)`.
  private func counted(_ names: [String]) -> String {
    var order: [String] = []
    var counts: [String: Int] = [:]
    for name in names {
      if counts[name] == nil { order.append(name) }
      counts[name, default: 0] += 1
    }
    return order.map { name in
      counts[name, default: 1] == 1 ? name : "\(name) (\(counts[name, default: 1]) times)"
    }.joined(separator: ", ")
  }

  /// What differentiation has added.
  private var derivatives: String {
    guard let place = stages.firstIndex(where: { $0.pass == "differentiate" }), place > 0 else {
      return "none"
    }
    var before: [String: Int] = [:]
    for name in nodes(of: stages[place - 1].graph) { before[name, default: 0] += 1 }
    let added = nodes(of: stages[place].graph).filter { name in
      before[name, default: 0] -= 1
      return before[name, default: 0] < 0
    }
    return added.isEmpty ? "none" : counted(added)
  }

  /// The rules that were applied to nodes of the line.
  private var rules: [String] {
    var order: [String] = []
    var counts: [String: Int] = [:]
    for event in events where isHere(event.site) {
      if counts[event.rule] == nil { order.append(event.rule) }
      counts[event.rule, default: 0] += 1
    }
    return order.map { rule in
      let count = counts[rule, default: 1]
      return count == 1 ? rule : "\(rule) (\(count) times)"
    }
  }

  /// What the last graph computes for the line.
  private var rest: [String] {
    guard let graph = stages.last(where: { $0.pass == "prune-loops" })?.graph else { return [] }
    return lines(of: graph, depth: 0)
  }

  /// What later loops compute again of what the last graph has computed for the line.
  private var again: String {
    guard let graph = stages.last?.graph else { return "" }
    let nodes = Recomputation(graph).nodes.filter { isHere($0.site) && !isLeaf($0) }
    return counted(nodes.map(title))
  }

  private func lines(of graph: Graph, depth: Int) -> [String] {
    var result: [String] = []
    for node in graph.nodes {
      if isHere(node.site), !isLeaf(node) {
        let types = node.results.map { graph.type($0).description }.joined(separator: ", ")
        let names = node.results.compactMap { graph[$0].name }.joined(separator: ", ")
        result.append(
          "\(title(node)): \(types)" + (names.isEmpty ? "" : ", which is '\(names)'")
            + (depth > 0 ? ", in each turn" : ""))
      }
      for region in node.regions { result += lines(of: region, depth: depth + 1) }
    }
    return result
  }
}
