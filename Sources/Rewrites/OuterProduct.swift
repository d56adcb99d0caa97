import GraphIR
import Ops
import Support

/// A product with an operand from outside of the loop.
struct OuterProduct {
  /// The product, in the body.
  var value: Value
  /// The operand that differs from turn to turn.
  var varying: Value
  /// The number of the operand from outside among the captures.
  var capture: Int
  /// The axes of both that are summed, of the varying one first.
  var summed: (varying: [Int], outer: [Int])
  /// Whether the result has the free axes of the varying operand first.
  var isLeft: Bool

  /// A product without batches of something with a capture, given the number of a capture.
  init?(_ node: Node, capture: (Value) -> Int?) {
    guard case .contraction(let pairs) = node.attributes, pairs.leftBatch.isEmpty else {
      return nil
    }
    let (left, right) = (node.operands[0], node.operands[1])
    value = node.result
    if let number = capture(right), capture(left) == nil {
      (varying, self.capture, isLeft) = (left, number, true)
      summed = (pairs.leftSummed, pairs.rightSummed)
    } else if let number = capture(left), capture(right) == nil {
      (varying, self.capture, isLeft) = (right, number, false)
      summed = (pairs.rightSummed, pairs.leftSummed)
    } else {
      return nil
    }
  }

  /// The products of all turns along a new first axis.
  func all(_ varying: Value, _ outer: Value, _ builder: inout Builder) -> Value {
    let pairs = Contraction(
      leftSummed: summed.varying.map { $0 + 1 }, rightSummed: summed.outer)
    let all = builder.contract(varying, outer, pairs)
    if isLeft { return all }
    // What was on the left stays there.
    let free = pairs.leftFree(rank: builder.shape(varying).count).count
    let rank = builder.shape(all).count
    let order = [0] + Array(free..<rank) + Array(1..<free)
    return order == Array(0..<rank) ? all : builder.transpose(all, order)
  }
}

extension Graph {
  /// The body of a loop with some of its values in the place of the elements of further sequences,
  /// and further stacks.
  func reading(
    _ replaced: [Value], in form: LoopForm, stacking stacked: [Value] = []
  ) -> Graph {
    var graph = Graph(withoutNodesOf: self)
    graph.parameters = []
    var values = [Value?](repeating: nil, count: self.values.count)
    var order = parameters.map(\.value)
    order.insert(contentsOf: replaced, at: 1 + form.sequences)
    for (number, value) in order.enumerated() {
      let site = node(of: value).site
      let id = graph.append(.parameter, [], .parameter(number), types: [type(value)], site: site)
      if let known = self[value].name { graph.name(graph[id].result, known) }
      values[Int(value.index)] = graph[id].result
      // Its place is mapped with the roots below.
      graph.parameters.append(
        Parameter(name: self[value].name ?? "p\(number)", site: site, value: value))
    }
    let gone = Set(replaced)
    graph.copy(
      nodes.lazy.filter { node in
        node.operation != .parameter && !node.results.contains(where: gone.contains)
      }, of: self, &values)
    graph.outputs += stacked.enumerated().map { number, value in
      Output(name: "d\(number)", value: value, site: node(of: value).site)
    }
    graph.replaceRoots(by: values)
    return graph
  }
}
