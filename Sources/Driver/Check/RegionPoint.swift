import Autodiff
import GraphIR
import Ops
import Support

/// A region of a node with the values that its parameters have in one run of it: of a branch the one
/// that is taken, of a loop the turn in the middle.
struct RegionPoint {
  let graph: Graph
  let inputs: [Tensor]
  let sizes: [String: Int]

  /// Nil for nodes without regions, for loops that do not turn, and for calls, whose derivative is
  /// not that of their body.
  init?(_ node: Node, at point: Evaluator) {
    self.init(node, node.operands.map { point[$0] }, sizes: point.sizes)
  }

  /// - Parameter operands: the values of the node's operands.
  init?(_ node: Node, _ operands: [Tensor], sizes: [String: Int]) {
    self.sizes = sizes
    guard !node.regions.isEmpty, node.operation != .call else { return nil }
    if case .loop(let form) = node.attributes {
      graph = node.regions[0]
      guard let inputs = RegionPoint.turn(of: form, node.regions, operands, sizes) else {
        return nil
      }
      self.inputs = inputs
    } else {
      graph = node.regions[operands[0].integers[0] != 0 ? 0 : 1]
      inputs = Array(operands.dropFirst())
    }
  }

  /// The region, evaluated as it is.
  func evaluated() -> Evaluator? {
    guard let graph = try? Differentiate.run(graph) else { return nil }
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    guard (try? evaluator.run(inputs)) != nil else { return nil }
    return evaluator
  }

  /// The parameters of a loop's body in the turn in the middle.
  private static func turn(
    of form: LoopForm, _ regions: [Graph], _ operands: [Tensor], _ sizes: [String: Int]
  ) -> [Tensor]? {
    var count = form.count.evaluate(sizes) ?? 0
    if form.isBounded, let bound = operands.last { count = min(count, Int(bound.integers[0])) }
    let captures = Array(operands[form.captures(of: operands.count)])
    var carried = Array(operands[form.carriedOperands])
    var last: [Tensor]?
    guard let body = try? Differentiate.run(regions[0]) else { return nil }
    for turn in 0..<max(count, 0) {
      if form.isWhile {
        var condition = Evaluator(graph: regions[1], sizes: sizes)
        guard let goes = try? condition.run(carried + captures), goes[0].integers[0] != 0 else {
          break
        }
      }
      let number = form.isReversed ? count - 1 - turn : turn
      let elements = operands[..<form.sequences].map { element($0, number) }
      let inputs = [Tensor(.i64, [], integers: [Int64(number)])] + elements + carried + captures
      last = inputs
      if turn >= count / 2 { break }
      var evaluator = Evaluator(graph: body, sizes: sizes)
      guard let results = try? evaluator.run(inputs) else { return nil }
      carried = Array(results[..<form.carried])
    }
    return last
  }

  /// The element of a sequence at a turn.
  private static func element(_ sequence: Tensor, _ number: Int) -> Tensor {
    let shape = Array(sequence.shape[1...])
    let count = shape.reduce(1, *)
    return sequence.gathering(Array(number * count..<(number + 1) * count), shape: shape)
  }
}
