package import GraphIR
import Ops

/// Functions that share their costly part, when nothing is differentiated any more.
extension Catalogue {
  static let sharing: [Rule] = [
    Rule("sigmoid-slope", sigmoid(x) * sigmoid(-x) => sigmoidSlope(x), .within(ulps: 4)),
    Rule(
      "any-sigmoid-slope", (y * sigmoid(x)) * sigmoid(-x) => y * sigmoidSlope(x), .within(ulps: 4)),
    Rule(
      "any-sigmoid-slope-negated", (y * sigmoid(-x)) * sigmoid(x) => y * sigmoidSlope(x),
      .within(ulps: 4)),
    Rule("tanh-slope", 1 - square(tanh(x)) => tanhSlope(x), .stable(.cancellation)),
    Rule("exp-below-mask", exp(select(m, 0, x)) => select(m, 1, exp(x)), .exact),
    Rule("tanh-slope-negated", -1 + square(tanh(x)) => -tanhSlope(x), .stable(.cancellation)),
  ]

  /// Whether a function stands in a graph that one of these rules is about.
  package static func mayShare(in graph: Graph) -> Bool {
    graph.nodes.contains { node in
      node.operation == .sigmoid || node.operation == .tanh
        || node.regions.contains(where: mayShare)
    }
  }
}
