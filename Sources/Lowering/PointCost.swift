import GraphIR
import LoopIR
import Ops
import Support

/// What computing one element of an elementwise operation costs, measured on its loop body, in
/// additions.
struct PointCost {
  private struct Key: Hashable {
    var operation: Operation
    var operands: [DType]
    var attributes: Attributes
  }

  private var known: [Key: Int] = [:]

  /// The cost of one element of a node's result, without that of its operands.
  mutating func of(_ node: Node, in graph: Graph) -> Int {
    guard case .pointwise(let build) = node.operation.kernel else { return 1 }
    let types = node.operands.map { graph.type($0).dtype }
    let key = Key(operation: node.operation, operands: types, attributes: node.attributes)
    if let cost = known[key] { return cost }
    var builder = LoopBuilder(body: Body())
    let operands = types.map { builder.constant($0.arithmetic, $0.isFloat ? .float(1) : .int(1)) }
    let constants = builder.body.scalars.count
    _ = build(
      &builder,
      PointContext(
        operands: operands, operandTypes: types, resultType: graph.type(node.result).dtype,
        attributes: node.attributes))
    let cost = builder.body.scalars[constants...].reduce(0) { $0 + PointCost.of($1.instruction) }
    known[key] = max(1, cost)
    return max(1, cost)
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
