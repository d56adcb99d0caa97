import GraphIR
import Ops

extension Graph {
  /// Computes beside functions that a loop keeps what their derivatives will ask for, where both
  /// share most of their work: the reverse then reads the one as it reads the other.
  mutating func addCompanions(of kept: [Value]) {
    let companions = kept.map { (node(of: $0), node(of: $0).operation.companion) }
      .filter { !$0.1.isEmpty }
    if companions.isEmpty { return }
    var known: [NodeKey: Value] = [:]
    for node in nodes where node.regions.isEmpty && node.results.count == 1 {
      known[NodeKey(node.operation, Array(node.operands), node.attributes)] = node.result
    }
    for (node, operations) in companions {
      _ = operations.reduce(node.operands[0]) { operand, operation in
        let key = NodeKey(operation, [operand], .none)
        let value =
          known[key]
          ?? append(operation, [operand], .none, type: type(node.result), site: node.site)
        known[key] = value
        return value
      }
    }
  }
}
