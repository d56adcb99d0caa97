import GraphIR
import Ops
import Support

/// A forward sweep under way.
private struct ForwardSweep {
  let request: Request
  var span: Span
  /// The tangents so far; a value without one does not change.
  var tangents: [Value: Tangent] = [:]
}

extension Differentiator {
  /// The tangents of the targets along the request's directions; nil where one does not change.
  mutating func forward(
    to targets: [Value], _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value?] {
    try forward(to: targets, along: request.along.map { Tangent(value: $0) }, request, span)
  }

  /// The same along directions of which the place is known.
  mutating func forward(
    to targets: [Value], along directions: [Tangent], _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value?] {
    var sweep = ForwardSweep(request: request, span: span)
    sweep.tangents.reserveCapacity(span.nodes.count + 1)
    for (wrt, direction) in zip(request.wrt, directions) where span.contains(wrt) {
      contribute(direction, to: wrt, &sweep)
    }
    for id in span.nodes { try push(id, &sweep) }
    return targets.map { target in sweep.tangents[target].map { builder.whole($0) } }
  }

  /// Gives the results of a node their tangents.
  private mutating func push(_ id: NodeID, _ sweep: inout ForwardSweep) throws(Diagnostic) {
    let node = builder.graph[id]
    let tangents = node.operands.map { sweep.tangents[$0] }
    guard tangents.contains(where: { $0 != nil }) else { return }
    builder.site = node.site
    let results: [Tangent?]
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
      results = [push(node, whole(tangents)[0], picking: rule).map { Tangent(value: $0) }]
    case .custom(let jvp, _):
      results = jvp(&builder, context(of: node), whole(tangents))
        .map { $0.map { Tangent(value: $0) } }
    case .regions:
      results = try pushThroughRegions(node, whole(tangents), sweep.request)
        .map { $0.map { Tangent(value: $0) } }
    case .byExpansion:
      try pushThroughExpansion(node, &sweep)
      return
    }
    for (value, tangent) in zip(node.results, results) where sweep.span.contains(value) {
      guard let tangent else { continue }
      let type = builder.type(value)
      precondition(
        builder.type(tangent.value)
          == TensorType(type.dtype, tangent.place?.partShape ?? type.shape),
        "the tangent of '\(node.operation.name)' has another type")
      contribute(tangent, to: value, &sweep)
    }
  }

  /// The tensors of tangents.
  private mutating func whole(_ tangents: [Tangent?]) -> [Value?] {
    tangents.map { $0.map { builder.whole($0) } }
  }

  /// The sum of two tangents of one value; those of one place stay there.
  private mutating func sum(_ a: Tangent?, _ b: Tangent) -> Tangent {
    guard let a else { return b }
    if a.place == b.place { return Tangent(value: builder.add(a.value, b.value), place: a.place) }
    return Tangent(value: builder.add(builder.whole(a), builder.whole(b)))
  }

  /// What of a node the tangent of an operand concerns, with the tangent there.
  private mutating func restricted(
    _ node: Node, _ context: DerivativeContext, _ index: Int, _ tangent: Tangent
  ) -> (part: Restriction, tangent: Value) {
    if let place = tangent.place,
      let restriction = restriction(of: node, toOperand: index, place)
    {
      return (restriction, tangent.value)
    }
    return (Restriction(context), builder.whole(tangent))
  }

  /// The tangent of the result from that of what computes it.
  private mutating func settled(_ value: Value, _ restriction: Restriction) -> Tangent {
    let (part, place) = builder.settled(value, restriction.resultPlace)
    return Tangent(value: part, place: place)
  }

  /// The tangent of an elementwise node.
  private mutating func push(
    _ node: Node, _ tangents: [Tangent?], through partials: [Partial]
  ) -> Tangent? {
    let context = context(of: node)
    var total: Tangent?
    for (index, partial) in partials.enumerated() {
      guard let tangent = tangents[index], case .factors(let factors) = partial else { continue }
      let (part, direction) = restricted(node, context, index, tangent)
      let share = builder.apply(factors(&builder, part.context), toTangent: direction)
      let shape = part.resultPlace?.partShape ?? builder.shape(node.result)
      total = sum(total, settled(builder.broadcast(share, to: shape), part))
    }
    return total
  }

  /// The tangents of a linear node: itself, applied to the tangents.
  private mutating func push(
    _ node: Node, _ tangents: [Tangent?], linearIn linear: LinearOperands
  ) -> [Tangent?] {
    let moving = tangents.indices.filter { tangents[$0] != nil && linear.contains($0) }
    if moving.count == 1, let tangent = tangents[moving[0]], let place = tangent.place {
      if let target = builder.target(of: place, ofOperand: moving[0], in: node) {
        let part = builder.reshape(tangent.value, to: target.partShape)
        return [Tangent(value: part, place: target.indices.isEmpty ? nil : target)]
      }
      let isAlone = node.operands.indices.allSatisfy { $0 == moving[0] || !linear.contains($0) }
      if isAlone, let part = restriction(of: node, toOperand: moving[0], place) {
        return [settled(apply(node, part, with: tangent.value, as: moving[0]), part)]
      }
    }
    if moving.isEmpty { return [] }
    let operands = node.operands.enumerated().map { index, operand in
      guard linear.contains(index) else { return operand }
      return tangents[index].map { builder.whole($0) } ?? builder.zeros(builder.type(operand))
    }
    return apply(node, to: operands).map { Tangent(value: $0) }
  }

  /// The tangent of a bilinear node, by the product rule.
  private mutating func push(_ node: Node, bilinearIn tangents: [Tangent?]) -> Tangent? {
    var total: Tangent?
    for (index, tangent) in tangents.enumerated() {
      guard let tangent else { continue }
      let share: Tangent
      if let place = tangent.place, let part = restriction(of: node, toOperand: index, place) {
        share = settled(apply(node, part, with: tangent.value, as: index), part)
      } else {
        var operands = node.operands
        operands[index] = builder.whole(tangent)
        share = Tangent(value: apply(node, to: operands)[0])
      }
      total = sum(total, share)
    }
    return total
  }

  /// A part of a node with another operand.
  private mutating func apply(
    _ node: Node, _ part: Restriction, with operand: Value, as index: Int
  ) -> Value {
    var operands = part.context.operands
    operands[index] = operand
    return builder.emit(node.operation, operands, part.context.attributes)
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
    _ tangent: Tangent, to value: Value, _ sweep: inout ForwardSweep
  ) {
    sweep.tangents[value] = sum(sweep.tangents[value], tangent)
  }
}
