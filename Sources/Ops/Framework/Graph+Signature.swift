package import GraphIR
package import Support

extension Graph {
  /// Adds a parameter; gives its value.
  @discardableResult
  package mutating func addParameter(
    _ name: String, _ type: TensorType, at site: Site = .none
  ) -> Value {
    let id = append(.parameter, [], .parameter(parameters.count), types: [type], site: site)
    let value = self[id].result
    parameters.append(Parameter(name: name, site: site, value: value))
    self.name(value, name)
    return value
  }

  /// Adds an output.
  package mutating func addOutput(_ name: String, _ value: Value) {
    outputs.append(Output(name: name, value: value, site: .none))
  }
}
