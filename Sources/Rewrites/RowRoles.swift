import GraphIR
import Ops
import Support

/// What of a graph goes row by row along axes of one size: row `i` of such a value needs only the
/// rows `i` of others.
struct RowRoles {
  /// What a value is to the rows.
  enum Role: Equatable {
    /// The same for all rows.
    case whole
    /// One part for each row, along this axis.
    case row(Int)
    /// Made of several rows, or of what is.
    case beyond
  }

  /// The size of the axes.
  let size: Dim
  private(set) var roles: [Role]
  /// The nodes that sum up over the rows what goes row by row.
  private(set) var sums: [Int] = []
  private let graph: Graph

  init(_ graph: Graph, size: Dim) {
    self.graph = graph
    self.size = size
    roles = Array(repeating: .whole, count: graph.values.count)
    for (number, node) in graph.nodes.enumerated() {
      var role = role(of: node)
      // What meets the rows of parameters otherwise is there before any loop over them.
      if role == .beyond, node.operands.allSatisfy(isGiven) { role = .whole }
      for result in node.results { roles[Int(result.index)] = role ?? .beyond }
      if role == nil { sums.append(number) }
    }
  }

  subscript(_ value: Value) -> Role { roles[Int(value.index)] }

  /// The axis of a value along which its rows lie.
  func axis(of value: Value) -> Int? {
    if case .row(let axis) = self[value] { axis } else { nil }
  }

  /// Whether rows are more than single elements anywhere.
  var hasMatrices: Bool {
    roles.indices.contains { roles[$0] != .whole && graph.type(Value($0)).rank > 1 }
  }

  /// Whether a value needs nothing that is computed of rows.
  private func isGiven(_ value: Value) -> Bool {
    self[value] == .whole || graph.node(of: value).operation == .parameter
  }

  private func shape(_ value: Value) -> [Dim] { graph.type(value).shape }

  // MARK: Roles of results

  /// The role of a node's results; nil for sums over rows.
  private func role(of node: Node) -> Role? {
    if node.operation == .parameter { return roleOfParameter(shape(node.result)) }
    if node.operands.contains(where: { self[$0] == .beyond }) { return .beyond }
    if node.operands.allSatisfy({ self[$0] == .whole }) { return roleOfWhole(node) }
    switch node.operation.kernel {
    case .pointwise: return stretched(node)
    case .view, .reshape: return moved(node).map { .row($0) } ?? .beyond
    case .reduction, .search: return reduced(node)
    case .contraction: return contracted(node)
    case .assembly: return concatenated(node).map { .row($0) } ?? .beyond
    case .leaf, .generator, .sumOfPieces, .convolution, .accumulation, .gather, .scatter, .routine,
      .regions, .expansion, .request:
      return .beyond
    }
  }

  /// Rows lie along the first axis of a parameter.
  private func roleOfParameter(_ shape: [Dim]) -> Role {
    shape.first == size && !shape.dropFirst().contains(size) ? .row(0) : .whole
  }

  /// What is the same for all rows may be repeated for each.
  private func roleOfWhole(_ node: Node) -> Role {
    guard node.operation == .broadcastTo else { return .whole }
    let result = shape(node.result)
    let axes = result.indices.filter { result[$0] == size }
    let skipped = result.count - shape(node.operands[0]).count
    guard axes.count == 1,
      axes[0] < skipped || shape(node.operands[0])[axes[0] - skipped] == Dim(1)
    else { return .whole }
    return .row(axes[0])
  }

  /// Shapes are aligned at their ends: all rows must come to lie along one axis.
  private func stretched(_ node: Node) -> Role {
    let rank = shape(node.result).count
    var axis: Int?
    for operand in node.operands {
      guard let own = self.axis(of: operand) else { continue }
      let aligned = own + rank - shape(operand).count
      if let axis, axis != aligned { return .beyond }
      axis = aligned
    }
    guard let axis else { return .beyond }
    // An operand that is whole must not have an axis there.
    for operand in node.operands where self[operand] == .whole {
      let own = axis - rank + shape(operand).count
      if own >= 0, shape(operand)[own] != Dim(1) { return .beyond }
    }
    return .row(axis)
  }

  /// Where the rows of a moved value lie.
  private func moved(_ node: Node) -> Int? {
    guard let axis = axis(of: node.operands[0]) else { return nil }
    let (before, after) = (shape(node.operands[0]), shape(node.result))
    switch (node.operation, node.attributes) {
    case (.transpose, .axes(let order)): return order.firstIndex(of: axis)
    case (.broadcastTo, _): return axis + after.count - before.count
    case (.expandDims, .axes(let new)): return after.indices.filter { !new.contains($0) }[axis]
    case (.squeeze, .axes(let gone)): return axis - gone.count { $0 < axis }
    case (.slice, .slice(let axes)): return axes[axis] == .whole(size) ? axis : nil
    case (.reshape, _):
      return axis < after.count && before[...axis] == after[...axis] ? axis : nil
    default: return nil
    }
  }

  private func concatenated(_ node: Node) -> Int? {
    guard node.operation == .concatenate, case .axis(let along) = node.attributes else { return nil }
    let axes = Set(node.operands.map { axis(of: $0) })
    guard axes.count == 1, let axis = axes.first ?? nil, axis != along else { return nil }
    return axis
  }

  private func reduced(_ node: Node) -> Role? {
    guard case .reduction(let axes, let keep) = node.attributes,
      let axis = axis(of: node.operands[0])
    else { return .beyond }
    if !axes.contains(axis) { return .row(keep ? axis : axis - axes.count { $0 < axis }) }
    return node.operation == .sum && graph.type(node.result).dtype != .bool ? nil : .beyond
  }

  private func contracted(_ node: Node) -> Role? {
    guard case .contraction(let c) = node.attributes, graph.type(node.result).dtype != .bool else {
      return .beyond
    }
    let ranks = node.operands.map { shape($0).count }
    let batch = c.leftBatch.count
    switch (axis(of: node.operands[0]), axis(of: node.operands[1])) {
    case (let left?, let right?):
      if let pair = c.leftBatch.firstIndex(of: left), c.rightBatch[pair] == right {
        return .row(pair)
      }
      if let pair = c.leftSummed.firstIndex(of: left), c.rightSummed[pair] == right { return nil }
      return .beyond
    case (let left?, nil):
      guard let place = c.leftFree(rank: ranks[0]).firstIndex(of: left) else { return .beyond }
      return .row(batch + place)
    case (nil, let right?):
      guard let place = c.rightFree(rank: ranks[1]).firstIndex(of: right) else { return .beyond }
      return .row(batch + c.leftFree(rank: ranks[0]).count + place)
    case (nil, nil): return .beyond
    }
  }
}

extension Node {
  /// What a node that goes row by row knows, for another number of rows along that axis of its
  /// result.
  func attributes(rows: Dim, along axis: Int) -> Attributes {
    switch attributes {
    case .shape(var shape):
      shape[axis] = rows
      return .shape(shape)
    case .slice(var axes):
      axes[axis] = .whole(rows)
      return .slice(axes)
    default: return attributes
    }
  }
}
