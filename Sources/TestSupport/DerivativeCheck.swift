import Autodiff
package import GraphIR
import Ops
import Support

/// What numbers say about the derivatives of a graph.
package struct DerivativeErrors: Sendable {
  /// Whether the function is smooth around the point, as differences of two widths tell; else they
  /// prove nothing, and `first` and `second` are 0.
  package var isSmooth = true
  /// Forward mode against central differences.
  package var first = 0.0
  /// `⟨J t, c⟩` against `⟨t, Jᵀ c⟩`.
  package var transpose = 0.0
  /// `∂/∂x cᵀ J t` along a direction, forward over reverse, against central differences.
  package var second = 0.0
  /// The same, reverse over reverse, reverse over forward, and as `hvp`, against each other.
  package var orders = 0.0

  package init() {}

  package var worst: Double { max(first, transpose, second, orders) }

  /// The worse of each.
  package mutating func formMaximum(_ other: DerivativeErrors) {
    isSmooth = isSmooth && other.isSmooth
    first = max(first, other.first)
    transpose = max(transpose, other.transpose)
    second = max(second, other.second)
    orders = max(orders, other.orders)
  }
}

/// Checks the derivatives of a graph's first output by its floating parameters, at a point.
package struct DerivativeCheck {
  /// The graph with its derivatives; its parameters are those of the primal, then `t`, `u` and `c`.
  package let graph: Graph
  private let primal: Graph
  private let sizes: [String: Int]
  private let inputs: [Tensor]
  private let directions: [Tensor]
  private let otherDirections: [Tensor]
  private let cotangent: Tensor
  /// Which inputs are floats.
  private let moved: [Int]

  /// - Requires: The first output and some parameter are floats.
  package init(
    _ primal: Graph, _ inputs: [Tensor], sizes: [String: Int] = [:], random: inout RandomSource
  ) throws {
    self.primal = primal
    self.inputs = inputs
    self.sizes = sizes
    moved = inputs.indices.filter { inputs[$0].dtype.isFloat }
    directions = moved.map { random.tensor(inputs[$0].dtype, inputs[$0].shape) }
    otherDirections = moved.map { random.tensor(inputs[$0].dtype, inputs[$0].shape) }
    let type = primal.type(primal.outputs[0].value)
    let shape = type.shape.map { $0.evaluate(sizes) ?? 0 }
    cotangent = random.tensor(type.dtype, shape)
    graph = try Differentiate.run(DerivativeCheck.requests(primal, moved))
    try graph.verify()
  }

  /// The primal with requests; the outputs are `jvp`, `s`, `along`, then `vjp`, `rr`, `rf` and
  /// `hvp` for each moved parameter.
  private static func requests(_ primal: Graph, _ moved: [Int]) -> Graph {
    var graph = primal
    let y = primal.outputs[0].value
    let x = moved.map { primal.parameters[$0].value }
    let t = x.indices.map { graph.addParameter("t\($0)", graph.type(x[$0])) }
    let u = x.indices.map { graph.addParameter("u\($0)", graph.type(x[$0])) }
    let c = graph.addParameter("c", graph.type(y))
    graph.outputs = []
    var b = Builder(graph: graph)
    func ask(
      _ b: inout Builder, _ form: DerivativeRequest.Form, _ y: Value, along: [Value] = []
    ) -> [Value] {
      b.derivative(form, of: y, wrt: x, along: along, zeroWhereDisconnected: true)
    }
    let jvp = ask(&b, .jvp, y, along: t)[0]
    let vjp = ask(&b, .vjp, y, along: [c])
    let products = zip(vjp, t).map { b.convert(b.inner($0, $1), to: b.dtype(vjp[0])) }
    let s = products.dropFirst().reduce(products[0]) { b.add($0, $1) }
    let rr = ask(&b, .grad, s)
    let rf = ask(&b, .grad, b.inner(jvp, c))
    let along = ask(&b, .jvp, s, along: u)[0]
    let hvp = ask(&b, .hvp, b.inner(y, c), along: t)
    for value in [jvp, s, along] + vjp + rr + rf + hvp { b.graph.addOutput("r", value) }
    return b.graph
  }

  /// The outputs of the graph with derivatives at a point.
  private func evaluate(_ moved: [Tensor]) throws(EvaluationError) -> [Tensor] {
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    return try evaluator.run(
      point(moved) + directions + otherDirections + [cotangent])
  }

  /// All inputs, those that are floats replaced.
  private func point(_ floats: [Tensor]) -> [Tensor] {
    var point = inputs
    for (index, tensor) in zip(moved, floats) { point[index] = tensor }
    return point
  }

  /// The values of all derivatives, for comparison with another check of the same shape.
  package func values() throws -> [Tensor] { try evaluate(moved.map { inputs[$0] }) }

  /// Compares derivatives with differences and with each other.
  package func errors() throws -> DerivativeErrors {
    let x = moved.map { inputs[$0] }
    let values = try evaluate(x)
    let groups = (0..<4).map { group in x.indices.map { values[3 + group * x.count + $0] } }
    let (vjp, rr, rf, hvp) = (groups[0], groups[1], groups[2], groups[3])
    var errors = DerivativeErrors()
    let slopes = try differences(along: directions) { moved throws(EvaluationError) in
      var evaluator = Evaluator(graph: primal, sizes: sizes)
      return try evaluator.run(point(moved))[0].doubles
    }
    let bends = try differences(along: otherDirections) { moved throws(EvaluationError) in
      try evaluate(moved)[1].doubles
    }
    if let slopes, let bends {
      errors.first = Tensor.difference(values[0].doubles, slopes)
      errors.second = Tensor.difference(values[2].doubles, bends)
    } else {
      errors.isSmooth = false
    }
    errors.transpose = Tensor.difference(
      [values[0].dot(cotangent)], [total(vjp, directions)])
    errors.orders = Tensor.difference(values[2].doubles, [total(rr, otherDirections)])
    for index in x.indices {
      errors.orders = max(
        errors.orders, rr[index].difference(from: rf[index]),
        rr[index].difference(from: hvp[index]))
    }
    return errors
  }

  /// Differences at the point; nil where a narrower step gives others.
  private func differences(
    along direction: [Tensor], of function: ([Tensor]) throws(EvaluationError) -> [Double]
  ) throws(EvaluationError) -> [Double]? {
    let x = moved.map { inputs[$0] }
    let wide = try FiniteDifferences.along(direction, at: x, of: function)
    let narrow = try FiniteDifferences.along(direction, at: x, step: 3e-4, of: function)
    return Tensor.difference(wide, narrow) < 1e-9 ? wide : nil
  }

  private func total(_ a: [Tensor], _ b: [Tensor]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0.dot($1.1) }
  }
}
