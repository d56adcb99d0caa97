package import GraphIR
import Ops
import Support

/// Makes one `sum_pads` of sums of paddings, at the end of all rewriting.
///
/// The gradient through `x[0]`, `x[1]`, … is a sum of paddings of the size of `x`. Added up one
/// after the other they would take time and memory that grow with the square of their number.
package enum JoinPads {
  /// The graph with joined paddings, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    let sums = PadSums(source)
    if sums.roots.isEmpty, source.nodes.allSatisfy({ $0.regions.isEmpty }) { return source }
    var builder = Builder(graph: Graph(withoutNodesOf: source))
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for (number, node) in source.nodes.enumerated() {
      builder.site = node.site
      if let sum = sums.roots[number] {
        let result = join(sum, source, &builder) { values[Int($0.index)] }
        if let name = source[node.result].name { builder.graph.name(result, name) }
        values.append(result)
        continue
      }
      let operands = node.operands.map { values[Int($0.index)] }
      let regions = node.regions.isEmpty ? nil : node.regions.map { run($0) }
      let first = builder.graph.append(node, of: source, on: operands, regions: regions)
      for result in 0..<node.resultCount { values.append(Value(Int(first.index) + result)) }
    }
    builder.graph.mapRoots { values[Int($0.index)] }
    return builder.graph
  }

  /// The sum of what is no padding, then the paddings.
  private static func join(
    _ sum: PadSums.Sum, _ source: Graph, _ builder: inout Builder, _ map: (Value) -> Value
  ) -> Value {
    let whole = source.type(sum.result)
    var rest: Value?
    for value in sum.others { rest = rest.map { builder.add($0, map(value)) } ?? map(value) }
    let parts = sum.pads.map { source.node(of: $0) }
    let widths = parts.map { part in
      guard case .pad(let axes) = part.attributes else { preconditionFailure("no padding") }
      return axes
    }
    // Terms may be stretched by what they are added to.
    let first = rest.map { builder.broadcast($0, to: whole.shape) } ?? builder.zeros(whole)
    return builder.emit(
      .sumPads, [first] + parts.map { map($0.operands[0]) }, .pads(widths))
  }
}

/// The sums of a graph in which several paddings stand.
private struct PadSums {
  /// One sum, its terms from left to right.
  struct Sum {
    var result: Value
    var pads: [Value] = []
    var others: [Value] = []
  }

  /// By the number of the node that gives the sum.
  private(set) var roots: [Int: Sum] = [:]

  init(_ graph: Graph) {
    guard graph.nodes.contains(where: { $0.operation == .pad }) else { return }
    let uses = graph.useCounts([Bool](repeating: true, count: graph.nodes.count))
    var isInner = [Bool](repeating: false, count: graph.nodes.count)
    for node in graph.nodes.reversed() where node.operation == .add {
      for operand in node.operands where uses[Int(operand.index)] == 1 {
        isInner[Int(graph[operand].node.index)] =
          graph.node(of: operand).operation == .add
          && graph.type(operand) == graph.type(node.result)
      }
    }
    for (number, node) in graph.nodes.enumerated()
    where node.operation == .add && !isInner[number] {
      let sum = PadSums.terms(of: node, graph, isInner, uses)
      if sum.pads.count > 1 { roots[number] = sum }
    }
  }

  /// The terms of a sum.
  private static func terms(
    of root: Node, _ graph: Graph, _ isInner: [Bool], _ uses: [Int32]
  ) -> Sum {
    var sum = Sum(result: root.result)
    var pending = Array(root.operands.reversed())
    while let value = pending.popLast() {
      let node = graph.node(of: value)
      if isInner[Int(graph[value].node.index)] {
        pending += node.operands.reversed()
      } else if node.operation == .pad, uses[Int(value.index)] == 1,
        graph.type(value) == graph.type(root.result), graph.isZero(node.operands[1])
      {
        sum.pads.append(value)
      } else {
        sum.others.append(value)
      }
    }
    return sum
  }
}

extension Graph {
  /// Whether a value is the constant 0.
  fileprivate func isZero(_ value: Value) -> Bool {
    switch literal(value) {
    case .float(let number): number == 0
    case .int(let number): number == 0
    case .bool, nil: false
    }
  }
}
