import Autodiff
package import GraphIR
import Ops
import Rewrites
import Support

/// Checks every form of a graph at points.
package struct Examiner {
  private let graph: Graph
  private var random: RandomSource
  /// The rows by the way to the form's node: the numbers of nodes, through regions.
  private var rows: [[Int]: CheckRow] = [:]

  /// How far forward and reverse mode may be apart by rounding.
  static let identityTolerance = 1e-8

  /// - Parameter graph: a checked graph, its floats all `f64`.
  package init(_ graph: Graph, random: RandomSource) {
    self.graph = graph
    self.random = random
  }

  /// The rows in the order of the graph.
  package var table: [CheckRow] {
    rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  /// Whether some form is still undecided.
  package var isUndecided: Bool {
    rows.values.contains { $0.verdict == .kink || $0.verdict == .unclear }
  }

  /// Checks all forms at a point.
  package mutating func examine(_ inputs: [Tensor], sizes: [String: Int]) {
    examine(graph, inputs, sizes, [])
  }

  private mutating func examine(
    _ graph: Graph, _ inputs: [Tensor], _ sizes: [String: Int], _ path: [Int]
  ) {
    for (number, node) in graph.nodes.enumerated() {
      let path = path + [number]
      if let form = Form(node) {
        let row = check(form, graph, inputs, sizes)
        rows[path] == nil ? rows[path] = row : rows[path]?.add(row)
      } else if node.regions.contains(where: { $0.has(.derivative) }),
        let operands = values(node.operands, of: graph, inputs, sizes),
        let region = RegionPoint(node, operands, sizes: sizes)
      {
        examine(region.graph, region.inputs, sizes, path)
      }
    }
  }

  /// The tensors of some values of a graph.
  private func values(
    _ values: [Value], of graph: Graph, _ inputs: [Tensor], _ sizes: [String: Int]
  ) -> [Tensor]? {
    var asking = graph
    asking.outputs = []
    asking.updates = []
    asking.assertions = []
    for value in values { asking.addOutput("v", value) }
    guard let differentiated = try? Differentiate.run(DeadCode.removed(from: asking)) else {
      return nil
    }
    var evaluator = Evaluator(graph: differentiated, sizes: sizes)
    return try? evaluator.run(inputs)
  }

  /// Checks one form.
  private mutating func check(
    _ form: Form, _ graph: Graph, _ inputs: [Tensor], _ sizes: [String: Int]
  ) -> CheckRow {
    let names = form.wrt.map { graph[$0].name ?? "its 'wrt'" }
    var row = CheckRow(form, in: graph, of: self.graph.name, verdict: .unclear)
    guard let probe = try? FormProbe(form, in: graph, inputs, sizes: sizes, random: &random) else {
      return row
    }
    let agreements = probe.agreements()
    row.error = agreements.reduce(0) { max($0, $1.error) }
    row.identity = probe.identityError()
    if let index = agreements.firstIndex(where: { $0.difference != nil }) {
      row.verdict = probe.clipsGradients ? .clipped : .wrong
      let isJoint = agreements.count < names.count
      let name = isJoint ? names.joined(separator: ", ") : names[index]
      let variables = isJoint ? probe.wrt : [probe.wrt[index]]
      row.diagnostic = explain(probe, name, agreements[index].difference, variables)
    } else if let identity = row.identity, identity > Examiner.identityTolerance {
      row.verdict = .wrong
      row.diagnostic = explain(probe, names.joined(separator: ", "), nil, probe.wrt)
    } else if agreements.contains(where: \.hasKink) {
      row.verdict = .kink
    } else if agreements.allSatisfy({ !$0.isUnclear }) {
      row.verdict = .right
    }
    if row.verdict != .wrong { row.diagnostic = nil }
    return row
  }

  /// What to say of a form that is wrong, with the operation at fault.
  private func explain(
    _ probe: FormProbe, _ name: String, _ difference: Agreement.Difference?, _ variables: [Value]
  ) -> Diagnostic {
    let kind = probe.form.request.form.rawValue
    let message =
      difference.map { "'\(kind)' by '\(name)' is wrong: \($0.description)" }
      ?? "forward and reverse mode give different derivatives for this '\(kind)' by '\(name)'"
    var finder = FaultFinder(random: random)
    let note: Diagnostic
    if let fault = finder.fault(from: variables, to: probe.targets, at: probe.point) {
      note = .note(
        "the derivative of '\(fault.name)' is at fault: in \(fault.mode) mode "
          + fault.difference.description, at: fault.site)
    } else {
      note = .note(
        "the derivative of each operation on the way is right by itself: this is a bug of gradc",
        at: probe.form.site)
    }
    return .error(message, at: probe.form.site, notes: [note])
  }
}

extension Agreement.Difference {
  /// Both numbers in words.
  fileprivate var description: String {
    "element \(index) is \(given), differences give \(expected)"
  }
}
