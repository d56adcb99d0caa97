import GraphIR
import Ops
import Support

/// A form along a line, as two graphs to be compiled: what is differentiated as a function of one
/// number, and its slope at 0 as the form has it.
///
/// With directions `t` of what the form is taken by and weights `c` of what it differentiates:
/// `φ(s) = ⟨c, y(x + s t)⟩`, so that `φ'(0) = ⟨c, J t⟩ = ⟨Jᵀ c, t⟩`. For `hessian` and `hvp`, `y`
/// is the gradient.
struct LineForm {
  /// Gives `φ`; its last parameter is `s`.
  let function: Graph
  /// Gives `φ'(0)`; for each moved value the greatest element of it and of its direction; and
  /// `φ'(0)` the other way round, if that is to be had.
  let slopes: Graph
  /// How many values are moved.
  let movedCount: Int
  /// The types of the directions and weights, which both graphs take behind their own parameters.
  let drawn: [TensorType]

  /// The lines of a form: one for each `wrt`, or one for all where the form gives sums over them;
  /// nil where part of it lies in regions that differences must not follow.
  static func all(of form: Form, in graph: Graph, withOpposite: Bool) -> [LineForm]? {
    let groups: [[Int]]
    switch form.request.form {
    case .jvp, .hvp: groups = [Array(form.wrt.indices)]
    case .grad, .valueAndGrad, .vjp, .jacobian, .hessian: groups = form.wrt.indices.map { [$0] }
    }
    let lines = groups.compactMap { LineForm(form, by: $0, in: graph, withOpposite) }
    return lines.count == groups.count ? lines : nil
  }

  private init?(_ form: Form, by indices: [Int], in graph: Graph, _ withOpposite: Bool) {
    var frame = LineFrame(form, by: indices, in: graph)
    var slopes = frame
    guard frame.addFunction() else { return nil }
    slopes.addSlopes(withOpposite: withOpposite)
    function = frame.graph
    self.slopes = slopes.graph
    movedCount = indices.count
    drawn = frame.drawn
  }

  /// The name of the parameter that says how far to go, which no user's parameter has.
  static let step = "step."

  /// The name of a direction or weight.
  static func name(_ number: Int) -> String { "drawn.\(number)" }
}

/// A graph with the parameters of a line, to which outputs are added.
private struct LineFrame {
  private let form: Form
  private let indices: [Int]
  private var builder: Builder
  /// The directions of the values that are moved.
  private let directions: [Value]
  /// The weights of what is differentiated, for second order of the gradient by each `wrt`.
  private let weights: [Value]
  private let step: Value
  let drawn: [TensorType]

  var graph: Graph { builder.graph }

  init(_ form: Form, by indices: [Int], in source: Graph) {
    self.form = form
    self.indices = indices
    var graph = source
    graph.outputs = []
    graph.updates = []
    graph.assertions = []
    for index in graph.parameters.indices { graph.parameters[index].isInout = false }
    var drawn: [TensorType] = []
    func draw(_ value: Value) -> Value {
      drawn.append(source.type(value))
      return graph.addParameter(LineForm.name(drawn.count - 1), source.type(value))
    }
    switch form.request.form {
    case .grad, .valueAndGrad:
      (directions, weights) = (indices.map { draw(form.wrt[$0]) }, [])
    case .vjp: (directions, weights) = (indices.map { draw(form.wrt[$0]) }, form.along)
    case .jvp: (directions, weights) = (form.along, [draw(form.primal)])
    case .jacobian:
      (directions, weights) = (indices.map { draw(form.wrt[$0]) }, [draw(form.primal)])
    case .hessian:
      directions = indices.map { draw(form.wrt[$0]) }
      weights = indices.map { draw(form.wrt[$0]) }
    case .hvp: (directions, weights) = (form.along, form.wrt.map { draw($0) })
    }
    step = graph.addParameter(LineForm.step, TensorType(.f64))
    self.drawn = drawn
    builder = Builder(graph: graph, site: form.site)
  }

  // MARK: The function

  /// Adds `φ(s)`; false where that cannot be had.
  mutating func addFunction() -> Bool {
    guard let moved = moved() else { return false }
    func there(_ value: Value) -> Value { moved[value] ?? value }
    var targets = [there(form.primal)]
    if form.isSecondOrder {
      targets = builder.derivative(
        .grad, of: targets[0], wrt: indices.map { there(form.wrt[$0]) },
        constant: form.constants, zeroWhereDisconnected: true)
    }
    builder.graph.addOutput("value", product(targets, weights))
    return true
  }

  /// What the values that change along the line become; nil where a region hides operations whose
  /// derivative is not that of their value.
  private mutating func moved() -> [Value: Value]? {
    let source = builder.graph
    var values: [Value: Value] = [:]
    for node in source.nodes {
      if node.operands.contains(where: { values[$0] != nil }), node.operation != .stopGradient {
        guard !node.regions.contains(where: \.hasUntrueDerivatives) else { return nil }
        let operands = node.operands.map { values[$0] ?? $0 }
        let results =
          node.operation == .gradScale
          ? [scaled(operands[0], from: node.operands[0], by: operands[1])]
          : builder.append(node, of: source, on: operands, regions: node.regions)
        for (old, new) in zip(node.results, results) where !form.constants.contains(old) {
          values[old] = new
        }
      }
      for (index, direction) in zip(indices, directions)
      where node.results.contains(form.wrt[index]) && !form.constants.contains(form.wrt[index]) {
        let before = values[form.wrt[index]] ?? form.wrt[index]
        values[form.wrt[index]] = builder.add(before, builder.multiply(step, direction))
      }
    }
    return values
  }

  /// `x₀ + k (x − x₀)`, whose derivative is that of `grad_scale(x, k)`.
  private mutating func scaled(_ x: Value, from start: Value, by scale: Value) -> Value {
    builder.add(start, builder.multiply(scale, builder.subtract(x, start)))
  }

  // MARK: The slope

  /// Adds `φ'(0)`, and what tells how far differences may go.
  mutating func addSlopes(withOpposite: Bool) {
    builder.graph.addOutput("slope", slope())
    for (index, direction) in zip(indices, directions) {
      builder.graph.addOutput("size", greatest(form.wrt[index]))
      builder.graph.addOutput("length", greatest(direction))
    }
    if withOpposite { builder.graph.addOutput("opposite", opposite()) }
  }

  /// As the form gives it.
  private mutating func slope() -> Value {
    switch form.request.form {
    case .grad, .valueAndGrad, .vjp: product([form.derivatives[indices[0]]], directions)
    case .jvp, .hvp: product(form.derivatives, weights)
    case .jacobian, .hessian: bilinear(form.derivatives[indices[0]], directions[0], weights[0])
    }
  }

  /// As the other mode gives it; of a Hessian, as its transpose does.
  private mutating func opposite() -> Value {
    let moved = indices.map { form.wrt[$0] }
    switch form.request.form {
    case .grad, .valueAndGrad, .vjp:
      return product(ask(.jvp, by: moved, along: directions), weights)
    case .jvp, .jacobian:
      return product(ask(.vjp, by: moved, along: weights), directions)
    case .hessian: return bilinear(form.derivatives[indices[0]], weights[0], directions[0])
    case .hvp: return product(ask(.hvp, by: moved, along: weights), directions)
    }
  }

  private mutating func ask(
    _ kind: DerivativeRequest.Form, by wrt: [Value], along: [Value]
  ) -> [Value] {
    builder.derivative(
      kind, of: form.primal, wrt: wrt, along: along, constant: form.constants,
      zeroWhereDisconnected: true)
  }

  /// The sum of inner products; without weights the values are scalars that stand for themselves.
  private mutating func product(_ values: [Value], _ weights: [Value]) -> Value {
    if weights.isEmpty { return values[0] }
    var sum: Value?
    for (value, weight) in zip(values, weights) {
      let term = builder.inner(value, weight)
      sum = sum.map { builder.add($0, term) } ?? term
    }
    return sum ?? values[0]
  }

  /// `⟨w, m t⟩`, where the last axes of `m` are those of `t`.
  private mutating func bilinear(_ matrix: Value, _ t: Value, _ weights: Value) -> Value {
    let (rank, inner) = (builder.type(matrix).rank, builder.type(t).rank)
    let product =
      inner == 0
      ? builder.multiply(matrix, t)
      : builder.contract(
        matrix, t,
        Contraction(leftSummed: Array(rank - inner..<rank), rightSummed: Array(0..<inner)))
    return builder.inner(product, weights)
  }

  /// The greatest magnitude of an element.
  private mutating func greatest(_ value: Value) -> Value {
    let axes = Array(0..<builder.type(value).rank)
    let size = builder.abs(value)
    return axes.isEmpty ? size : builder.reduceMax(size, axes: axes)
  }
}

extension Graph {
  /// Whether differences would not give the derivatives of something in it.
  fileprivate var hasUntrueDerivatives: Bool { has(.stopGradient) || has(.gradScale) }
}
