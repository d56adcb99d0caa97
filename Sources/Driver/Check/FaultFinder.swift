import Autodiff
import GraphIR
import Ops
import Support

/// An operation whose derivative is wrong.
struct Fault: Sendable {
  /// The operation, or the user's func.
  var name: String
  var site: Site
  /// `forward` or `reverse`.
  var mode: String
  var difference: Agreement.Difference

  /// - Parameter node: the operation, or a call of a func that has derivatives of its own; then the
  ///   place is that of the one that is wrong.
  fileprivate init(_ node: Node, mode: String, _ difference: Agreement.Difference) {
    self.mode = mode
    self.difference = difference
    name = node.title
    site = node.site
    guard case .call(let form) = node.attributes else { return }
    let rules = [form.jvpRegion, form.vjpRegion]
    let rule = (mode == "forward" ? rules : rules.reversed()).compactMap { $0 }.first
    if let rule { site = node.regions[rule].site }
  }
}

/// Narrows a wrong derivative to the operation at fault: each node on the way is checked by itself,
/// at the values that it has there.
struct FaultFinder {
  private var random: RandomSource

  init(random: RandomSource) { self.random = random }

  /// The first node between a variable and targets whose own derivative is wrong; nil if all are
  /// right.
  mutating func fault(
    from variables: [Value], to targets: [Value], at point: Evaluator, depth: Int = 0
  ) -> Fault? {
    let graph = point.graph
    var changes = Set(variables)
    var isNeeded = Set(targets)
    for node in graph.nodes.reversed() where node.results.contains(where: isNeeded.contains) {
      isNeeded.formUnion(node.operands)
    }
    for node in graph.nodes where node.operands.contains(where: changes.contains) {
      changes.formUnion(node.results)
      guard node.results.contains(where: isNeeded.contains) else { continue }
      if let fault = fault(of: node, at: point, depth) { return fault }
    }
    return nil
  }

  /// The fault of one node, or of a node in its regions.
  private mutating func fault(of node: Node, at point: Evaluator, _ depth: Int) -> Fault? {
    guard let check = NodeCheck(node, at: point, &random), let (mode, difference) = check.mistake()
    else { return nil }
    if depth < 16, let region = RegionPoint(node, at: point) {
      let inner = region.evaluated()
      let parameters = region.graph.parameters.map(\.value)
      let results = region.graph.outputs.map(\.value)
      if let inner,
        let fault = fault(from: parameters, to: results, at: inner, depth: depth + 1)
      {
        return fault
      }
    }
    return Fault(node, mode: mode, difference)
  }
}

/// A node as a graph of its own, with its derivatives in both modes.
private struct NodeCheck {
  private let operands: [Tensor]
  private let moved: [Int]
  private let directions: [Tensor]
  private let cotangents: [Tensor]
  private let primal: Evaluator
  private let forward: [Tensor]?
  private let reverse: [Tensor]?

  /// Nil where no float depends on floats.
  init?(_ node: Node, at point: Evaluator, _ random: inout RandomSource) {
    let graph = point.graph
    let floats = node.results.indices.filter { graph.type(node.results[$0]).dtype.isFloat }
    let moved = node.operands.indices.filter { graph.type(node.operands[$0]).dtype.isFloat }
    guard !floats.isEmpty, !moved.isEmpty else { return nil }
    var local = Graph(name: node.operation.name)
    local.symbols = graph.symbols
    local.data = graph.data
    let parameters = node.operands.map { local.addParameter("x", graph.type($0)) }
    let id = local.append(
      node.operation, parameters, node.attributes, types: node.results.map { graph.type($0) },
      regions: node.regions, site: node.site)
    let results = floats.map { local[id].results[$0] }
    for result in results { local.addOutput("y", result) }
    local = local.specialized(point.sizes)
    operands = node.operands.map { point[$0] }
    self.moved = moved
    directions = moved.map { random.tensor(.f64, point[node.operands[$0]].shape) }
    cotangents = floats.map { random.tensor(.f64, point[node.results[$0]].shape) }
    let sizes = point.sizes
    primal = Evaluator(graph: local, sizes: sizes)
    let wrt = moved.map { parameters[$0] }
    func derivatives(_ along: [Tensor], _ ask: (inout Builder, [Value]) -> [Value]) -> [Tensor]? {
      var asking = local
      asking.outputs = []
      let values = along.map { asking.addParameter("t", $0.type) }
      var builder = Builder(graph: asking, site: node.site)
      for value in ask(&builder, values) { builder.graph.addOutput("d", value) }
      guard let graph = try? Differentiate.run(builder.graph) else { return nil }
      var evaluator = Evaluator(graph: graph, sizes: sizes)
      return try? evaluator.run(node.operands.map { point[$0] } + along)
    }
    forward = derivatives(directions) { builder, t in
      results.flatMap {
        builder.derivative(.jvp, of: $0, wrt: wrt, along: t, zeroWhereDisconnected: true)
      }
    }
    reverse = derivatives(cotangents) { builder, c in
      let parts = zip(results, c).map { builder.inner($0, $1) }
      let cost = parts.dropFirst().reduce(parts[0]) { builder.add($0, $1) }
      return builder.derivative(.grad, of: cost, wrt: wrt, zeroWhereDisconnected: true)
    }
  }

  /// The mode that is wrong, and by how much.
  func mistake() -> (mode: String, Agreement.Difference)? {
    let tape = FrozenTape()
    let graph = primal.graph.frozen(on: tape)
    func values(_ step: Double) -> [Double]? {
      if step != 0 { tape.rewind() }
      var inputs = operands
      for (index, direction) in zip(moved, directions) {
        inputs[index] = operands[index].moved(by: step, along: direction)
      }
      var evaluator = Evaluator(graph: graph, sizes: primal.sizes)
      return try? evaluator.run(inputs).flatMap(\.doubles)
    }
    let width = moved.map { index -> Double in
      let greatest = operands[index].greatest
      return greatest > 0 ? greatest : 1
    }.min() ?? 1
    if let forward,
      let difference = Agreement(forward.flatMap(\.floats), width: width, values).difference
    {
      return ("forward", difference)
    }
    guard let reverse, !graph.has(.gradClip) else { return nil }
    let product = zip(reverse, directions).reduce(0) { $0 + $1.0.dot($1.1) }
    let weights = cotangents.flatMap(\.floats)
    let agreement = Agreement([product], width: width) { step in
      values(step).map { [zip(weights, $0).reduce(0) { $0 + $1.0 * $1.1 }] }
    }
    return agreement.difference.map { ("reverse", $0) }
  }
}
