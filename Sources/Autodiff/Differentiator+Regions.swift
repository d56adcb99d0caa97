import GraphIR
import Ops
import Support

extension Differentiator {
  /// The tangents of the results of a node with regions.
  mutating func pushThroughRegions(
    _ node: Node, _ tangents: [Value?], _ request: Request
  ) throws(Diagnostic) -> [Value?] {
    if case .call(let form) = node.attributes {
      return try pushCall(node, form, tangents, request)
    }
    if case .loop(let form) = node.attributes { return try pushLoop(node, form, tangents) }
    return try pushBranch(node, tangents)
  }

  /// The cotangents of the operands of a node with regions.
  mutating func pullThroughRegions(
    _ node: Node, _ cotangents: [Value?], _ request: Request, isActive: (Value) -> Bool
  ) throws(Diagnostic) -> [Value?] {
    if case .call(let form) = node.attributes {
      return try pullCall(node, form, cotangents, request)
    }
    let active = node.operands.map { builder.dtype($0).isFloat && isActive($0) }
    if case .loop(let form) = node.attributes {
      return try pullLoop(node, form, cotangents, active)
    }
    return try pullBranch(node, cotangents, active)
  }

  // MARK: Branches

  /// A branch on operands and their tangents, which gives the tangents.
  private mutating func pushBranch(
    _ node: Node, _ tangents: [Value?]
  ) throws(Diagnostic) -> [Value?] {
    let captures = Array(node.operands.dropFirst())
    let directions = Array(tangents.dropFirst())
    let types = captures.map { builder.type($0) }
    let active = directions.indices.filter { directions[$0] != nil }
    var regions: [Graph] = []
    for region in node.regions {
      var inner = RegionBuilder(site: node.site)
      let values = inner.parameters(types)
      let along = inner.parameters(active.map { types[$0] })
      let results = inner.builder.inline(region, values)
      let pushed = try inner.tangents(
        of: results, by: active.map { values[$0] }, along, site: node.site)
      let types = results.map { inner.builder.type($0) }
      let outputs = zip(pushed, types).map { $0 ?? inner.builder.zeros($1) }
      regions.append(inner.finish(outputs))
    }
    let results = builder.appendRegions(
      node.operation, [node.operands[0]] + captures + active.compactMap { directions[$0] }, .none,
      regions)
    return zip(node.results, results).map { builder.dtype($0).isFloat ? $1 : nil }
  }

  /// A branch on operands and the cotangents of the results, which gives those of the operands.
  private mutating func pullBranch(
    _ node: Node, _ cotangents: [Value?], _ active: [Bool]
  ) throws(Diagnostic) -> [Value?] {
    let captures = Array(node.operands.dropFirst())
    let types = captures.map { builder.type($0) }
    let wanted = captures.indices.filter { active[$0 + 1] }
    let seeded = cotangents.indices.filter { cotangents[$0] != nil }
    var regions: [Graph] = []
    for region in node.regions {
      var inner = RegionBuilder(site: node.site)
      let values = inner.parameters(types)
      let seeds = inner.parameters(seeded.map { builder.type(node.results[$0]) })
      let results = inner.builder.inline(region, values)
      let pulled = try inner.cotangents(
        by: wanted.map { values[$0] }, from: zip(seeded, seeds).map { (results[$0], $1) },
        site: node.site)
      let zeros = wanted.map { types[$0] }
      let outputs = zip(pulled, zeros).map { $0 ?? inner.builder.zeros($1) }
      regions.append(inner.finish(outputs))
    }
    let results = builder.appendRegions(
      node.operation, node.operands + seeded.compactMap { cotangents[$0] }, .none, regions)
    var derivatives = [Value?](repeating: nil, count: node.operands.count)
    for (capture, result) in zip(wanted, results) { derivatives[capture + 1] = result }
    return derivatives
  }
}

extension RegionBuilder {
  /// The tangents of values of the region along directions; nil where a value does not change.
  mutating func tangents(
    of targets: [Value], by wrt: [Value], _ along: [Value], site: Site
  ) throws(Diagnostic) -> [Value?] {
    let floats = targets.filter { builder.dtype($0).isFloat }
    let request = Request(within: .jvp, wrt: wrt, along: along, site: site)
    let span = Span(from: wrt, to: floats, constants: [], primals: [:], in: builder.graph)
    let tangents = try differentiator.forward(to: targets, request, span)
    return zip(targets, tangents).map { builder.dtype($0).isFloat ? $1 : nil }
  }

  /// The cotangents of values of the region; nil where nothing flows back.
  mutating func cotangents(
    by wrt: [Value], from seeds: [(target: Value, cotangent: Value)], site: Site
  ) throws(Diagnostic) -> [Value?] {
    let request = Request(within: .vjp, wrt: wrt, along: [], site: site)
    let span = Span(
      from: wrt, to: seeds.map(\.target), constants: [], primals: [:], in: builder.graph)
    return try differentiator.reverse(from: seeds, request, span)
  }
}
