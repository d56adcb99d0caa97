import GraphIR
import Ops
import Support

/// A forward sweep under way.
private struct ForwardSweep {
  let request: Request
  var span: Span
  /// The tangents so far; a value without one does not change.
  var tangents: [Value: Value] = [:]
}

extension Differentiator {
  /// The tangents of the targets along the request's directions; nil where one does not change.
  mutating func forward(
    to targets: [Value], _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value?] {
    var sweep = ForwardSweep(request: request, span: span)
    sweep.tangents.reserveCapacity(span.nodes.count + 1)
    for (wrt, direction) in zip(request.wrt, request.along) where span.contains(wrt) {
      contribute(direction, to: wrt, &sweep)
    }
    for id in span.nodes { try push(id, &sweep) }
    return targets.map { sweep.tangents[$0] }
  }

  /// Gives the results of a node their tangents.
  private mutating func push(_ id: NodeID, _ sweep: inout ForwardSweep) throws(Diagnostic) {
    let node = builder.graph[id]
    let tangents = node.operands.map { sweep.tangents[$0] }
    guard tangents.contains(where: { $0 != nil }) else { return }
    builder.site = node.site
    let results: [Value?]
    switch node.operation.derivative {
    case .zero:
      return
    case .refused(let reason):
      throw Refusal.noDerivative(node, reason, sweep.request)
    case .reverseOnly(let reason, _):
      throw Refusal.noForwardMode(node, reason, sweep.request)
    case .pointwise(let partials):
      results = [push(node, tangents, through: partials)]
    case .linear(let linear, _, _):
      results = push(node, tangents, linearIn: linear)
    case .bilinear:
      results = [push(node, bilinearIn: tangents)]
    case .picking(let rule):
      results = [push(node, tangents[0], picking: rule)]
    case .custom(let jvp, _):
      results = jvp(&builder, context(of: node), tangents)
    case .regions:
      results = try pushThroughRegions(node, tangents, sweep.request)
    case .byExpansion:
      try pushThroughExpansion(node, &sweep)
      return
    }
    for (value, tangent) in zip(node.results, results) where sweep.span.contains(value) {
      guard let tangent else { continue }
      precondition(
        builder.type(tangent) == builder.type(value),
        "the tangent of '\(node.operation.name)' has another type")
      contribute(tangent, to: value, &sweep)
    }
  }

  /// The tangent of an elementwise node.
  private mutating func push(
    _ node: Node, _ tangents: [Value?], through partials: [Partial]
  ) -> Value? {
    let context = context(of: node)
    var sum: Value?
    for (partial, tangent) in zip(partials, tangents) {
      guard let tangent, case .factors(let factors) = partial else { continue }
      let share = builder.apply(factors(&builder, context), toTangent: tangent)
      sum = sum.map { builder.add($0, share) } ?? share
    }
    return sum.map { builder.broadcast($0, to: builder.shape(node.result)) }
  }

  /// The tangents of a linear node: itself, applied to the tangents.
  private mutating func push(
    _ node: Node, _ tangents: [Value?], linearIn linear: LinearOperands
  ) -> [Value?] {
    let changes = tangents.indices.contains { tangents[$0] != nil && linear.contains($0) }
    guard changes else { return [] }
    let operands = node.operands.enumerated().map { index, operand in
      linear.contains(index)
        ? tangents[index] ?? builder.zeros(builder.type(operand)) : operand
    }
    return apply(node, to: operands)
  }

  /// The tangent of a bilinear node, by the product rule.
  private mutating func push(_ node: Node, bilinearIn tangents: [Value?]) -> Value? {
    var sum: Value?
    for (index, tangent) in tangents.enumerated() {
      guard let tangent else { continue }
      var operands = node.operands
      operands[index] = tangent
      let share = apply(node, to: operands)[0]
      sum = sum.map { builder.add($0, share) } ?? share
    }
    return sum
  }

  /// The tangent of a reduction that picks elements: the sum of theirs.
  private mutating func push(
    _ node: Node, _ tangent: Value?, picking rule: (inout Builder, DerivativeContext) -> Value
  ) -> Value? {
    guard let tangent else { return nil }
    let picked = rule(&builder, context(of: node))
    return builder.emit(.sum, [builder.masked(tangent, by: picked)], node.attributes)
  }

  /// The node's operation on other operands of the same types.
  private mutating func apply(_ node: Node, to operands: [Value]) -> [Value] {
    let types = node.results.map { builder.type($0) }
    let id = builder.graph.append(
      node.operation, operands, node.attributes, types: types, regions: node.regions,
      site: node.site)
    return builder.graph[id].results
  }

  /// Pushes through the nodes of a node's expansion, which come from here on in its place.
  private mutating func pushThroughExpansion(
    _ node: Node, _ sweep: inout ForwardSweep
  ) throws(Diagnostic) {
    let (results, range) = expansion(of: node)
    for id in sweep.span.extend(over: range, in: builder.graph) { try push(id, &sweep) }
    for (value, result) in zip(node.results, results) where sweep.span.contains(value) {
      if let tangent = sweep.tangents[result] { contribute(tangent, to: value, &sweep) }
    }
  }

  /// Adds to the tangent of a value: one that is a `wrt` may change by itself and with others.
  private mutating func contribute(
    _ tangent: Value, to value: Value, _ sweep: inout ForwardSweep
  ) {
    if let known = sweep.tangents[value] {
      sweep.tangents[value] = builder.add(known, tangent)
    } else {
      sweep.tangents[value] = tangent
    }
  }
}
