import GraphIR
import Ops
import Support

/// Where what depends on a value becomes an integer or a truth value, with which dependence ends.
struct PathEnd {
  let node: Node
  let dtype: DType

  /// The first such node on a way from `wrt` to a target; nil where no way leads there at all.
  init?(from wrt: Value, to target: Value, in graph: Graph) {
    let isNeeded = PathEnd.needed(for: target, in: graph)
    var depends = [Bool](repeating: false, count: graph.values.count)
    depends[Int(wrt.index)] = true
    for node in graph.nodes {
      let isReached = node.operands.indices.contains { index in
        depends[Int(node.operands[index].index)] && node.depends(on: index, in: graph)
      }
      guard isReached else { continue }
      for value in node.results {
        if graph.type(value).dtype.isFloat {
          depends[Int(value.index)] = true
        } else if isNeeded[Int(value.index)] {
          self.node = node
          dtype = graph.type(value).dtype
          return
        }
      }
    }
    return nil
  }

  /// Which values a target is computed from.
  private static func needed(for target: Value, in graph: Graph) -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: graph.values.count)
    isNeeded[Int(target.index)] = true
    for node in graph.nodes.reversed() {
      guard node.results.contains(where: { isNeeded[Int($0.index)] }) else { continue }
      for operand in node.operands { isNeeded[Int(operand.index)] = true }
    }
    return isNeeded
  }

  /// What is said of it: conversions and comparisons are called as they are written.
  var note: Diagnostic? {
    if node.site == .none { return nil }
    let name: String
    switch node.operation.notation {
    case .infix(let symbol), .prefix(let symbol): name = symbol
    case .function, .transparent, .leaf:
      name = node.operation == .convert ? dtype.rawValue : node.operation.name
    }
    return .note(
      "'\(name)' gives '\(dtype.rawValue)' here, and has no derivative", at: node.site)
  }
}
