import Support

/// Reads what `Graph.dump` prints.
package struct GraphParser {
  private var scanner: GraphScanner
  private let operation: (String) -> Operation?
  private let elsewhere: (Int) -> Tensor?
  /// Loops and branches nest at most so deep.
  private static let depthLimit = 200

  /// The graph that a text describes; its nodes have no sites.
  ///
  /// - Parameters:
  ///   - operation: the operation of a name.
  ///   - elsewhere: the constant tensor of a number, where its elements are not in the text.
  package static func parse(
    _ text: String, operation: @escaping (String) -> Operation?,
    elsewhere: @escaping (Int) -> Tensor? = { _ in nil }
  ) throws(GraphParseError) -> Graph {
    var parser = GraphParser(
      scanner: GraphScanner(text), operation: operation, elsewhere: elsewhere)
    let graph = try parser.graph(depth: 0)
    parser.scanner.skipBlanks()
    guard parser.scanner.isAtEnd else { throw parser.scanner.fail("text after the graph") }
    return graph
  }

  /// The name of an operation with attributes behind it, as dumps print them; not of a leaf.
  package static func parse(
    attributesOf text: String
  ) throws(GraphParseError) -> (operation: String, attributes: Attributes) {
    var scanner = GraphScanner(text)
    let name = try scanner.name()
    let attributes = try scanner.attributes()
    scanner.skipBlanks()
    guard scanner.isAtEnd else { throw scanner.fail("text behind the attributes") }
    return (name, attributes)
  }

  /// A graph in braces.
  private mutating func graph(depth: Int) throws(GraphParseError) -> Graph {
    if depth > GraphParser.depthLimit { throw scanner.fail("graphs are nested too deeply") }
    try scanner.expect("graph")
    var graph = Graph(name: try scanner.name())
    if scanner.accept("[") {
      repeat { graph.symbols.append(try scanner.name()) } while scanner.accept(",")
      try scanner.expect("]")
    }
    try scanner.expect("{")
    if scanner.accept("doc") { graph.doc = try scanner.quoted() }
    let types = try parameters(&graph)
    while scanner.accept("data") { graph.data.append(try data(graph.data.count)) }
    while scanner.accept("require") {
      graph.sizeChecks.append(SizeCheck(try condition(), site: .none))
    }
    try nodes(&graph, parameters: types, depth: depth)
    try uses(&graph)
    try scanner.expect("}")
    return graph
  }

  /// The parameters, whose values come with the nodes; gives their types.
  private mutating func parameters(
    _ graph: inout Graph
  ) throws(GraphParseError) -> [TensorType] {
    var types: [TensorType] = []
    while true {
      let isInout = scanner.accept("inout")
      guard isInout || scanner.accept("parameter") else { return types }
      let name = try scanner.name()
      try scanner.expect(":")
      types.append(try scanner.type())
      let doc = scanner.peek("\"") ? try scanner.quoted() : ""
      // No value has this number; the node of the parameter sets it.
      let nowhere = Value(index: .max)
      graph.parameters.append(
        Parameter(name: name, doc: doc, isInout: isInout, site: .none, value: nowhere))
    }
  }

  /// A constant tensor.
  private mutating func data(_ number: Int) throws(GraphParseError) -> Tensor {
    guard try scanner.integer() == number else { throw scanner.fail("data is out of order") }
    try scanner.expect(":")
    let type = try scanner.type()
    try scanner.expect("=")
    if scanner.accept("elsewhere") {
      guard let tensor = elsewhere(number), tensor.type == type else {
        throw scanner.fail("the elements of data \(number) are missing")
      }
      return tensor
    }
    guard let count = type.count.constant, count >= 0, count <= Graph.printedElements else {
      throw scanner.fail("data has a fixed size")
    }
    let shape = type.shape.compactMap(\.constant)
    guard shape.count == type.rank else { throw scanner.fail("data has a fixed size") }
    var elements: [Literal] = []
    for _ in 0..<count { elements.append(try scanner.literal()) }
    if type.dtype.isFloat {
      return Tensor(type.dtype, shape, floats: elements.map { type.dtype.rounded($0.double) })
    }
    return Tensor(
      type.dtype, shape, integers: elements.map { Tensor(type.dtype, scalar: $0).integers[0] })
  }

  /// What sizes must fulfil.
  private mutating func condition() throws(GraphParseError) -> SizeCheck.Condition {
    let dim = try scanner.dim()
    if scanner.accept("==") { return .equal(dim, try scanner.dim()) }
    if scanner.accept("multiple of") { return .multiple(dim, try scanner.dim()) }
    if scanner.accept(">= 0") { return .nonNegative(dim) }
    try scanner.expect("in range")
    return .inRange(dim)
  }

  /// The nodes, in order.
  private mutating func nodes(
    _ graph: inout Graph, parameters: [TensorType], depth: Int
  ) throws(GraphParseError) {
    while scanner.peek("%") {
      let id = try node(&graph, depth: depth)
      guard case .parameter(let number) = graph[id].attributes else { continue }
      let value = graph[id].result
      guard parameters.indices.contains(number), graph.type(value) == parameters[number] else {
        throw scanner.fail("there is no parameter \(number) of that type")
      }
      graph.parameters[number].value = value
    }
    if graph.parameters.contains(where: { $0.value.index == .max }) {
      throw scanner.fail("a parameter has no value")
    }
  }

  /// A node with its regions.
  private mutating func node(
    _ graph: inout Graph, depth: Int
  ) throws(GraphParseError) -> NodeID {
    var types: [TensorType] = []
    repeat {
      let value = try scanner.value()
      guard Int(value.index) == graph.values.count + types.count else {
        throw scanner.fail("values are out of order")
      }
      try scanner.expect(":")
      types.append(try scanner.type())
    } while scanner.accept(",")
    try scanner.expect("=")
    let name = try scanner.name()
    guard let operation = operation(name) else {
      throw scanner.fail("there is no operation '\(name)'")
    }
    let operands = try operands(graph)
    let attributes = try scanner.attributes(operation: name, type: types[0])
    let names = try resultNames(types.count)
    var regions: [Graph] = []
    while scanner.peek("graph") { regions.append(try self.graph(depth: depth + 1)) }
    let id = graph.append(
      operation, operands, attributes, types: types, regions: regions, site: .none)
    for (value, name) in zip(graph[id].results, names) {
      if let name { graph.name(value, name) }
    }
    return id
  }

  /// The operands in parentheses, none without them.
  private mutating func operands(_ graph: Graph) throws(GraphParseError) -> [Value] {
    var operands: [Value] = []
    guard scanner.accept("(") else { return operands }
    repeat { operands.append(try existing(graph)) } while scanner.accept(",")
    try scanner.expect(")")
    return operands
  }

  /// A value that an earlier node computes.
  private mutating func existing(_ graph: Graph) throws(GraphParseError) -> Value {
    let value = try scanner.value()
    guard Int(value.index) < graph.values.count else {
      throw scanner.fail("%\(value.index) is not computed yet")
    }
    return value
  }

  /// The names behind a node, nil for results without one.
  private mutating func resultNames(_ count: Int) throws(GraphParseError) -> [String?] {
    var names: [String?] = []
    guard scanner.accept("#") else { return names }
    repeat {
      names.append(scanner.accept("-") ? nil : try scanner.name())
    } while scanner.accept(",")
    guard names.count == count else { throw scanner.fail("names do not match the results") }
    return names
  }

  /// What uses values from outside the nodes.
  private mutating func uses(_ graph: inout Graph) throws(GraphParseError) {
    while scanner.accept("assert") {
      let condition = try existing(graph)
      try scanner.expect(",")
      let message = try scanner.quoted()
      graph.assertions.append(Assertion(condition: condition, message: message, site: .none))
    }
    while scanner.accept("update") {
      let name = try scanner.name()
      guard let index = graph.parameters.firstIndex(where: { $0.name == name }) else {
        throw scanner.fail("there is no parameter '\(name)'")
      }
      try scanner.expect("<-")
      graph.updates.append(Update(parameter: index, value: try existing(graph), site: .none))
    }
    while scanner.accept("result") {
      let name = try scanner.name()
      try scanner.expect("=")
      graph.outputs.append(Output(name: name, value: try existing(graph), site: .none))
    }
  }
}
