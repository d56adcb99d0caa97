import GraphIR
import Ops
import Support

/// The place in a graph behind which the nodes of a region are built, to be cut out as a graph of
/// their own.
struct RegionCut {
  fileprivate let nodeCount: Int
  fileprivate let valueCount: Int
  fileprivate let assertionCount: Int
  fileprivate let calls: [FunctionCall: [Meaning]]
  fileprivate let constants: [Int: Value]
  fileprivate let arrays: [TypedArray: Value]
}

/// One region to cut out: its parameters among the nodes, and its results.
struct RegionRequest {
  var parameters: [Value]
  var results: [Value]
  var hasAssertions = false
  /// Whether nodes that its results do not need are left out, as those of another region are.
  var isPruned = false
}

extension GraphChecker {
  /// Begins a region: what is built from here on is cut out by `endRegion`.
  func beginRegion() -> RegionCut {
    RegionCut(
      nodeCount: builder.graph.nodes.count, valueCount: builder.graph.values.count,
      assertionCount: builder.graph.assertions.count, calls: calls, constants: constants,
      arrays: arrays)
  }

  /// A value that will be a parameter of a region.
  mutating func placeholder(_ type: TensorType, at site: Site) -> Value {
    let id = builder.graph.append(.parameter, [], .parameter(-1), types: [type], site: site)
    return builder.graph[id].result
  }

  /// Takes back everything since a cut.
  mutating func dropRegion(_ cut: RegionCut) {
    builder.graph.assertions.removeSubrange(cut.assertionCount...)
    builder.graph.truncate(nodeCount: cut.nodeCount)
    calls = cut.calls
    constants = cut.constants
    arrays = cut.arrays
  }

  /// Cuts regions out; gives them, and the values of the graph that they capture, which are further
  /// parameters of each of them.
  mutating func endRegion(
    _ cut: RegionCut, _ requests: [RegionRequest]
  ) -> (regions: [Graph], captures: [Value]) {
    let inner = builder.graph
    let nodes = Array(inner.nodes[cut.nodeCount...])
    var captures: [Value] = []
    var seen: Set<Value> = []
    func capture(_ value: Value) {
      if Int(value.index) < cut.valueCount, seen.insert(value).inserted { captures.append(value) }
    }
    for node in nodes { node.operands.forEach(capture) }
    for request in requests { request.results.forEach(capture) }
    let assertions = Array(inner.assertions[cut.assertionCount...])
    assertions.forEach { capture($0.condition) }
    let regions = requests.map { request in
      RegionCopy(of: inner, captures: captures, request).region(
        nodes, request.hasAssertions ? assertions : [])
    }
    dropRegion(cut)
    return (regions, captures)
  }
}

/// Copies nodes of a graph into a region.
private struct RegionCopy {
  private let source: Graph
  private let request: RegionRequest
  private var region = Graph(name: "region")
  private var copies: [Value: Value] = [:]
  private var data: [Int: Int] = [:]

  init(of source: Graph, captures: [Value], _ request: RegionRequest) {
    self.source = source
    self.request = request
    for value in request.parameters + captures {
      let number = region.parameters.count
      let site = source.node(of: value).site
      let id = region.append(
        .parameter, [], .parameter(number), types: [source.type(value)], site: site)
      let copy = region[id].result
      let name = source[value].name ?? "p\(number)"
      region.parameters.append(GraphIR.Parameter(name: name, site: site, value: copy))
      if source[value].name != nil { region.name(copy, name) }
      copies[value] = copy
    }
  }

  /// The region: of the nodes those whose operands are known in it.
  consuming func region(_ nodes: [Node], _ assertions: [Assertion]) -> Graph {
    for node in request.isPruned ? needed(nodes) : nodes { copy(node) }
    region.outputs = request.results.enumerated().map { number, value in
      Output(name: "r\(number)", value: copies[value] ?? value, site: source.node(of: value).site)
    }
    region.assertions = assertions.map { assertion in
      var copy = assertion
      copy.condition = copies[assertion.condition] ?? assertion.condition
      return copy
    }
    return region
  }

  /// The nodes that the results need.
  private func needed(_ nodes: [Node]) -> [Node] {
    var values = Set(request.results)
    let backwards = nodes.reversed().filter { node in
      guard node.results.contains(where: values.contains) else { return false }
      values.formUnion(node.operands)
      return true
    }
    return backwards.reversed()
  }

  private mutating func copy(_ node: Node) {
    if case .parameter = node.attributes { return }
    let operands = node.operands.compactMap { copies[$0] }
    guard operands.count == node.operands.count else { return }
    var attributes = node.attributes
    if case .data(let number) = attributes { attributes = .data(place(of: number)) }
    let id = region.append(
      node.operation, operands, attributes, types: node.results.map { source.type($0) },
      regions: node.regions, site: node.site)
    for (old, new) in zip(node.results, region[id].results) {
      copies[old] = new
      if let name = source[old].name { region.name(new, name) }
    }
  }

  /// The number of a tensor in the region's data.
  private mutating func place(of number: Int) -> Int {
    if let place = data[number] { return place }
    data[number] = region.data.count
    region.data.append(source.data[number])
    return region.data.count - 1
  }
}
