import GraphIR
import Ops
import Support

/// Slices move towards the operands, so that what they leave out is not computed; those of one
/// value side by side become one.
extension Catalogue {
  static let pushedSlices: [Rule] = [
    .code(
      "slice-of-pointwise", "f(x, y)[part], which nothing else uses", "f(x[part], y[part])",
      .exact, on: [.slice]
    ) { r, node in r.slicedOperands(node) },
    .code(
      "slice-of-transpose", "transpose(x)[part], which nothing else uses", "transpose(x[part])",
      .exact, on: [.slice]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .transpose, r.isUsedOnce(node.operands[0]),
        case .axes(let order) = inner.attributes, case .slice(let axes) = node.attributes
      else { return nil }
      var parts = axes
      for (place, axis) in order.enumerated() { parts[axis] = axes[place] }
      guard let part = r.tryEmit(.slice, inner.operands, .slice(parts)) else { return nil }
      return r.emit(.transpose, [part], inner.attributes)
    },
    .code(
      "slice-of-broadcast", "broadcast_to(x)[part]", "broadcast_to(x[part])", .exact, on: [.slice]
    ) { r, node in
      guard let source = r.operand(of: node.operands[0], .broadcastTo),
        case .slice(let axes) = node.attributes
      else { return nil }
      return r.sliced(source, as: axes, of: r.shape(node.operands[0]))
    },
    .code(
      "concatenate-slices", "concatenate([x[i:j], x[j:k]])", "x[i:k]", .exact, on: [.concatenate]
    ) { r, node in r.joinedSlices(node) },
  ]
}

extension Rewriter {
  /// An elementwise operation of the slices of its operands, for a slice of it; else nil.
  fileprivate mutating func slicedOperands(_ node: Candidate) -> Value? {
    let whole = node.operands[0]
    let inner = self.node(of: whole)
    guard isPushed(through: whole), case .slice(let axes) = node.attributes else {
      return nil
    }
    let shape = shape(whole)
    var operands: [Value] = []
    for operand in inner.operands {
      guard let part = sliced(operand, as: axes, of: shape) else { return nil }
      operands.append(part)
    }
    return emit(inner.operation, operands, inner.attributes)
  }

  /// Slices are pushed through so many nodes at most: else a long chain would take many rounds.
  private static let pushedNodes = 8

  /// Whether a value is an elementwise one that nothing else uses, and few such nodes are below.
  func isPushed(through value: Value) -> Bool {
    var budget = Rewriter.pushedNodes
    var open = [value]
    while let next = open.popLast() {
      let node = node(of: next)
      guard node.operation.isPointwise, node.resultCount == 1, isUsedOnce(next) else {
        if next == value { return false }
        continue
      }
      budget -= 1
      if budget < 0 { return false }
      open += node.operands
    }
    return true
  }

  /// The part of a value that a slice of what it is broadcast to shows; nil where sizes contradict
  /// each other.
  fileprivate mutating func sliced(
    _ value: Value, as axes: [SliceAxis], of shape: [Dim]
  ) -> Value? {
    let own = self.shape(value)
    let offset = shape.count - own.count
    let parts = own.indices.map { axis in
      own[axis] == shape[axis + offset] ? axes[axis + offset] : .whole(own[axis])
    }
    if parts == own.map({ .whole($0) }) { return value }
    return tryEmit(.slice, [value], .slice(parts))
  }

  /// A concatenation in which slices of one value that follow each other are one; nil where there
  /// are none.
  fileprivate mutating func joinedSlices(_ node: Candidate) -> Value? {
    guard case .axis(let axis) = node.attributes else { return nil }
    var parts: [Value] = []
    // What the last part is a slice of, while slices follow it.
    var open: (source: Value, axes: [SliceAxis], count: Int)?
    for operand in node.operands {
      let inner = self.node(of: operand)
      guard inner.operation == .slice, case .slice(let axes) = inner.attributes else {
        close(&open, into: &parts)
        parts.append(operand)
        continue
      }
      if let last = open, last.source == inner.operands[0],
        let both = SliceAxis.joined(last.axes, axes, along: axis)
      {
        open = (last.source, both, last.count + 1)
      } else {
        close(&open, into: &parts)
        open = (inner.operands[0], axes, 1)
      }
    }
    close(&open, into: &parts)
    if parts.count == node.operands.count { return nil }
    return parts.count == 1 ? parts[0] : emit(.concatenate, parts, node.attributes)
  }

  private mutating func close(
    _ open: inout (source: Value, axes: [SliceAxis], count: Int)?, into parts: inout [Value]
  ) {
    guard let last = open else { return }
    open = nil
    parts.append(emit(.slice, [last.source], .slice(last.axes)))
  }
}

extension SliceAxis {
  /// The slice that begins as one and ends as another, where the second begins at the end of the
  /// first along an axis and is the same along the others.
  fileprivate static func joined(
    _ first: [SliceAxis], _ second: [SliceAxis], along axis: Int
  ) -> [SliceAxis]? {
    let (a, b) = (first[axis], second[axis])
    guard a.step == 1 || a.size == Dim(1), b.step == 1 || b.size == Dim(1),
      b.start == a.start + a.size,
      first.indices.allSatisfy({ $0 == axis || first[$0] == second[$0] })
    else { return nil }
    var both = first
    both[axis] = SliceAxis(start: a.start, step: 1, size: a.size + b.size)
    return both
  }
}
