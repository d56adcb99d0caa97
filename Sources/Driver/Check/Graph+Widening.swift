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
    switch self {
    case .literal(let literal, let dtype) where dtype.isFloat: .literal(literal, .f64)
    case .dtype(let dtype) where dtype.isFloat: .dtype(.f64)
    case .none, .literal, .data, .parameter, .integer, .dtype, .axis, .axes, .reduction, .shape,
      .slice, .pad, .contraction, .picking, .loop, .derivative:
      self
    }
  }
}
