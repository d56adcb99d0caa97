import GraphIR
import Ops

/// `where`, and the masks that derivatives put around what must not flow.
extension Catalogue {
  static let selection: [Rule] = [
    Rule("where-true", select(true, x, y) => x, .exact),
    Rule("where-false", select(false, x, y) => y, .exact),
    Rule("where-same", select(m, x, x) => x, .exact),
    Rule("where-not", select(!m, x, y) => select(m, y, x), .exact),
    Rule("where-of-truth", select(m, true, false) => m, .exact),
    Rule("where-of-falsehood", select(m, false, true) => !m, .exact),
    Rule("where-or", select(m, true, y) => m || y, .exact),
    Rule("where-and", select(m, x, false) => m && x, .exact),
    Rule("where-unequal", select(x != y, z, w) => select(x == y, w, z), .exact),
    Rule("where-root", select(x >= 0, y, sqrt(x)) => select(x >= 0, y, notANumber), .exact),
    Rule("where-number", select(x == x, y, exp(x)) => select(x == x, y, x), .exact),
    .code(
      "where-implied", "where(m && n, where(m, x, y), z)", "where(m && n, x, z)", .exact,
      on: [.select]
    ) { r, node in
      let (mask, x, y) = (node.operands[0], node.operands[1], node.operands[2])
      if let chosen = r.branch(of: x, where: mask, is: true) {
        return r.emit(.select, [mask, chosen, y])
      }
      if let chosen = r.branch(of: y, where: mask, is: false) {
        return r.emit(.select, [mask, x, chosen])
      }
      return nil
    },
    .code(
      "where-below", "where(m, f(where(m, x, y)), z)", "where(m, f(x), z)", .exact, on: [.select]
    ) { r, node in
      let (mask, x, y) = (node.operands[0], node.operands[1], node.operands[2])
      if let inner = r.withoutMasks(x, where: mask, is: true) {
        return r.emit(.select, [mask, inner, y])
      }
      if let inner = r.withoutMasks(y, where: mask, is: false) {
        return r.emit(.select, [mask, x, inner])
      }
      return nil
    },
  ]
}

extension Rewriter {
  /// Conditions that an implication looks at.
  private static let implicationDepth = 4
  /// Elementwise nodes between two masks: as many as the factors of a derivative make.
  private static let maskDepth = 4

  /// The branch that a `where` takes at every place where the mask has that truth; nil for what is
  /// no `where`, or where that is not known.
  fileprivate func branch(of value: Value, where mask: Value, is truth: Bool) -> Value? {
    let node = graph.node(of: value)
    guard node.operation == .select,
      let taken = truthOf(node.operands[0], where: mask, is: truth)
    else { return nil }
    return node.operands[taken ? 1 : 2]
  }

  /// What a condition is where the mask has that truth, if that is known.
  private func truthOf(
    _ condition: Value, where mask: Value, is truth: Bool,
    depth: Int = Rewriter.implicationDepth
  ) -> Bool? {
    if condition == mask { return truth }
    guard depth > 0 else { return nil }
    let node = graph.node(of: mask)
    if node.operation == .not {
      return truthOf(condition, where: node.operands[0], is: !truth, depth: depth - 1)
    }
    // All parts of an `and` hold where it holds, none of an `or` where it does not.
    guard node.operation == (truth ? Operation.and : .or) else { return nil }
    for part in node.operands {
      if let known = truthOf(condition, where: part, is: truth, depth: depth - 1) { return known }
    }
    return nil
  }

  /// Elementwise nodes with a `where` among what they are computed from replaced by the branch that
  /// counts; nil where there is none.
  ///
  /// What is computed at the other places differs, but the `where` around it does not choose that.
  fileprivate mutating func withoutMasks(
    _ value: Value, where mask: Value, is truth: Bool, depth: Int = Rewriter.maskDepth
  ) -> Value? {
    if let branch = branch(of: value, where: mask, is: truth) { return branch }
    let node = graph.node(of: value)
    guard depth > 0 else { return nil }
    if node.operation == .expandDims {
      return withoutMasks(below: node, where: mask, is: truth, depth: depth - 1)
    }
    guard node.operation.isPointwise, node.resultCount == 1 else { return nil }
    var operands: [Value] = []
    for operand in node.operands {
      let inner = withoutMasks(operand, where: mask, is: truth, depth: depth - 1)
      operands.append(inner ?? operand)
    }
    return operands == node.operands ? nil : emit(node.operation, operands, node.attributes)
  }

  /// The same of a value with new axes, where the mask has these as well.
  private mutating func withoutMasks(
    below node: Node, where mask: Value, is truth: Bool, depth: Int
  ) -> Value? {
    let outer = graph.node(of: mask)
    guard outer.operation == .expandDims, outer.attributes == node.attributes,
      let inner = withoutMasks(
        node.operands[0], where: outer.operands[0], is: truth, depth: depth)
    else { return nil }
    if graph.type(inner).isScalar { return inner }
    guard graph.type(inner).shape == graph.type(node.operands[0]).shape else { return nil }
    return emit(.expandDims, [inner], node.attributes)
  }
}
