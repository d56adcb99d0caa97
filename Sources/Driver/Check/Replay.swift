package import GraphIR
import Ops

/// Some values of an evaluated graph as a function of another value: what lies between is computed
/// again, everything else stays as it is at the point.
struct Replay {
  /// The nodes between, whose parameters are the variable and then what is used from outside.
  private let graph: Graph
  private let sizes: [String: Int]
  private let variable: Tensor
  private let surroundings: [Tensor]
  private let tape = FrozenTape()
  /// The targets at the point itself; nil where they cannot be computed.
  private let center: [Double]?

  /// - Parameters:
  ///   - point: the evaluated graph.
  ///   - constants: values that stay as they are, whatever changes in front of them.
  init(of targets: [Value], by variable: Value, constants: [Value] = [], at point: Evaluator) {
    let cut = Replay.cut(
      point.graph, from: variable, to: targets, constants: Set(constants).subtracting([variable]))
    graph = cut.graph.frozen(on: tape)
    sizes = point.sizes
    self.variable = point[variable]
    surroundings = cut.captures.map { point[$0] }
    center = Replay.run(graph, sizes, [self.variable] + surroundings)
  }

  /// Whether gradients are changed on purpose between, so that no function has them.
  var clipsGradients: Bool { graph.has(.gradClip) }

  /// How large the variable is.
  var width: Double {
    let greatest = variable.greatest
    return greatest > 0 && greatest.isFinite ? greatest : 1
  }

  /// The elements of all targets where the variable is moved along a direction; nil where they
  /// cannot be computed.
  func moved(by step: Double, along direction: Tensor) -> [Double]? {
    if step == 0 { return center }
    tape.rewind()
    return Replay.run(graph, sizes, [variable.moved(by: step, along: direction)] + surroundings)
  }

  private static func run(
    _ graph: Graph, _ sizes: [String: Int], _ values: [Tensor]
  ) -> [Double]? {
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    return try? evaluator.run(values).flatMap(\.doubles)
  }

  /// The nodes that lead from a value to others as a graph, and the values that it captures.
  private static func cut(
    _ source: Graph, from variable: Value, to targets: [Value], constants: Set<Value>
  ) -> (graph: Graph, captures: [Value]) {
    let isNeeded = neededNodes(of: source, for: targets)
    var changes: Set<Value> = [variable]
    var between: [Node] = []
    for index in source.nodes.indices.dropFirst(Int(source[variable].node.index) + 1)
    where isNeeded[index] {
      let node = source.nodes[index]
      guard node.operands.contains(where: changes.contains) else { continue }
      changes.formUnion(node.results.filter { !constants.contains($0) })
      between.append(node)
    }
    var graph = Graph(name: source.name)
    var inside = [variable: graph.addParameter("x", source.type(variable))]
    var captures: [Value] = []
    for value in between.flatMap(\.operands) + targets
    where !changes.contains(value) && inside[value] == nil {
      inside[value] = graph.addParameter("c", source.type(value))
      captures.append(value)
    }
    for node in between {
      let operands = node.operands.map { known(inside, $0) }
      let id = graph.append(
        node.operation, operands, node.attributes, types: node.results.map { source.type($0) },
        regions: node.regions, site: node.site)
      for (old, new) in zip(node.results, graph[id].results) where changes.contains(old) {
        inside[old] = new
      }
    }
    for target in targets { graph.addOutput("y", known(inside, target)) }
    return (graph, captures)
  }

  /// For each node whether values need it.
  private static func neededNodes(of graph: Graph, for targets: [Value]) -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    for target in targets { isNeeded[Int(graph[target].node.index)] = true }
    for index in graph.nodes.indices.reversed() where isNeeded[index] {
      for operand in graph.nodes[index].operands {
        isNeeded[Int(graph[operand].node.index)] = true
      }
    }
    return isNeeded
  }

  private static func known(_ values: [Value: Value], _ value: Value) -> Value {
    guard let known = values[value] else { preconditionFailure("%\(value.index) is not known") }
    return known
  }
}

extension Graph {
  /// Whether an operation stands in it or in a region of it.
  package func has(_ operation: Operation) -> Bool {
    nodes.contains { $0.operation == operation || $0.regions.contains { $0.has(operation) } }
  }
}
