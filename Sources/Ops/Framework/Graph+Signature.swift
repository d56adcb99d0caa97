package import GraphIR
import Support

extension Graph {
  /// Adds a parameter; gives its value.
  @discardableResult
  package mutating func addParameter(_ name: String, _ type: TensorType) -> Value {
    let id = append(.parameter, [], .parameter(parameters.count), types: [type], site: .none)
    let value = self[id].result
    parameters.append(Parameter(name: name, site: .none, value: value))
    self.name(value, name)
    return value
  }

  /// Adds an output.
  package mutating func addOutput(_ name: String, _ value: Value) {
    outputs.append(Output(name: name, value: value, site: .none))
  }
}
