import GraphIR
import Ops
import Support

/// What loops compute that was computed before: the reverse of a loop computes what costs less than
/// memory again, turn by turn.
///
/// Values are the same where they are the same operations on the same operands. An element of a
/// stack is what the loop that made the stack has put there.
struct Recomputation {
  /// What a value is, by the numbers of its operands.
  private enum Form: Hashable {
    case node(Operation, Attributes, [Int])
    case element(Int)
    case turn
    /// Nothing that another is equal to.
    case unique(Int)
  }

  /// The nodes that compute something again.
  private(set) var nodes: [Node] = []
  private var numbers: [Form: Int] = [:]
  /// Of the numbers of stacks those of their elements.
  private var elements: [Int: Int] = [:]
  /// The loop in which each number was computed first; 0 outside of loops.
  private var places: [Int: Int] = [:]
  private var loopCount = 0

  init(_ graph: Graph) {
    let parameters = graph.parameters.map { _ in unique() }
    _ = visit(graph, parameters, loop: 0)
  }

  private mutating func number(_ form: Form) -> Int {
    if let known = numbers[form] { return known }
    numbers[form] = numbers.count
    return numbers.count - 1
  }

  private mutating func unique() -> Int { number(.unique(numbers.count)) }

  /// Looks at the nodes of a graph or region; gives the numbers of its results.
  private mutating func visit(_ graph: Graph, _ parameters: [Int], loop: Int) -> [Int] {
    var values: [Int] = []
    for node in graph.nodes {
      let operands = node.operands.map { values[Int($0.index)] }
      if case .parameter(let place) = node.attributes {
        values.append(parameters[place])
      } else if case .loop(let form) = node.attributes {
        values += results(of: node, form, operands)
      } else if node.regions.isEmpty, node.resultCount == 1, node.operation != .data {
        let number = number(.node(node.operation, node.attributes, operands))
        if places[number, default: loop] != loop { nodes.append(node) }
        places[number] = places[number] ?? loop
        values.append(number)
      } else {
        // Each region numbers its constants anew. Regions nest as deep as the user's blocks, which
        // the front end bounds.
        for region in node.regions {
          _ = visit(region, region.parameters.map { _ in unique() }, loop: loop)
        }
        values += node.results.map { _ in unique() }
      }
    }
    return graph.outputs.map { values[Int($0.value.index)] }
  }

  /// The numbers of the results of a loop.
  private mutating func results(of node: Node, _ form: LoopForm, _ operands: [Int]) -> [Int] {
    loopCount += 1
    let loop = loopCount
    var parameters = [number(.turn)]
    for sequence in operands[..<form.sequences] {
      parameters.append(elements[sequence] ?? number(.element(sequence)))
    }
    for _ in 0..<form.carried { parameters.append(unique()) }
    parameters += operands[form.captures(of: operands.count)]
    let outputs = visit(node.regions[0], parameters, loop: loop)
    return node.results.indices.map { place in
      let result = unique()
      if form.stackedResults.contains(place) { elements[result] = outputs[place] }
      return result
    }
  }
}
