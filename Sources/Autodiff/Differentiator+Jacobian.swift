import GraphIR
import Ops
import Support

/// Jacobians and Hessians: a derivative for each direction of the smaller side.
///
/// A few directions are written out one after the other; many, or a number that is not known, are
/// the turns of loops, one for each axis, in front of which everything stands that is the same for
/// all of them. A direction is 1 in one place, and what flows from it stays in its place as long as
/// elements are not mixed.
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
      try differentiator.reverse(fromPlaced: [(target, seed)], request, span)
    }
    return zip(request.wrt, stacks).map { wrt, stack in
      let shape = type.shape + builder.shape(wrt)
      guard let stack else { return builder.zeros(TensorType(type.dtype, shape)) }
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
      return try differentiator.forward(to: [target], along: [seed], single, span)
    }[0]
    let shape = rows.shape + type.shape
    guard let stack else { return builder.zeros(TensorType(rows.dtype, shape)) }
    let rank = builder.shape(stack).count
    let leading = rank - rows.rank
    let turned = builder.transpose(stack, Array(leading..<rank) + Array(0..<leading))
    return builder.reshape(turned, to: shape)
  }

  // MARK: Directions

  /// What `derive` gives for each unit direction of a type, stacked along new leading axes; nil
  /// where it gives nothing.
  private mutating func directions(
    _ type: TensorType, results: Int, _ site: Site,
    _ derive: (inout Differentiator, Tangent) throws(Diagnostic) -> [Value?]
  ) throws(Diagnostic) -> [Value?] {
    let count = Dim.product(type.shape)
    if let count = count.constant, count > 0, count <= Differentiator.unrolledLimit {
      return try unrolled(type, count, results, derive)
    }
    var turns: [(start: Int, index: Value, count: Dim)] = []
    var place = Place(indices: [:], shape: type.shape)
    builder.site = site
    for (axis, size) in type.shape.enumerated() where size != Dim(1) {
      let start = builder.graph.nodes.count
      let id = builder.graph.append(
        .parameter, [], .parameter(-1), types: [TensorType(.i64)], site: site)
      let index = builder.graph[id].result
      turns.append((start, index, size))
      place.indices[axis] = .value(index)
    }
    var derived = try derive(&self, builder.unit(type.dtype, at: place))
    for turn in turns.reversed() {
      derived = cutLoop(from: turn.start, turn.index, derived, turn.count, site)
    }
    return derived
  }

  private mutating func unrolled(
    _ type: TensorType, _ count: Int, _ results: Int,
    _ derive: (inout Differentiator, Tangent) throws(Diagnostic) -> [Value?]
  ) throws(Diagnostic) -> [Value?] {
    var rows: [[Value?]] = []
    for number in 0..<count {
      let indices = builder.unraveled(.known(number), type.shape)
      let place = Place(indices: indices, shape: type.shape)
      rows.append(try derive(&self, builder.unit(type.dtype, at: place)))
    }
    return (0..<results).map { slot in
      guard let some = rows.compactMap({ $0[slot] }).first else { return nil }
      let type = builder.type(some)
      let parts = rows.map { row in
        builder.expandDims(row[slot] ?? builder.zeros(type), axes: [0])
      }
      return parts.count == 1 ? parts[0] : builder.concatenate(parts, axis: 0)
    }
  }

  /// Cuts the nodes since `start` that depend on the number of the turn out as the region of a loop,
  /// which stacks some values; the other nodes stay in front of it.
  private mutating func cutLoop(
    from start: Int, _ index: Value, _ values: [Value?], _ count: Dim, _ site: Site
  ) -> [Value?] {
    let wanted = values.compactMap { $0 }
    let source = builder.graph
    let nodes = Array(source.nodes[(start + 1)...])
    builder.graph.truncate(nodeCount: start)
    if wanted.isEmpty { return values }
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
      if let literal = source.constant(value) {
        let scalar = region.builder.literal(literal, source.type(value).dtype)
        inside[value] = region.builder.broadcast(scalar, to: source.type(value).shape)
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

extension Graph {
  /// The number that all elements of a value are by its form.
  fileprivate func constant(_ value: Value) -> Literal? {
    var source = value
    while [.broadcastTo, .fill].contains(node(of: source).operation) {
      let operands = node(of: source).operands
      source = operands[operands.count - 1]
    }
    return literal(source)
  }
}
