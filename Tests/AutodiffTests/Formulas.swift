import Autodiff
import GraphIR
import Ops
import Support
import TestSupport

/// A graph under construction, with what tests want to know of it.
struct Formula {
  var b: Builder
  private var inputs: [Tensor] = []

  init(_ name: String = "f") { b = Builder(graph: Graph(name: name)) }

  /// Adds a scalar parameter with its value.
  mutating func scalar(_ name: String, _ value: Double, _ dtype: DType = .f64) -> Value {
    inputs.append(Tensor(dtype, [], floats: [value]))
    return b.graph.addParameter(name, TensorType(dtype))
  }

  /// Adds a vector parameter with its values.
  mutating func vector(_ name: String, _ values: [Double], _ dtype: DType = .f64) -> Value {
    inputs.append(Tensor(dtype, [values.count], floats: values))
    return b.graph.addParameter(name, TensorType(dtype, [Dim(values.count)]))
  }

  /// Adds a tensor parameter with its values.
  mutating func tensor(_ name: String, _ tensor: Tensor) -> Value {
    inputs.append(tensor)
    return b.graph.addParameter(name, tensor.type)
  }

  /// A scalar constant of f64.
  mutating func constant(_ value: Double) -> Value { b.literal(.float(value), .f64) }

  /// The graph with its requests expanded, whose results are these values.
  func differentiated(_ results: [Value]) throws -> Graph {
    var graph = b.graph
    for (index, value) in results.enumerated() { graph.addOutput("r\(index)", value) }
    let result = try Differentiate.run(graph)
    try result.verify()
    return result
  }

  /// The numbers of the results.
  func values(_ results: Value...) throws -> [[Double]] {
    var evaluator = Evaluator(graph: try differentiated(results), sizes: [:])
    return try evaluator.run(inputs).map(\.doubles)
  }

  /// The formula of a result.
  func text(_ result: Value) throws -> String {
    let graph = try differentiated([result])
    return PrettyPrinter.text(of: graph.outputs[0].value, in: graph)
  }

  /// The diagnostic that differentiation ends with.
  func refusal() -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try Differentiate.run(b.graph)
      return nil
    } catch {
      return error
    }
  }
}
