import GraphIR
import Ops

/// Broadcasts move towards the results, where most of them vanish.
extension Catalogue {
  static let broadcasts: [Rule] = [
    .code("broadcast-own-shape", "broadcast_to(x, its shape)", "x", .exact, on: [.broadcastTo]) {
      r, node in r.shape(node.operands[0]) == node.type.shape ? node.operands[0] : nil
    },
    .code(
      "broadcast-of-broadcast", "broadcast_to(broadcast_to(x))", "broadcast_to(x)", .exact,
      on: [.broadcastTo]
    ) { r, node in
      r.operand(of: node.operands[0], .broadcastTo).map { r.broadcast($0, to: node.type.shape) }
    },
    .code(
      "broadcast-sink", "f(broadcast_to(x), y)", "broadcast_to(f(x, y))", .exact,
      on: .every("elementwise operations", \.isPointwise)
    ) { r, node in
      guard node.operands.contains(where: { r.isMade($0, by: .broadcastTo) }) else { return nil }
      let sources = node.operands.map { r.operand(of: $0, .broadcastTo) ?? $0 }
      return r.emit(node.operation, sources, node.attributes)
    },
    .code(
      "move-of-scalar", "transpose(broadcast_to(s))", "broadcast_to(s)", .exact,
      on: .every("views and reshapes", \.isMove)
    ) { r, node in
      guard node.operation != .broadcastTo,
        let scalar = r.scalarSource(node.operands[0])
      else { return nil }
      return scalar
    },
  ]
}

extension Operation {
  /// Whether every element of the result is one of the only operand.
  fileprivate var isMove: Bool {
    guard arity == .exactly(1) else { return false }
    switch kernel {
    case .view, .reshape: return true
    case .leaf, .pointwise, .generator, .assembly, .reduction, .search, .contraction, .convolution,
      .accumulation, .sumOfPieces, .gather, .scatter, .routine, .regions, .expansion, .request:
      return false
    }
  }
}

extension Rewriter {
  /// The scalar that all elements of a value are by its form: a scalar itself, or broadcast.
  func scalarSource(_ value: Value) -> Value? {
    let source = operand(of: value, .broadcastTo) ?? value
    return type(source).isScalar ? source : nil
  }
}
