import GraphIR
import Ops
import Support

/// Jacobians and Hessians: a derivative for each direction of the smaller side.
///
/// A few directions are written out one after the other; many, or a number that is not known, are
/// the turns of a loop, in front of which everything stands that is the same for all of them.
extension Differentiator {
  /// Up to so many directions are written out.
  private static let unrolledLimit = 16

  /// The Jacobians of a value by each `wrt`: shape of the value, then shape of the `wrt`.
  mutating func jacobians(
    of target: Value, _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value] {
    let rows = Dim.product(builder.shape(target))
    let columns = request.wrt.reduce(Dim(0)) { $0 + Dim.product(builder.shape($1)) }
    if Differentiator.isForwardCheaper(rows: rows, columns: columns) {
      var results: [Value] = []
      for wrt in request.wrt { results.append(try columnwise(target, by: wrt, request)) }
      return results
    }
    return try rowwise(target, request, span)
  }

  /// The Hessians of a scalar by each `wrt`: forward over reverse.
  mutating func hessians(_ request: Request, _ span: Span) throws(Diagnostic) -> [Value] {
    var results: [Value] = []
    let gradients = try gradients(request, span)
    for (wrt, gradient) in zip(request.wrt, gradients) {
      results.append(try columnwise(gradient, by: wrt, request))
    }
    return results
  }

  /// Whether there are certainly fewer columns than rows.
  private static func isForwardCheaper(rows: Dim, columns: Dim) -> Bool {
    rows != columns && (rows - columns).isKnownNonNegative
  }

  // MARK: Rows and columns

  /// The Jacobians in reverse mode, row by row.
  private mutating func rowwise(
    _ target: Value, _ request: Request, _ span: Span
  ) throws(Diagnostic) -> [Value] {
    let type = builder.type(target)
    let stacks = try directions(type, results: request.wrt.count, request.site) {
      (differentiator, seed) throws(Diagnostic) in
      try differentiator.reverse(from: [(target, seed)], request, span)
    }
    return zip(request.wrt, stacks).map { wrt, stack in
      let shape = type.shape + builder.shape(wrt)
      guard let stack else { return builder.zeros(TensorType(builder.dtype(wrt), shape)) }
      return builder.convert(builder.reshape(stack, to: shape), to: type.dtype)
    }
  }

  /// The Jacobian by one value in forward mode, column by column.
  private mutating func columnwise(
    _ target: Value, by wrt: Value, _ request: Request
  ) throws(Diagnostic) -> Value {
    let type = builder.type(wrt)
    let rows = builder.type(target)
    let span = Span(
      from: [wrt], to: [target], constants: request.constants, primals: primals,
      in: builder.graph)
    let stack = try directions(type, results: 1, request.site) {
      (differentiator, seed) throws(Diagnostic) in
      var single = request
      single.wrt = [wrt]
      single.along = [seed]
      return try differentiator.forward(to: [target], single, span)
    }[0]
    let shape = rows.shape + type.shape
    guard let stack else { return builder.zeros(TensorType(rows.dtype, shape)) }
    let rank = rows.rank
    let turned = builder.transpose(stack, Array(1..<(rank + 1)) + [0])
    return builder.reshape(turned, to: shape)
  }

  // MARK: Directions

  /// What `derive` gives for each unit direction of a type, stacked along a new leading axis; nil
  /// where it gives nothing.
  private mutating func directions(
    _ type: TensorType, results: Int, _ site: Site,
    _ derive: (inout Differentiator, Value) throws(Diagnostic) -> [Value?]
  ) throws(Diagnostic) -> [Value?] {
    let count = Dim.product(type.shape)
    if let count = count.constant, count > 0, count <= Differentiator.unrolledLimit {
      return try unrolled(type, count, results, derive)
    }
    let start = builder.graph.nodes.count
    builder.site = site
    let id = builder.graph.append(
      .parameter, [], .parameter(-1), types: [TensorType(.i64)], site: site)
    let index = builder.graph[id].result
    let isHere = builder.equal(builder.arange(count), index)
    let seed = builder.reshape(builder.convert(isHere, to: type.dtype), to: type.shape)
    let derived = try derive(&self, seed)
    return cutLoop(from: start, index, derived, count, site)
  }

  private mutating func unrolled(
    _ type: TensorType, _ count: Int, _ results: Int,
    _ derive: (inout Differentiator, Value) throws(Diagnostic) -> [Value?]
  ) throws(Diagnostic) -> [Value?] {
    var rows: [[Value?]] = []
    for number in 0..<count { rows.append(try derive(&self, unit(type, count, number))) }
    return (0..<results).map { slot in
      guard let some = rows.compactMap({ $0[slot] }).first else { return nil }
      let type = builder.type(some)
      let parts = rows.map { row in
        builder.expandDims(row[slot] ?? builder.zeros(type), axes: [0])
      }
      return parts.count == 1 ? parts[0] : builder.concatenate(parts, axis: 0)
    }
  }

  /// The direction along one element.
  private mutating func unit(_ type: TensorType, _ count: Int, _ number: Int) -> Value {
    if type.isScalar { return builder.literal(.float(1), type.dtype) }
    let elements = (0..<count).map { $0 == number ? 1.0 : 0.0 }
    let shape = type.shape.compactMap(\.constant)
    builder.graph.data.append(Tensor(type.dtype, shape, floats: elements))
    return builder.emit(.data, [], .data(builder.graph.data.count - 1))
  }

  /// Cuts the nodes since `start` that depend on the number of the turn out as the region of a loop,
  /// which stacks some values; the other nodes stay in front of it.
  private mutating func cutLoop(
    from start: Int, _ index: Value, _ values: [Value?], _ count: Dim, _ site: Site
  ) -> [Value?] {
    let wanted = values.compactMap { $0 }
    if wanted.isEmpty { return values }
    let source = builder.graph
    let nodes = Array(source.nodes[(start + 1)...])
    builder.graph.truncate(nodeCount: start)
    var outside: [Value: Value] = [:]
    var depends: Set<Value> = [index]
    var dependent: [Node] = []
    for node in nodes {
      if node.operands.contains(where: depends.contains) {
        depends.formUnion(node.results)
        dependent.append(node)
        continue
      }
      let id = builder.graph.append(
        node.operation, node.operands.map { outside[$0] ?? $0 }, node.attributes,
        types: node.results.map { source.type($0) }, regions: node.regions, site: node.site)
      for (old, new) in zip(node.results, builder.graph[id].results) { outside[old] = new }
    }
    var region = RegionBuilder(site: site)
    var inside: [Value: Value] = [index: region.parameter(TensorType(.i64))]
    var captures: [Value] = []
    let used = dependent.flatMap(\.operands) + wanted
    for value in used where !depends.contains(value) && inside[value] == nil {
      if let literal = source.literal(value) {
        inside[value] = region.builder.literal(literal, source.type(value).dtype)
      } else {
        inside[value] = region.parameter(source.type(value))
        captures.append(outside[value] ?? value)
      }
    }
    for node in dependent {
      let id = region.builder.graph.append(
        node.operation, node.operands.map { inside[$0] ?? $0 }, node.attributes,
        types: node.results.map { source.type($0) }, regions: node.regions, site: node.site)
      for (old, new) in zip(node.results, region.builder.graph[id].results) { inside[old] = new }
    }
    let body = region.finish(wanted.map { inside[$0] ?? $0 })
    let form = LoopForm(count: count, sequences: 0, carried: 0, stacked: wanted.count)
    builder.site = site
    var stacks = builder.appendRegions(.loop, captures, .loop(form), [body]).makeIterator()
    return values.map { $0 == nil ? nil : stacks.next() }
  }
}
