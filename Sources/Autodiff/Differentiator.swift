import GraphIR
import Ops
import Support

/// A graph that grows by the derivatives of its values.
struct Differentiator {
  var builder: Builder
  /// What each derivative in the graph is a derivative of: it depends on whatever that depends on.
  var primals: [Value: Value] = [:]
  /// Values that some request names. To rules they are not results: a rule that spells a derivative
  /// by the result of its node gets another copy of that node, lest a later derivative by the named
  /// value take the spelling for a dependence.
  var named: Set<Value> = []

  /// Values that a loop keeps of each turn.
  var kept: Set<Value> = []

  init(_ builder: Builder) { self.builder = builder }

  /// Appends the nodes of a derivative; gives the results of the request.
  mutating func expand(_ request: Request) throws(Diagnostic) -> [Value] {
    let first = builder.graph.values.count
    builder.site = request.site
    let span = span(to: [request.primal], request)
    try requireDependence(request, span)
    var derivatives: [Value]
    switch request.form {
    case .grad, .valueAndGrad, .vjp:
      derivatives = try gradients(request, span)
    case .jvp:
      derivatives = try tangents(of: [request.primal], request, span)
    case .hvp:
      let gradients = try gradients(request, span)
      derivatives = try tangents(of: gradients, request, self.span(to: gradients, request))
    case .jacobian:
      derivatives = try jacobians(of: request.primal, request, span)
    case .hessian:
      derivatives = try hessians(request, span)
    }
    for index in derivatives.indices {
      // What is noted of a derivative must not be noted of a value that others use.
      if Int(derivatives[index].index) < first {
        derivatives[index] = builder.emit(.copy, [derivatives[index]])
      }
      primals[derivatives[index]] = request.primal
    }
    return request.form == .valueAndGrad ? [request.primal] + derivatives : derivatives
  }

  /// What lies between a request's `wrt` and some values.
  private func span(to targets: [Value], _ request: Request) -> Span {
    Span(
      from: request.wrt, to: targets, constants: request.constants, primals: primals,
      in: builder.graph)
  }

  /// Refuses a derivative by what the primal does not depend on.
  private func requireDependence(_ request: Request, _ span: Span) throws(Diagnostic) {
    if request.zeroWhereDisconnected { return }
    for (index, wrt) in request.wrt.enumerated() where !span.isReached[index] {
      throw Refusal.disconnected(request, wrt: wrt, at: index, in: builder.graph)
    }
  }

  /// The derivatives of the primal by each `wrt` in reverse mode.
  mutating func gradients(_ request: Request, _ span: Span) throws(Diagnostic) -> [Value] {
    let seed: Value
    if request.form == .vjp {
      seed = request.along[0]
    } else {
      let one = builder.literal(1.0, like: request.primal)
      seed = builder.fill(request.primal, with: one)
    }
    let cotangents = try reverse(from: [(request.primal, seed)], request, span)
    builder.site = request.site
    return zip(request.wrt, cotangents).map { wrt, cotangent in
      cotangent ?? builder.zeros(builder.type(wrt))
    }
  }

  /// The derivatives of the targets along the request's directions in forward mode.
  private mutating func tangents(
    of targets: [Value], _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value] {
    let tangents = try forward(to: targets, request, span)
    builder.site = request.site
    return zip(targets, tangents).map { target, tangent in
      tangent ?? builder.zeros(builder.type(target))
    }
  }

  /// What a rule sees of a node.
  mutating func context(of node: Node) -> DerivativeContext {
    var results = node.results
    if results.contains(where: named.contains) {
      let types = results.map { builder.type($0) }
      let id = builder.graph.append(
        node.operation, node.operands, node.attributes, types: types, regions: node.regions,
        site: node.site)
      results = builder.graph[id].results
    }
    var context = DerivativeContext(
      operation: node.operation, operands: node.operands, results: results,
      attributes: node.attributes, regions: node.regions)
    context.isResultKept = results.contains(where: kept.contains)
    return context
  }

  /// Appends the expansion of a node into others; gives its results and the new nodes' range.
  mutating func expansion(of node: Node) -> (results: [Value], nodes: Range<Int>) {
    guard case .expansion(let expand) = node.operation.kernel else {
      preconditionFailure("'\(node.operation.name)' has no expansion to differentiate")
    }
    let context = context(of: node)
    let start = builder.graph.nodes.count
    let results = expand(&builder, context)
    return (results, start..<builder.graph.nodes.count)
  }
}
