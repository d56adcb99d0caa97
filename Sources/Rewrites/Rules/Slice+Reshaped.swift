import GraphIR
import Ops
import Support

/// Slices move below what only changes the shape, where they meet other slices.
extension Catalogue {
  static let reshapedSlices: [Rule] = [
    .code(
      "slice-of-reshape", "reshape(x)[part], of axes that stay or lead", "reshape(x[part])", .exact,
      on: [.slice]
    ) { r, node in r.slicedSource(node) }
  ]
}

extension Rewriter {
  /// A slice of a value with other axes as one of what it is made of; nil where that is none.
  ///
  /// Axes of one size in front and behind are the same on both sides. Of those between, a slice of
  /// the first one takes whole rows of the axis that they were.
  fileprivate mutating func slicedSource(_ node: Candidate) -> Value? {
    let inner = self.node(of: node.operands[0])
    guard [.reshape, .expandDims, .squeeze].contains(inner.operation),
      case .slice(let axes) = node.attributes
    else { return nil }
    let (from, to) = (shape(inner.operands[0]), shape(node.operands[0]))
    let shorter = min(from.count, to.count)
    let front = (0..<shorter).first { from[$0] != to[$0] } ?? shorter
    let back =
      (0..<(shorter - front)).first { from[from.count - 1 - $0] != to[to.count - 1 - $0] }
      ?? (shorter - front)
    let between = front..<(to.count - back)
    var parts = axes[..<front] + from[front..<(from.count - back)].map { .whole($0) }
    if !between.allSatisfy({ axes[$0] == .whole(to[$0]) }) {
      let row = Dim.product(to[between.dropFirst()])
      guard parts.count == front + 1, axes[front].step == 1,
        between.dropFirst().allSatisfy({ axes[$0] == .whole(to[$0]) })
      else { return nil }
      parts[front] = SliceAxis(
        start: axes[front].start * row, step: 1, size: axes[front].size * row)
    }
    parts += axes[between.upperBound...]
    guard let part = tryEmit(.slice, inner.operands, .slice(Array(parts))) else { return nil }
    // Of axes of one element, another may be the new one than that which is taken to stay.
    if let same = tryEmit(inner.operation, [part], inner.attributes),
      shape(same) == node.type.shape
    {
      return same
    }
    return tryEmit(.reshape, [part], .shape(node.type.shape))
  }
}
