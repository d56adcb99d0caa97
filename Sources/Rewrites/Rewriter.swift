package import GraphIR
import Ops
package import Support

/// Builds a graph anew, node by node, each one simplified before it is added.
///
/// Operands come before what uses them, so a rule sees operands that are simple already, and what a
/// rule builds is simplified in the same way: one pass is a fixpoint, unless it ran into a limit.
/// Equal nodes become one.
package struct Rewriter: Sendable {
  /// Rules that the result of a rule may set off in turn.
  static let depthLimit = 64
  /// Applications that one node of the source may cause.
  static let fuelPerNode = 512

  /// The graph so far.
  package internal(set) var graph: Graph
  let options: RewriteOptions
  var table: RuleTable
  var log: RewriteLog
  /// Where the nodes come from that are made now.
  var site = Site.none
  /// Whether a node was left before all rules had their turn; another round goes on.
  var isIncomplete = false
  var depth = 0
  var fuel = Rewriter.fuelPerNode
  var bindings = Bindings()
  /// The elements that folding may still compute.
  var foldingBudget = Folding.elementBudget
  /// The places of tensors that folding made, by their bits.
  var foldedData: [TensorBits: Int] = [:]
  /// How many uses of the source each value stands for, as far as they are known.
  private var uses: [Int32] = []
  /// The values of nodes that were made or rewritten.
  private var nodes: [NodeKey: Value] = [:]
  /// The operations of the nodes, by value.
  private(set) var operations: [ObjectIdentifier] = []

  init(_ table: RuleTable, _ options: RewriteOptions, _ log: RewriteLog, like source: Graph) {
    graph = Graph(withoutNodesOf: source)
    self.options = options
    self.table = table
    self.log = log
    nodes.reserveCapacity(source.nodes.count)
  }

  /// Whether another application is within the limit.
  var mayApply: Bool {
    guard let limit = options.limit else { return true }
    return log.applied < limit
  }

  /// A value of the operation, simplified.
  ///
  /// - Requires: The operands fit the operation, which has one result.
  package mutating func emit(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes = .none
  ) -> Value {
    do {
      return try made(operation, operands, attributes)
    } catch {
      let types = operands.map { type($0).description }.joined(separator: ", ")
      preconditionFailure("\(operation.name)(\(types)): \(error.message)")
    }
  }

  /// A value of the operation, simplified; nil where its type rule refuses the operands, as where
  /// symbolic sizes contradict each other and the graph ends with an error whenever it runs.
  package mutating func tryEmit(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes
  ) -> Value? {
    try? made(operation, operands, attributes)
  }

  private mutating func made(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes
  ) throws(TypeError) -> Value {
    var data: [TensorType] = []
    if case .data(let index) = attributes { data = [graph.data[index].type] }
    let query = TypeQuery(
      operands: operands.map { graph.type($0) }, attributes: attributes, data: data)
    let type = try operation.infer(query)[0]
    return make(
      Candidate(operation: operation, operands: operands, attributes: attributes, type: type))
  }

  /// A value for the node: one that is there already, one that a rule gives, or a new one.
  private mutating func make(_ candidate: Candidate) -> Value {
    let key = candidate.key
    if let known = nodes[key] { return known }
    return new(candidate, key)
  }

  /// The same for a node of the source, where merging is counted and may be switched off.
  mutating func simplified(_ candidate: Candidate, site: Site) -> Value {
    self.site = site
    fuel = Rewriter.fuelPerNode
    let key = candidate.key
    if let known = nodes[key], mayApply, !options.disabled.contains(RewriteLog.mergeName) {
      if !candidate.operands.isEmpty { log.countMerge() }
      return known
    }
    return new(candidate, key)
  }

  /// A value that a rule gives, or a new one.
  private mutating func new(_ candidate: Candidate, _ key: NodeKey) -> Value {
    let value = rewritten(candidate) ?? append(candidate)
    nodes[key] = value
    return value
  }

  /// The results of a node that rules do not look at: those of an equal one, unless there are
  /// regions, whose equality nobody compares.
  mutating func copied(
    _ node: Node, _ operands: [Value], _ regions: [Graph], types: [TensorType]
  ) -> [Value] {
    guard regions.isEmpty, node.resultCount > 1 else {
      return appended(node, operands, regions, types: types)
    }
    let key = NodeKey(node.operation, operands, node.attributes)
    if let known = nodes[key], mayApply, !options.disabled.contains(RewriteLog.mergeName) {
      log.countMerge()
      return graph.node(of: known).results
    }
    let results = appended(node, operands, regions, types: types)
    nodes[key] = results[0]
    return results
  }

  /// The results of a node of an operation with several, which are those of an equal one.
  ///
  /// - Requires: The operands fit the operation.
  mutating func emitAll(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes = .none
  ) -> [Value] {
    let query = TypeQuery(operands: operands.map { type($0) }, attributes: attributes)
    do throws(TypeError) {
      let types = try operation.infer(query)
      let key = NodeKey(operation, operands, attributes)
      if let known = nodes[key] { return graph.node(of: known).results }
      let id = graph.append(operation, operands, attributes, types: types, site: site)
      for _ in types { operations.append(ObjectIdentifier(operation)) }
      nodes[key] = graph[id].result
      return graph[id].results
    } catch {
      preconditionFailure("\(operation.name): \(error.message)")
    }
  }

  private mutating func appended(
    _ node: Node, _ operands: [Value], _ regions: [Graph], types: [TensorType]
  ) -> [Value] {
    let id = graph.append(
      node.operation, operands, node.attributes, types: types, regions: regions, site: node.site)
    for _ in types { operations.append(ObjectIdentifier(node.operation)) }
    return graph[id].results
  }

  /// The value under a name of its own, which no rule looks through and no other node becomes one
  /// with.
  mutating func opaque(_ value: Value) -> Value {
    append(
      Candidate(operation: .copy, operands: [value], attributes: .none, type: type(value)))
  }

  private mutating func append(_ candidate: Candidate) -> Value {
    let value = graph.append(
      candidate.operation, candidate.operands, candidate.attributes, type: candidate.type,
      site: site)
    operations.append(ObjectIdentifier(candidate.operation))
    return value
  }

  /// Notes that a value takes the place of one with so many uses in the source.
  mutating func countUses(of value: Value, _ count: Int32) {
    let place = Int(value.index)
    while uses.count <= place { uses.append(0) }
    uses[place] += count
  }

  /// Whether nothing but the node that is looked at uses a value: a rule that takes the value apart
  /// does no work twice.
  func isUsedOnce(_ value: Value) -> Bool {
    let place = Int(value.index)
    return place >= uses.count || uses[place] <= 1
  }

  /// The identity of the operation that computes a value.
  func identity(of value: Value) -> ObjectIdentifier { operations[Int(value.index)] }
}

/// What rules look at and build with.
extension Rewriter {
  package func type(_ value: Value) -> TensorType { graph.type(value) }
  package func shape(_ value: Value) -> [Dim] { graph.type(value).shape }
  package func dtype(_ value: Value) -> DType { graph.type(value).dtype }
  package func node(of value: Value) -> Node { graph.node(of: value) }

  /// The operation that computes a value.
  package func operation(of value: Value) -> Operation { graph.node(of: value).operation }

  /// Whether a value is computed by that operation.
  package func isMade(_ value: Value, by operation: Operation) -> Bool {
    identity(of: value) == ObjectIdentifier(operation)
  }

  /// The first operand of a node of that operation; nil for other values.
  package func operand(of value: Value, _ operation: Operation) -> Value? {
    isMade(value, by: operation) ? graph.node(of: value).operands[0] : nil
  }

  /// The literal that a value is, or is a broadcast of.
  package func scalarConstant(_ value: Value) -> Value? {
    isMade(value, by: .literal) || isMade(value, by: .broadcastTo)
      ? graph.scalarConstant(value) : nil
  }

  /// The number of which all elements of a constant are.
  package func constant(_ value: Value) -> Literal? {
    guard let scalar = scalarConstant(value) else { return nil }
    return graph.literal(scalar)
  }

  /// A scalar constant.
  package mutating func literal(_ literal: Literal, _ dtype: DType) -> Value {
    emit(.literal, [], .literal(literal, dtype))
  }

  /// The value stretched to a shape, unless it has it.
  package mutating func broadcast(_ value: Value, to shape: [Dim]) -> Value {
    self.shape(value) == shape ? value : emit(.broadcastTo, [value], .shape(shape))
  }
}
