package import GraphIR
import Ops
import Support

/// Puts what a loop only copies in the place of the copy: a loop that stacks `x[i]` for every `i`
/// stacks `x`.
package enum LoopCopies {
  /// The graph with its loops' copies replaced, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    return source.rebuilt { node, operands, builder in
      var results = builder.append(
        node, of: source, on: operands, regions: node.regions.map(run))
      guard case .loop(let form) = node.attributes, !form.isWhile, !form.isBounded else {
        return results
      }
      for number in form.stackedResults {
        if let copy = copy(number, of: node, form, operands, &builder) { results[number] = copy }
      }
      return results
    }
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
