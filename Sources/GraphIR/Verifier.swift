package import Support

/// A violation of the rules of the IR: a bug of the compiler.
package struct VerificationError: Error, Hashable, Sendable {
  package var message: String
  /// Where in the source what is wrong comes from.
  package var site = Site.none
}

extension Graph {
  /// Checks that nodes refer only backwards, that types are what the rules give, and that roots,
  /// parameters and data exist.
  package func verify() throws(VerificationError) {
    for (index, node) in nodes.enumerated() {
      func fail(_ message: String) -> VerificationError {
        VerificationError(
          message: "node \(index) (\(node.operation.name)): \(message)", site: node.site)
      }
      for operand in node.operands where operand.index >= node.firstResult {
        throw fail("operand %\(operand.index) is not computed before it")
      }
      guard node.operation.arity.allows(node.operands.count) else {
        throw fail("takes no \(node.operands.count) operands")
      }
      if case .parameter(let number) = node.attributes {
        guard number < parameters.count, parameters[number].value == node.result else {
          throw fail("is not parameter \(number)")
        }
        continue
      }
      var dataTypes: [TensorType] = []
      if case .data(let number) = node.attributes {
        guard number < data.count else { throw fail("has no data \(number)") }
        dataTypes = [data[number].type]
      }
      let query = TypeQuery(
        operands: node.operands.map { type($0) }, attributes: node.attributes,
        regions: node.regions, data: dataTypes)
      let types: [TensorType]
      do { types = try node.operation.infer(query) } catch { throw fail(error.message) }
      guard types == node.results.map({ type($0) }) else {
        throw fail("has type \(node.results.map { type($0) }), its rule gives \(types)")
      }
      for region in node.regions { try region.verify() }
    }
    for root in roots where Int(root.index) >= values.count {
      throw VerificationError(message: "root %\(root.index) does not exist")
    }
  }
}
