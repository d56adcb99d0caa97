import GraphIR
import LoopIR
import Ops
import Support
import Testing

/// An operation on given operands, with what another program gives for it.
struct Reference: Sendable, CustomTestStringConvertible {
  /// The name of the operation.
  let name: String
  /// What the node knows beside its operands.
  let attributes: Attributes
  /// What it is applied to.
  let operands: [Tensor]
  /// What the other program gives.
  let expected: Tensor

  /// A row of the table.
  init(_ name: String, _ attributes: Attributes, _ operands: [Tensor], _ expected: Tensor) {
    self.name = name
    self.attributes = attributes
    self.operands = operands
    self.expected = expected
  }

  /// The operation and the types of its operands.
  var testDescription: String { "\(name) \(attributes.spelling) \(operands.map(\.type))" }
}

extension Operation {
  /// The operations that these tests are about.
  static let structural = structure + reductions + composite

  /// The operation of that name.
  static func named(_ name: String) -> Operation {
    guard let operation = structural.first(where: { $0.name == name }) else {
      preconditionFailure("no operation is called '\(name)'")
    }
    return operation
  }
}

/// A graph whose parameters have the values of tensors.
struct Bench {
  /// Appends to the graph.
  var builder = Builder(graph: Graph(name: "bench"))
  /// The values of the parameters.
  private var inputs: [Tensor] = []

  /// A parameter with the value of a tensor.
  mutating func input(_ tensor: Tensor, type: TensorType? = nil) -> Value {
    let number = inputs.count
    inputs.append(tensor)
    let id = builder.graph.append(
      .parameter, [], .parameter(number), types: [type ?? tensor.type], site: .none)
    let value = builder.graph[id].result
    builder.graph.parameters.append(Parameter(name: "x\(number)", site: .none, value: value))
    return value
  }

  /// The tensors of some values.
  func run(_ values: [Value], sizes: [String: Int] = [:]) throws -> [Tensor] {
    var graph = builder.graph
    try graph.verify()
    graph.outputs = values.map { Output(name: "y", value: $0, site: .none) }
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    return try evaluator.run(inputs)
  }

  /// The context of a rule for a node that is applied to values.
  func context(of value: Value) -> DerivativeContext {
    let node = builder.graph.node(of: value)
    return DerivativeContext(
      operation: node.operation, operands: node.operands, results: node.results,
      attributes: node.attributes, regions: node.regions)
  }
}

/// A tensor of `f64`.
func f64(_ shape: [Int], _ values: [Double]) -> Tensor { Tensor(.f64, shape, floats: values) }

/// Numbers that are the same on every run: SplitMix64 (Steele, Lea and Flood 2014).
struct Numbers {
  /// What the next number follows from.
  var state: UInt64

  /// A number from 0 up to 1.
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  /// A tensor with elements of a domain.
  mutating func tensor(_ shape: [Int], _ domain: Sample.Domain) -> Tensor {
    let count = shape.reduce(1, *)
    switch domain {
    case .interval(let low, let high):
      return f64(shape, (0..<count).map { _ in low + (high - low) * next() })
    case .awayFromZero(let low, let high):
      return f64(
        shape,
        (0..<count).map { _ in (low + (high - low) * next()) * (next() < 0.5 ? -1 : 1) })
    case .matrices:
      var numbers = (0..<count).map { _ in 2 * next() - 1 }
      domain.addStripe(to: &numbers, shape)
      return f64(shape, numbers)
    case .integers(let low, let high):
      return Tensor(
        .i64, shape,
        integers: (0..<count).map { _ in Int64(low) + Int64(next() * Double(high - low + 1)) })
    case .booleans:
      return Tensor(.bool, shape, integers: (0..<count).map { _ in next() < 0.5 ? 0 : 1 })
    }
  }
}

extension Tensor {
  /// The largest difference from another tensor in units of the last place of its numbers; infinite
  /// where shape, type, sign of an infinity or NaN differ.
  func ulps(from expected: Tensor) -> Double {
    guard dtype == expected.dtype, shape == expected.shape else { return .infinity }
    guard case .floats(let values) = elements, case .floats(let others) = expected.elements else {
      return elements == expected.elements ? 0 : .infinity
    }
    return zip(values, others).map { value, other in
      if value == other || value.isNaN && other.isNaN { return 0 }
      guard value.isFinite, other.isFinite else { return .infinity }
      return (value - other).magnitude / other.ulp
    }.max() ?? 0
  }
}

extension Bench {
  /// The values in a graph where what is made of other operations is replaced by them.
  mutating func expanded(_ values: [Value]) -> [Value] {
    var values = values
    while builder.graph.nodes.contains(where: { $0.operation.expansion != nil }) {
      let source = builder.graph
      var copies: [Value] = []
      builder = Builder(graph: Graph(name: source.name))
      for node in source.nodes {
        copies += copy(node, from: source, operands: node.operands.map { copies[Int($0.index)] })
      }
      builder.graph.parameters = source.parameters
      for (number, parameter) in source.parameters.enumerated() {
        builder.graph.parameters[number].value = copies[Int(parameter.value.index)]
      }
      values = values.map { copies[Int($0.index)] }
    }
    return values
  }

  /// A node, or its expansion, on other operands.
  private mutating func copy(_ node: Node, from source: Graph, operands: [Value]) -> [Value] {
    if let rule = node.operation.expansion {
      let context = DerivativeContext(
        operation: node.operation, operands: operands, results: [], attributes: node.attributes,
        regions: node.regions)
      return rule(&builder, context)
    }
    let id = builder.graph.append(
      node.operation, operands, node.attributes, types: node.results.map { source.type($0) },
      site: node.site)
    return builder.graph[id].results
  }
}

extension Operation {
  /// The rule for the operations that it is made of.
  fileprivate var expansion: (@Sendable (inout Builder, DerivativeContext) -> [Value])? {
    if case .expansion(let rule) = kernel { rule } else { nil }
  }
}
