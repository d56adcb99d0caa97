import Autodiff
import GraphIR
import Ops
import Rewrites
import Support

/// A form with what its comparison needs, differentiated and evaluated at a point.
struct FormProbe {
  let form: Form
  /// The differentiated graph at the point.
  let point: Evaluator
  /// Values of the evaluated graph by their roles.
  let primal: Value
  let wrt: [Value]
  let constants: [Value]
  /// The gradients that the form differentiates again; empty for a form of first order.
  let gradients: [Value]
  let along: [Tensor]
  let derivatives: [Tensor]
  /// Directions of the `wrt`, two for each, and a cotangent of the primal.
  let directions: [Tensor]
  let otherDirections: [Tensor]
  let cotangent: Tensor
  /// The same derivative the other way round, for the identity: `J t` for each `wrt`, or `Jᵀ c`, or
  /// the `hvp` along the other directions; nil where that is refused.
  let opposite: [Tensor]?

  /// - Parameters:
  ///   - graph: the checked graph, with floats that are all `f64`.
  ///   - inputs: its parameters.
  init(
    _ form: Form, in graph: Graph, _ inputs: [Tensor], sizes: [String: Int],
    random: inout RandomSource
  ) throws {
    self.form = form
    func draw(_ value: Value) -> Tensor {
      let shape = graph.type(value).shape.map { $0.evaluate(sizes) ?? 0 }
      return random.tensor(.f64, shape)
    }
    directions = form.wrt.map(draw)
    otherDirections = form.wrt.map(draw)
    cotangent = draw(form.primal)
    let drawn = directions + otherDirections + [cotangent]
    var request = ProbeRequest(form, in: graph, withOpposite: true)
    let differentiated: Graph
    if let both = try? Differentiate.run(request.graph) {
      differentiated = both
    } else {
      request = ProbeRequest(form, in: graph, withOpposite: false)
      differentiated = try Differentiate.run(request.graph)
    }
    var evaluator = Evaluator(
      graph: DeadCode.removed(from: differentiated), sizes: sizes)
    let tensors = try evaluator.run(inputs + drawn)
    let values = evaluator.graph.outputs.map(\.value)
    point = evaluator
    primal = values[0]
    wrt = Array(values[request.wrt])
    constants = Array(values[request.constants])
    gradients = Array(values[request.gradients])
    along = Array(tensors[request.along])
    derivatives = Array(tensors[request.derivatives])
    opposite = request.opposite.map { Array(tensors[$0]) }
  }

  /// What differences are taken of.
  var targets: [Value] { form.isSecondOrder ? gradients : [primal] }
}

/// A graph that asks for a form and for what it is compared with; its outputs by their roles.
private struct ProbeRequest {
  private(set) var graph: Graph
  private(set) var wrt = 0..<0
  private(set) var along = 0..<0
  private(set) var constants = 0..<0
  private(set) var derivatives = 0..<0
  private(set) var gradients = 0..<0
  private(set) var opposite: Range<Int>?

  init(_ form: Form, in source: Graph, withOpposite: Bool) {
    graph = source
    graph.outputs = []
    graph.updates = []
    graph.assertions = []
    func parameters(_ name: String, like values: [Value]) -> [Value] {
      values.enumerated().map { number, value in
        graph.addParameter("\(name)\(number)", source.type(value))
      }
    }
    let t = parameters("t", like: form.wrt)
    let u = parameters("u", like: form.wrt)
    let c = parameters("c", like: [form.primal])
    _ = add([form.primal])
    wrt = add(form.wrt)
    along = add(form.along)
    constants = add(form.constants)
    derivatives = add(form.derivatives)
    if form.isSecondOrder { gradients = add(ask(.grad, form, by: form.wrt)) }
    if withOpposite { opposite = add(opposites(form, t, u, c)) }
  }

  /// Adds outputs; gives their places.
  private mutating func add(_ values: [Value]) -> Range<Int> {
    let start = graph.outputs.count
    for value in values { graph.addOutput("r", value) }
    return start..<graph.outputs.count
  }

  /// Asks for another derivative of the same primal.
  private mutating func ask(
    _ kind: DerivativeRequest.Form, _ form: Form, by wrt: [Value], along: [Value] = []
  ) -> [Value] {
    var builder = Builder(graph: graph, site: form.site)
    defer { graph = builder.graph }
    return builder.derivative(
      kind, of: form.primal, wrt: wrt, along: along, constant: form.constants,
      zeroWhereDisconnected: true)
  }

  /// The form the other way round.
  private mutating func opposites(
    _ form: Form, _ t: [Value], _ u: [Value], _ c: [Value]
  ) -> [Value] {
    switch form.request.form {
    case .grad, .valueAndGrad, .vjp:
      zip(form.wrt, t).flatMap { ask(.jvp, form, by: [$0], along: [$1]) }
    case .jvp, .jacobian: ask(.vjp, form, by: form.wrt, along: c)
    case .hessian: []
    case .hvp: ask(.hvp, form, by: form.wrt, along: u)
    }
  }
}
