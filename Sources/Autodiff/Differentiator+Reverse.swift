import GraphIR
import Ops
import Support

/// A reverse sweep under way.
private struct ReverseSweep {
  let request: Request
  var span: Span
  /// What has flown back so far.
  var cotangents: [Value: Cotangent] = [:]
}

extension Differentiator {
  /// The cotangents of each `wrt` for those of some targets; nil where nothing flows back.
  ///
  /// Nodes are visited once each, from the targets backwards; contributions to a value are added in
  /// the order in which they arrive.
  mutating func reverse(
    from seeds: [(target: Value, cotangent: Value)], _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value?] {
    let placed = seeds.map { (target: $0, cotangent: Tangent(value: $1)) }
    return try reverse(fromPlaced: placed, request, span)
  }

  /// The same for cotangents of which the place is known.
  mutating func reverse(
    fromPlaced seeds: [(target: Value, cotangent: Tangent)], _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value?] {
    var sweep = ReverseSweep(request: request, span: span)
    sweep.cotangents.reserveCapacity(span.nodes.count + 1)
    for seed in seeds {
      let (value, place) = (seed.cotangent.value, seed.cotangent.place)
      contribute(Cotangent(value: value, mask: nil, place: place), to: seed.target, &sweep)
    }
    for id in span.nodes.reversed() { try pull(id, &sweep) }
    // The seed is no derivative by a target that `constant` names.
    return request.wrt.map { wrt in
      guard span.contains(wrt), let cotangent = sweep.cotangents[wrt] else { return nil }
      return builder.whole(cotangent.value, at: cotangent.place)
    }
  }

  /// Gives the operands of a node their share of its results' cotangents.
  private mutating func pull(_ id: NodeID, _ sweep: inout ReverseSweep) throws(Diagnostic) {
    let node = builder.graph[id]
    guard node.results.contains(where: { sweep.cotangents[$0] != nil }) else { return }
    builder.site = node.site
    if try move(node, &sweep) { return }
    let restriction = restriction(of: node, &sweep)
    var cotangents = node.results.map { sweep.cotangents[$0] }
    if restriction != nil { cotangents[0]?.place = nil }
    switch node.operation.derivative {
    case .zero:
      return
    case .refused(let reason):
      throw Refusal.noDerivative(node, reason, sweep.request)
    case .pointwise(let partials):
      guard let cotangent = cotangents[0] else { return }
      pull(node, restriction ?? whole(node), cotangent, through: partials, &sweep)
    case .linear(_, let leavesOut, let transpose):
      guard let cotangent = cotangents[0] else { return }
      pull(node, restriction ?? whole(node), cotangent, leavesOut: leavesOut, transpose, &sweep)
    case .bilinear(let left, let right):
      guard let cotangent = cotangents[0] else { return }
      pull(node, restriction ?? whole(node), cotangent, [left, right], &sweep)
    case .picking(let rule):
      guard let cotangent = cotangents[0] else { return }
      pull(node, cotangent, picking: rule, &sweep)
    case .custom(_, let vjp), .reverseOnly(_, let vjp):
      pull(node, cotangents, byHand: vjp, &sweep)
    case .regions:
      let span = sweep.span
      let values = try pullThroughRegions(
        node, cotangents.map { $0?.value }, sweep.request, isActive: { span.contains($0) })
      for (index, value) in values.enumerated() where span.contains(node.operands[index]) {
        if let value { contribute(Cotangent(value: value, mask: nil), to: node, index, &sweep) }
      }
    case .byExpansion:
      try pullThroughExpansion(node, cotangents, &sweep)
    }
  }

  /// Pulls through an elementwise node.
  private mutating func pull(
    _ node: Node, _ restriction: Restriction, _ cotangent: Cotangent,
    through partials: [Partial], _ sweep: inout ReverseSweep
  ) {
    let context = restriction.context
    for (index, partial) in partials.enumerated() {
      guard sweep.span.contains(node.operands[index]), case .factors(let factors) = partial else {
        continue
      }
      let whole = builder.apply(factors(&builder, context), to: cotangent)
      let share = builder.sum(whole, to: builder.shape(context.operands[index]))
      contribute(share, to: node, index, of: restriction, &sweep)
    }
  }

  /// Pulls through a linear node; the mask goes the same way as the cotangent.
  private mutating func pull(
    _ node: Node, _ restriction: Restriction, _ cotangent: Cotangent, leavesOut: Bool,
    _ transpose: (inout Builder, DerivativeContext, Value, Int) -> Value,
    _ sweep: inout ReverseSweep
  ) {
    let context = restriction.context
    let shape = builder.shape(cotangent.value)
    var mask = cotangent.mask
    if mask == nil, leavesOut { mask = builder.literal(.bool(true), .bool) }
    mask = mask.map { builder.broadcast($0, to: shape) }
    for index in node.operands.indices
    where sweep.span.contains(node.operands[index]) && node.carries(index, in: builder.graph) {
      let value = transpose(&builder, context, cotangent.value, index)
      let share = mask.map { transpose(&builder, context, $0, index) }
      contribute(Cotangent(value: value, mask: share), to: node, index, of: restriction, &sweep)
    }
  }

  /// Pulls through a bilinear node, which mixes elements: no mask comes out of it.
  private mutating func pull(
    _ node: Node, _ restriction: Restriction, _ cotangent: Cotangent,
    _ transposes: [(inout Builder, DerivativeContext, Value) -> Value],
    _ sweep: inout ReverseSweep
  ) {
    let context = restriction.context
    for (index, transpose) in transposes.enumerated()
    where sweep.span.contains(node.operands[index]) {
      let value = transpose(&builder, context, cotangent.value)
      contribute(Cotangent(value: value, mask: nil), to: node, index, of: restriction, &sweep)
    }
  }

  /// Pulls through a node whose rule is written by hand.
  private mutating func pull(
    _ node: Node, _ cotangents: [Cotangent?],
    byHand vjp: (inout Builder, DerivativeContext, [Value?]) -> [Value?],
    _ sweep: inout ReverseSweep
  ) {
    var context = context(of: node)
    context.masks = cotangents.map { $0?.mask }
    let mask = builder.mask(cotangents[0]?.mask, alongAxesOf: context)
    let values = vjp(&builder, context, cotangents.map { $0?.value })
    for (index, value) in values.enumerated() where sweep.span.contains(node.operands[index]) {
      guard let value else { continue }
      var share = builder.recognized(value)
      if let mask {
        share.value = builder.masked(share.value, by: mask)
        share.mask = builder.conjunction(mask, share.mask)
      }
      contribute(share, to: node, index, &sweep)
    }
  }

  /// Pulls through a reduction that picks elements: a mask begins there.
  private mutating func pull(
    _ node: Node, _ cotangent: Cotangent,
    picking rule: (inout Builder, DerivativeContext) -> Value, _ sweep: inout ReverseSweep
  ) {
    let context = context(of: node)
    let picked = rule(&builder, context)
    let outer = builder.mask(cotangent.mask, alongAxesOf: context)
    let value = builder.restoringAxes(cotangent.value, of: context)
    let share = Cotangent(
      value: builder.masked(value, by: picked), mask: builder.conjunction(outer, picked))
    contribute(share, to: node, 0, &sweep)
  }

  /// Pulls through the nodes of a node's expansion, which come from here on in its place.
  private mutating func pullThroughExpansion(
    _ node: Node, _ cotangents: [Cotangent?], _ sweep: inout ReverseSweep
  ) throws(Diagnostic) {
    let (results, range) = expansion(of: node)
    let carrying = sweep.span.extend(over: range, in: builder.graph)
    for (result, cotangent) in zip(results, cotangents) {
      if let cotangent { contribute(cotangent, to: result, &sweep) }
    }
    for id in carrying.reversed() { try pull(id, &sweep) }
  }

  /// Adds to the cotangent of an operand, of which the cotangent may be a part.
  private mutating func contribute(
    _ cotangent: Cotangent, to node: Node, _ index: Int, of restriction: Restriction,
    _ sweep: inout ReverseSweep
  ) {
    var share = cotangent
    if let mask = share.mask, restriction.operandPlaces[index] != nil {
      let whole = builder.broadcast(mask, to: builder.shape(share.value))
      share.mask = builder.settled(whole, restriction.operandPlaces[index]).part
    }
    (share.value, share.place) = builder.settled(share.value, restriction.operandPlaces[index])
    contribute(share, to: node, index, &sweep)
  }

  /// Adds to the cotangent of an operand.
  private mutating func contribute(
    _ cotangent: Cotangent, to node: Node, _ index: Int, _ sweep: inout ReverseSweep
  ) {
    let operand = node.operands[index]
    let type = builder.type(operand)
    precondition(
      builder.type(cotangent.value) == TensorType(type.dtype, cotangent.place?.partShape ?? type.shape),
      "the cotangent of operand \(index) of '\(node.operation.name)' has another type")
    contribute(cotangent, to: operand, &sweep)
  }

  /// Adds to the cotangent of a value.
  private mutating func contribute(
    _ cotangent: Cotangent, to value: Value, _ sweep: inout ReverseSweep
  ) {
    if let known = sweep.cotangents[value] {
      sweep.cotangents[value] = builder.sum(known, cotangent)
    } else {
      sweep.cotangents[value] = cotangent
    }
  }

  // MARK: Places

  /// What of a node the cotangent of its result concerns; where that is not known, or all, the
  /// cotangents of the results become whole.
  private mutating func restriction(of node: Node, _ sweep: inout ReverseSweep) -> Restriction? {
    if node.results.count == 1, let place = sweep.cotangents[node.result]?.place,
      let restriction = restriction(of: node, toResult: place)
    {
      return restriction
    }
    for value in node.results {
      if let cotangent = sweep.cotangents[value] {
        sweep.cotangents[value] = builder.whole(cotangent)
      }
    }
    return nil
  }

  /// Gives the only operand that an element of a result comes from the cotangent as it is; whether
  /// the node is one that moves elements so.
  private mutating func move(_ node: Node, _ sweep: inout ReverseSweep) throws(Diagnostic) -> Bool {
    guard node.results.count == 1, var cotangent = sweep.cotangents[node.result],
      let place = cotangent.place,
      let (number, source) = builder.source(of: place, in: node)
    else { return false }
    if sweep.span.contains(node.operands[number]) {
      cotangent.value = builder.reshape(cotangent.value, to: source.partShape)
      cotangent.mask = cotangent.mask.map { mask in
        builder.reshape(builder.broadcast(mask, to: place.partShape), to: source.partShape)
      }
      cotangent.place = source.indices.isEmpty ? nil : source
      contribute(cotangent, to: node, number, &sweep)
    }
    return true
  }
}
