import GraphIR
import Ops
import Support

/// Transposes, and what changes the shape but not the order of elements.
extension Catalogue {
  static let layout: [Rule] = transposes + reshapes + axesOfOne

  private static let transposes: [Rule] = [
    .code("transpose-identity", "transpose(x, in order)", "x", .exact, on: [.transpose]) {
      r, node in
      guard case .axes(let axes) = node.attributes else { return nil }
      return axes == Array(axes.indices) ? node.operands[0] : nil
    },
    .code(
      "transpose-transpose", "transpose(transpose(x))", "transpose(x)", .exact, on: [.transpose]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .transpose, case .axes(let first) = inner.attributes,
        case .axes(let second) = node.attributes
      else { return nil }
      return r.emit(.transpose, inner.operands, .axes(second.map { first[$0] }))
    },
  ]

  private static let reshapes: [Rule] = [
    .code(
      "reshape-to-own-shape", "reshape(f(x)), f keeping the order of elements",
      "x of that shape", .exact, on: [.reshape, .expandDims, .squeeze]
    ) { r, node in
      let source = r.rowMajorSource(node.operands[0])
      if r.type(source) == node.type { return source }
      return r.type(node.operands[0]) == node.type ? node.operands[0] : nil
    },
    .code(
      "reshape-reshape", "reshape(f(x)), f keeping the order of elements", "reshape(x)", .exact,
      on: [.reshape]
    ) { r, node in
      let source = r.rowMajorSource(node.operands[0])
      return source == node.operands[0]
        ? nil : r.tryEmit(.reshape, [source], node.attributes)
    },
  ]

  private static let axesOfOne: [Rule] = [
    .code(
      "expand-expand", "expand_dims(expand_dims(x))", "expand_dims(x)", .exact, on: [.expandDims]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .expandDims, case .axes(let first) = inner.attributes,
        case .axes(let second) = node.attributes
      else { return nil }
      let rest = (0..<node.type.rank).filter { !second.contains($0) }
      return r.emit(
        .expandDims, inner.operands, .axes((first.map { rest[$0] } + second).sorted()))
    },
    .code(
      "squeeze-squeeze", "squeeze(squeeze(x))", "squeeze(x)", .exact, on: [.squeeze]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .squeeze, case .axes(let first) = inner.attributes,
        case .axes(let second) = node.attributes
      else { return nil }
      let rest = r.shape(inner.operands[0]).indices.filter { !first.contains($0) }
      return r.emit(.squeeze, inner.operands, .axes((first + second.map { rest[$0] }).sorted()))
    },
    .code(
      "squeeze-expand", "squeeze(expand_dims(x))", "expand_dims(squeeze(x))", .exact,
      on: [.squeeze]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .expandDims, case .axes(let new) = inner.attributes,
        case .axes(let removed) = node.attributes
      else { return nil }
      return r.squeezed(inner.operands[0], new: new, removed: removed, rank: node.type.rank)
    },
    .code(
      "expand-in-broadcast", "broadcast_to(expand_dims(x)), new axes in front",
      "broadcast_to(x)", .exact, on: [.broadcastTo]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .expandDims, case .axes(let new) = inner.attributes,
        new == Array(new.indices)
      else { return nil }
      return r.broadcast(inner.operands[0], to: node.type.shape)
    },
  ]
}

extension Rewriter {
  /// The value from which others are made that hold the same elements in the same order.
  fileprivate func rowMajorSource(_ value: Value) -> Value {
    var source = value
    while [.reshape, .expandDims, .squeeze].contains(operation(of: source)) {
      source = node(of: source).operands[0]
    }
    return source
  }

  /// A value with new axes of which some are removed at once, together with axes of its own.
  fileprivate mutating func squeezed(
    _ value: Value, new: [Int], removed: [Int], rank: Int
  ) -> Value {
    let expandedRank = type(value).rank + new.count
    let old = (0..<expandedRank).filter { !new.contains($0) }
    let kept = (0..<expandedRank).filter { !removed.contains($0) }
    let ownRemoved = old.indices.filter { removed.contains(old[$0]) }
    let newKept = kept.indices.filter { new.contains(kept[$0]) }
    let rest = ownRemoved.isEmpty ? value : emit(.squeeze, [value], .axes(Array(ownRemoved)))
    return newKept.isEmpty ? rest : emit(.expandDims, [rest], .axes(Array(newKept)))
  }
}
