package import Support

/// Appends nodes to a graph, with their types inferred.
package struct Builder: Sendable {
  package var graph: Graph
  /// The site of the nodes that come next.
  package var site: Site
  /// Whether LAPACK will factor matrices that may be large.
  package var usesLAPACK = false

  package init(graph: Graph, site: Site = .none) {
    self.graph = graph
    self.site = site
  }

  package func type(_ value: Value) -> TensorType { graph.type(value) }
  package func shape(_ value: Value) -> [Dim] { graph.type(value).shape }
  package func dtype(_ value: Value) -> DType { graph.type(value).dtype }

  /// Appends a node if its operands fit; gives its results.
  package mutating func tryEmit(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes = .none,
    regions: [Graph] = []
  ) throws(TypeError) -> [Value] {
    guard operation.arity.allows(operands.count) else {
      throw TypeError("'\(operation.name)' does not take \(operands.count) operands")
    }
    var data: [TensorType] = []
    if case .data(let index) = attributes { data = [graph.data[index].type] }
    let query = TypeQuery(
      operands: operands.map { graph.type($0) }, attributes: attributes, regions: regions,
      data: data)
    let types = try operation.infer(query)
    let id = graph.append(
      operation, operands, attributes, types: types, regions: regions, site: site)
    return graph[id].results
  }

  /// Appends a node; gives its only result.
  ///
  /// - Requires: The operands fit; a mistake here is the compiler's.
  package mutating func emit(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes = .none
  ) -> Value {
    do {
      return try tryEmit(operation, operands, attributes)[0]
    } catch {
      let types = operands.map { graph.type($0).description }.joined(separator: ", ")
      preconditionFailure("\(operation.name)(\(types)): \(error.message)")
    }
  }
}
