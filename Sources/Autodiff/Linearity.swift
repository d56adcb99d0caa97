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
    let parameters = graph.parameters.indices.map { number -> Degree in
      places.contains(number) ? .linear : .constant
    }
    isLinear = Linearity.degrees(of: graph, parameters).allSatisfy { $0 == .linear || $0 == .zero }
  }

  /// The degrees of a graph's results, given those of its parameters.
  private static func degrees(of graph: Graph, _ parameters: [Degree]) -> [Degree] {
    var degrees: [Degree] = []
    degrees.reserveCapacity(graph.values.count)
    for node in graph.nodes {
      let operands = node.operands.map { degrees[Int($0.index)] }
      switch node.attributes {
      case .parameter(let number): degrees.append(parameters[number])
      case .literal(let literal, _): degrees.append(literal.double == 0 ? .zero : .constant)
      case .loop(let form): degrees += loop(node, form, operands)
      default:
        if node.operation == .branch {
          degrees += branch(node, operands)
        } else {
          let degree = degree(of: node, operands)
          degrees += node.results.map { _ in degree }
        }
      }
    }
    return graph.outputs.map { degrees[Int($0.value.index)] }
  }

  // MARK: Regions

  /// The degree of a value that is one or the other.
  private static func either(_ a: Degree, _ b: Degree) -> Degree {
    if a == b { return a }
    if a == .zero { return b }
    return b == .zero ? a : .other
  }

  /// The degrees of a loop's results: what it carries is raised until it stays as it is.
  private static func loop(_ node: Node, _ form: LoopForm, _ operands: [Degree]) -> [Degree] {
    let sequences = Array(operands[..<form.sequences])
    let captures = Array(operands[form.captures(of: operands.count)])
    var carried = Array(operands[form.carriedOperands])
    while true {
      let outputs = degrees(of: node.regions[0], [.constant] + sequences + carried + captures)
      let next = zip(carried, outputs).map(either)
      if next != carried {
        carried = next
        continue
      }
      // How often it turns must not depend on what it is to be linear in.
      let isFree =
        !form.isWhile
        || degrees(of: node.regions[1], carried + captures).allSatisfy { $0 == .constant }
      let results = carried + outputs[form.stackedResults]
      return (isFree ? results : results.map { _ in .other }) + (form.isWhile ? [.constant] : [])
    }
  }

  /// The degrees of the results of a branch, whose condition is the first operand.
  private static func branch(_ node: Node, _ operands: [Degree]) -> [Degree] {
    let sides = node.regions.map { degrees(of: $0, Array(operands.dropFirst())) }
    let isFree = operands[0] == .constant || operands[0] == .zero
    return node.results.indices.map { number in
      isFree ? sides.dropFirst().reduce(sides[0][number]) { either($0, $1[number]) } : .other
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
