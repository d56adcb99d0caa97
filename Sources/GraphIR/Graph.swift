package import Support

/// A value of a graph: a dense index.
package struct Value: Hashable, Sendable, Comparable {
  package let index: UInt32
  package init(index: UInt32) { self.index = index }
  package init(_ index: Int) { self.index = UInt32(index) }
  package static func < (a: Value, b: Value) -> Bool { a.index < b.index }
  package func _rawHashValue(seed: Int) -> Int { IndexHash.of(Int(index), seed) }
}

/// A node of a graph: a dense index.
package struct NodeID: Hashable, Sendable, Comparable {
  package let index: UInt32
  package init(_ index: Int) { self.index = UInt32(index) }
  package static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
  package func _rawHashValue(seed: Int) -> Int { IndexHash.of(Int(index), seed) }
}

/// An application of an operation to values.
///
/// An object, so that passing one on costs a single reference: graphs have hundreds of thousands.
package final class Node: Sendable {
  package let operation: Operation
  package let operands: [Value]
  package let attributes: Attributes
  /// Graphs that the operation runs, such as the body of a loop. They are closed: what they use
  /// from outside is passed as an operand.
  package let regions: [Graph]
  package let site: Site
  /// Index of the first result; results are consecutive.
  package let firstResult: UInt32
  package let results: [Value]

  fileprivate init(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes, regions: [Graph],
    site: Site, results: Range<Int>
  ) {
    self.operation = operation
    self.operands = operands
    self.attributes = attributes
    self.regions = regions
    self.site = site
    firstResult = UInt32(results.lowerBound)
    self.results = results.count == 1 ? [Value(results.lowerBound)] : results.map { Value($0) }
  }
}

extension Node {
  /// The first result, which most nodes have as their only one.
  package var result: Value { Value(index: firstResult) }

  /// The number of results.
  package var resultCount: Int { results.count }

  /// What the user calls it: the operation, or the func or C function that is called.
  package var title: String {
    switch attributes {
    case .call(let form): form.name
    case .external(let form): form.name
    default: operation.name
    }
  }

  /// Whether its regions assert something, so that it runs even if nothing uses its results.
  package var asserts: Bool {
    regions.contains { region in
      !region.assertions.isEmpty || region.nodes.contains(where: \.asserts)
    }
  }
}

/// A parameter of a graph.
package struct Parameter: Sendable {
  package var name: String
  package var doc: String
  package var isInout: Bool
  package var site: Site
  package var value: Value

  package init(name: String, doc: String = "", isInout: Bool = false, site: Site, value: Value) {
    self.name = name
    self.doc = doc
    self.isInout = isInout
    self.site = site
    self.value = value
  }
}

/// A result of a graph.
package struct Output: Sendable {
  package var name: String
  package var value: Value
  package var site: Site

  package init(name: String, value: Value, site: Site) {
    self.name = name
    self.value = value
    self.site = site
  }
}

/// The new value of an `inout` parameter.
package struct Update: Sendable {
  /// Index among the graph's parameters.
  package var parameter: Int
  package var value: Value
  package var site: Site

  package init(parameter: Int, value: Value, site: Site) {
    self.parameter = parameter
    self.value = value
    self.site = site
  }
}

/// A condition that must hold when the graph runs, else the call ends with an error.
package struct Assertion: Sendable {
  package var condition: Value
  package var message: String
  package var site: Site

  package init(condition: Value, message: String, site: Site) {
    self.condition = condition
    self.message = message
    self.site = site
  }
}

/// What the sizes of a call must fulfil.
package struct SizeCheck: Hashable, Sendable {
  package enum Condition: Hashable, Sendable {
    case equal(Dim, Dim)
    /// The first is a multiple of the second.
    case multiple(Dim, Dim)
    /// The dim is 0 or more; fails as a negative size.
    case nonNegative(Dim)
    /// The dim is 0 or more; fails as an index out of range.
    case inRange(Dim)
  }

  package var condition: Condition
  package var site: Site

  package init(_ condition: Condition, site: Site) {
    self.condition = condition
    self.site = site
  }
}

/// A computation: nodes that refer only backwards, parameters and results.
package struct Graph: Sendable {
  package struct ValueInfo: Sendable {
    package var type: TensorType
    package var node: NodeID
    /// The name that the user gave it first, for dumps.
    package var name: String?
  }

  package var name: String
  package var doc = ""
  package var site = Site.none
  /// The symbols in the order of the C function's arguments.
  package var symbols: [String] = []
  package var parameters: [Parameter] = []
  package var outputs: [Output] = []
  package var updates: [Update] = []
  package var assertions: [Assertion] = []
  package var sizeChecks: [SizeCheck] = []
  /// Constant tensors that nodes name by number.
  package var data: [Tensor] = []
  package private(set) var nodes: [Node] = []
  package private(set) var values: [ValueInfo] = []

  package init(name: String) { self.name = name }

  package subscript(_ id: NodeID) -> Node { nodes[Int(id.index)] }
  package subscript(_ value: Value) -> ValueInfo { _read { yield values[Int(value.index)] } }

  package func type(_ value: Value) -> TensorType { values[Int(value.index)].type }

  /// The node that computes a value.
  package func node(of value: Value) -> Node { nodes[Int(values[Int(value.index)].node.index)] }

  /// The value of a scalar constant, nil for other values.
  package func literal(_ value: Value) -> Literal? {
    if case .literal(let literal, _) = node(of: value).attributes { literal } else { nil }
  }

  /// Notes the name of a value, unless it has one.
  package mutating func name(_ value: Value, _ name: String) {
    if values[Int(value.index)].name == nil { values[Int(value.index)].name = name }
  }

  /// Every value that is used from outside the nodes: results, updates and conditions.
  package var roots: [Value] {
    outputs.map(\.value) + updates.map(\.value) + assertions.map(\.condition)
  }

  /// Appends a node whose types are known; gives its first result.
  ///
  /// - Requires: `operands` belong to this graph and `types` are what the type rule gives.
  @discardableResult
  package mutating func append(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes, types: [TensorType],
    regions: [Graph] = [], site: Site
  ) -> NodeID {
    let id = NodeID(nodes.count)
    let first = values.count
    Progress.at(site, node: nodes.count)
    nodes.append(
      Node(
        operation, operands, attributes, regions: regions, site: site,
        results: first..<(first + types.count)))
    for type in types { values.append(ValueInfo(type: type, node: id, name: nil)) }
    return id
  }

  /// Appends a node of one result whose type is known; gives the result.
  package mutating func append(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes, type: TensorType,
    site: Site
  ) -> Value {
    let first = values.count
    Progress.at(site, node: nodes.count)
    values.append(ValueInfo(type: type, node: NodeID(nodes.count), name: nil))
    nodes.append(
      Node(operation, operands, attributes, regions: [], site: site, results: first..<(first + 1)))
    return Value(first)
  }

  /// Appends a node of another graph on the values that its operands have become, with the types and
  /// names of its results; gives the first result. A node that stays as it is is shared.
  package mutating func append(
    _ node: Node, of source: Graph, on operands: [Value], _ attributes: Attributes? = nil,
    regions: [Graph]? = nil
  ) -> Value {
    let id = NodeID(nodes.count)
    let first = values.count
    Progress.at(node.site, node: nodes.count)
    if attributes == nil, regions == nil, first == Int(node.firstResult), operands == node.operands {
      nodes.append(node)
    } else {
      nodes.append(
        Node(
          node.operation, operands, attributes ?? node.attributes, regions: regions ?? node.regions,
          site: node.site, results: first..<(first + node.resultCount)))
    }
    for number in 0..<node.resultCount {
      let old = source.values[Int(node.firstResult) + number]
      values.append(ValueInfo(type: old.type, node: id, name: old.name))
    }
    return Value(first)
  }

  /// Makes room for the nodes of another graph.
  package mutating func reserve(like other: Graph) {
    nodes.reserveCapacity(other.nodes.count)
    values.reserveCapacity(other.values.count)
  }
}

extension Graph {
  /// Takes back the nodes behind the first so many, with their values.
  ///
  /// - Requires: Nothing that stays uses them.
  package mutating func truncate(nodeCount: Int) {
    let valueCount = nodeCount < nodes.count ? Int(nodes[nodeCount].firstResult) : values.count
    nodes.removeSubrange(nodeCount...)
    values.removeSubrange(valueCount...)
  }
}

extension Graph {
  /// Whether it is the other graph as it stands, which nobody has changed: then what was verified of
  /// one holds for both.
  package func isUntouched(since other: Graph) -> Bool {
    nodes.isSameStorage(as: other.nodes) && values.isSameStorage(as: other.values)
      && data.count == other.data.count && roots == other.roots
      && parameters.map(\.value) == other.parameters.map(\.value)
  }
}

extension Array {
  /// Whether two arrays are one in memory.
  fileprivate func isSameStorage(as other: [Element]) -> Bool {
    withUnsafeBufferPointer { mine in
      other.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress && mine.count == $0.count }
    }
  }
}
