import GraphIR
import LoopIR
import Ops
import Support

/// What computing one element of an elementwise operation costs, measured on its loop body, in
/// additions.
struct PointCost {
  private struct Entry {
    var operands: [DType]
    var attributes: Attributes
    var cost: Int

    /// Whether it is about nodes like this one.
    func fits(_ node: Node, in graph: Graph) -> Bool {
      operands.count == node.operands.count && attributes == node.attributes
        && zip(operands, node.operands).allSatisfy { $0 == graph.type($1).dtype }
    }
  }

  /// What was measured, by operation: few of them have more than one entry.
  private var known: [Operation: [Entry]] = [:]

  /// The cost of one element of a node's result, without that of its operands.
  mutating func of(_ node: Node, in graph: Graph) -> Int {
    guard case .pointwise(let build) = node.operation.kernel else { return 1 }
    if let entry = known[node.operation]?.first(where: { $0.fits(node, in: graph) }) {
      return entry.cost
    }
    let types = node.operands.map { graph.type($0).dtype }
    var builder = LoopBuilder(body: Body())
    let operands = types.map { builder.constant($0.arithmetic, $0.isFloat ? .float(1) : .int(1)) }
    let constants = builder.body.scalars.count
    _ = build(
      &builder,
      PointContext(
        operands: operands, operandTypes: types, resultType: graph.type(node.result).dtype,
        attributes: node.attributes))
    let steps = builder.body.scalars[constants...]
    let cost = max(1, steps.reduce(0) { $0 + PointCost.of($1.instruction) })
    known[node.operation, default: []].append(
      Entry(operands: types, attributes: node.attributes, cost: cost))
    return cost
  }

  private static func of(_ instruction: Instruction) -> Int {
    switch instruction {
    case .call: 20
    case .binary(.divide, _, _), .binary(.remainder, _, _), .unary(.sqrt, _): 4
    case .constant, .splat, .bitcast: 0
    default: 1
    }
  }
}
