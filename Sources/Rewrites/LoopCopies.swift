package import GraphIR
import Ops
import Support

/// Puts what a loop only copies in the place of the copy: a loop that stacks `x[i]` for every `i`
/// stacks `x`.
package enum LoopCopies {
  /// The graph with its loops' copies replaced, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    var builder = Builder(graph: Graph(withoutNodesOf: source))
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for node in source.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      let id = builder.graph.append(
        node.operation, operands, node.attributes,
        types: node.results.map { source.type($0) }, regions: node.regions.map(run),
        site: node.site)
      let results = builder.graph[id].results
      for (old, new) in zip(node.results, results) {
        if let name = source[old].name { builder.graph.name(new, name) }
      }
      values += results
      guard case .loop(let form) = node.attributes, !form.isWhile, !form.isBounded else { continue }
      builder.site = node.site
      for (number, result) in node.results.enumerated().dropFirst(form.carried) {
        if let copy = copy(number, of: node, form, operands, &builder) {
          values[Int(result.index)] = copy
        }
      }
    }
    builder.graph.mapRoots { values[Int($0.index)] }
    return builder.graph
  }

  /// The value that a stacked result of a loop is a copy of; nil where it is none.
  private static func copy(
    _ number: Int, of node: Node, _ form: LoopForm, _ operands: [Value], _ builder: inout Builder
  ) -> Value? {
    let body = node.regions[0]
    let element = body.outputs[number].value
    if let sequence = (0..<form.sequences).first(where: {
      body.parameters[1 + $0].value == element
    }) {
      return operands[sequence]
    }
    let gather = body.node(of: element)
    guard gather.operation == .gather, case .picking(let picking) = gather.attributes,
      picking.axes.count == 1, gather.operands[1] == body.parameters[0].value,
      let parameter = body.parameters.firstIndex(where: { $0.value == gather.operands[0] }),
      case let capture = parameter - 1 - form.sequences - form.carried, capture >= 0
    else { return nil }
    let whole = operands[form.captures(of: operands.count)][
      form.captures(of: operands.count).lowerBound + capture]
    let axis = picking.axes[0]
    let shape = builder.shape(whole)
    guard shape[axis] == form.count else { return nil }
    return builder.transpose(whole, [axis] + shape.indices.filter { $0 != axis })
  }
}
