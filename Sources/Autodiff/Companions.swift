import GraphIR
import Ops
import Support

extension Graph {
  /// Computes beside functions that a loop keeps what their derivatives will ask for, where both
  /// share most of their work: the reverse then reads the one as it reads the other.
  mutating func addCompanions(of kept: [Value]) {
    var known: [NodeKey: Value] = [:]
    for node in nodes where node.regions.isEmpty && node.results.count == 1 {
      known[NodeKey(node.operation, Array(node.operands), node.attributes)] = node.result
    }
    for value in kept {
      let node = node(of: value)
      guard type(value).dtype.isFloat else { continue }
      var argument = node.operands.first
      for operation in node.operation.companion {
        guard let operand = argument else { break }
        let key = NodeKey(operation, [operand], .none)
        if known[key] == nil {
          let id = append(operation, [operand], .none, types: [type(value)], site: node.site)
          known[key] = self[id].result
        }
        argument = known[key]
      }
    }
  }
}
