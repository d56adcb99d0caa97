import GraphIR
import Ops
import Support

/// Whether the results of a graph are linear in some of its parameters together, as far as the
/// operations say so; what cannot be told counts as not linear.
struct Linearity {
  let isLinear: Bool

  /// How a value depends on the parameters.
  private enum Degree {
    /// Not at all.
    case constant
    /// Not at all, and it is 0.
    case zero
    case linear
    case other
  }

  /// - Parameter places: the numbers of the parameters.
  init(of graph: Graph, in places: Range<Int>) {
    var degrees: [Degree] = []
    degrees.reserveCapacity(graph.values.count)
    for node in graph.nodes {
      let degree: Degree
      switch node.attributes {
      case .parameter(let number): degree = places.contains(number) ? .linear : .constant
      case .literal(let literal, _): degree = literal.double == 0 ? .zero : .constant
      default: degree = Linearity.degree(of: node, node.operands.map { degrees[Int($0.index)] })
      }
      degrees += node.results.map { _ in degree }
    }
    isLinear = graph.outputs.allSatisfy { output in
      let degree = degrees[Int(output.value.index)]
      return degree == .linear || degree == .zero
    }
  }

  /// The degree of a node's results.
  private static func degree(of node: Node, _ operands: [Degree]) -> Degree {
    if operands.contains(.other) { return .other }
    if !operands.contains(.linear) {
      let keepsZero = node.operation == .broadcastTo || node.operation == .copy
      return keepsZero && operands == [.zero] ? .zero : .constant
    }
    switch node.operation {
    case .add, .subtract: return operands.contains(.constant) ? .other : .linear
    case .negate: return .linear
    case .multiply: return operands.filter { $0 == .linear }.count == 1 ? .linear : .other
    case .divide: return operands[1] == .linear ? .other : .linear
    case .select:
      return operands[0] != .linear && !operands[1...].contains(.constant) ? .linear : .other
    case .mean: return .linear
    default: break
    }
    return degree(of: node.operation.derivative, operands)
  }

  /// The degree that the derivative of an operation tells.
  private static func degree(of derivative: Derivative, _ operands: [Degree]) -> Degree {
    switch derivative {
    case .linear(let linear, _, _):
      let isMixed = operands.indices.contains { index in
        linear.contains(index) ? operands[index] == .constant : operands[index] == .linear
      }
      return isMixed ? .other : .linear
    case .bilinear: return operands.filter { $0 == .linear }.count == 1 ? .linear : .other
    case .zero, .refused, .pointwise, .picking, .custom, .reverseOnly, .regions, .byExpansion:
      return .other
    }
  }
}
