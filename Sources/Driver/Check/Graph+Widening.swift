import GraphIR
import Support

extension Graph {
  /// The graph with every float as `f64`: what differences can be taken of.
  func widened() -> Graph {
    var result = Graph(name: name)
    result.doc = doc
    result.site = site
    result.symbols = symbols
    result.parameters = parameters
    result.outputs = outputs
    result.updates = updates
    result.assertions = assertions
    result.sizeChecks = sizeChecks
    result.data = data.map { $0.widened() }
    for node in nodes {
      result.append(
        node.operation, node.operands, node.attributes.widened(),
        types: node.results.map { type($0).widened() }, regions: node.regions.map { $0.widened() },
        site: node.site)
      for value in node.results {
        if let name = self[value].name { result.name(value, name) }
      }
    }
    return result
  }
}

extension TensorType {
  /// The type with `f64` for any float.
  fileprivate func widened() -> TensorType { dtype.isFloat ? with(.f64) : self }
}

extension Tensor {
  /// The same numbers, floats as `f64`.
  func widened() -> Tensor {
    dtype.isFloat ? Tensor(.f64, shape, floats: floats) : self
  }
}

extension Attributes {
  /// The attributes with `f64` for any float type that they name.
  fileprivate func widened() -> Attributes {
    if case .literal(let literal, let dtype) = self, dtype.isFloat { return .literal(literal, .f64) }
    if case .dtype(let dtype) = self, dtype.isFloat { return .dtype(.f64) }
    if case .draw(let shape, _) = self { return .draw(shape, .f64) }
    return self
  }
}
