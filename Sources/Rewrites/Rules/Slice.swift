import GraphIR
import Ops
import Support

/// Slices and flips.
extension Catalogue {
  static let slices: [Rule] = [
    .code("slice-whole", "x[:]", "x", .exact, on: [.slice]) { r, node in
      guard case .slice(let axes) = node.attributes else { return nil }
      return axes == r.shape(node.operands[0]).map { .whole($0) } ? node.operands[0] : nil
    },
    .code("slice-slice", "x[i][j]", "x[i + j]", .exact, on: [.slice]) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .slice, case .slice(let first) = inner.attributes,
        case .slice(let second) = node.attributes
      else { return nil }
      let both = zip(first, second).map { first, second in
        SliceAxis(
          start: first.start + first.step * second.start, step: first.step * second.step,
          size: second.size)
      }
      return r.tryEmit(.slice, inner.operands, .slice(both))
    },
    .code(
      "slice-of-pad", "pad(x)[where x stands]", "x", .exact, on: [.slice]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .pad, case .pad(let pads) = inner.attributes,
        case .slice(let axes) = node.attributes
      else { return nil }
      let region = zip(pads, r.shape(inner.operands[0])).map { pad, size in
        SliceAxis(start: pad.low, step: pad.interior + 1, size: size)
      }
      return region == axes ? inner.operands[0] : nil
    },
    .code(
      "slice-of-concatenate", "concatenate([x, y])[part of x]", "x[part]", .exact, on: [.slice]
    ) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .concatenate, case .axis(let axis) = inner.attributes,
        case .slice(let axes) = node.attributes
      else { return nil }
      return r.slice(axes, ofParts: inner.operands, along: axis)
    },
    .code("flip-flip", "flip(flip(x))", "flip(x)", .exact, on: [.flip]) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .flip, case .axes(let first) = inner.attributes,
        case .axes(let second) = node.attributes
      else { return nil }
      let once = Set(first).symmetricDifference(second).sorted()
      return once.isEmpty ? inner.operands[0] : r.emit(.flip, inner.operands, .axes(once))
    },
    .code("flip-axis-of-one", "flip(x) along axes of 1", "x", .exact, on: [.flip]) { r, node in
      guard case .axes(let axes) = node.attributes else { return nil }
      let longer = axes.filter { node.type.shape[$0] != Dim(1) }
      if longer == axes { return axes.isEmpty ? node.operands[0] : nil }
      return longer.isEmpty
        ? node.operands[0] : r.emit(.flip, node.operands, .axes(longer))
    },
  ] + pushedSlices + reshapedSlices
}

extension Rewriter {
  /// A slice of a concatenation that lies in one of its parts, as a slice of that; else nil.
  fileprivate mutating func slice(
    _ axes: [SliceAxis], ofParts parts: [Value], along axis: Int
  ) -> Value? {
    var start = Dim(0)
    for part in parts {
      let end = start + shape(part)[axis]
      if axes[axis].lies(from: start, to: end) {
        var moved = axes
        moved[axis].start = axes[axis].start - start
        return tryEmit(.slice, [part], .slice(moved))
      }
      start = end
    }
    return nil
  }
}

extension SliceAxis {
  /// Whether what is sliced is known to lie in a stretch of the axis.
  fileprivate func lies(from low: Dim, to high: Dim) -> Bool {
    if step == 1 {
      return (start - low).isKnownNonNegative && (high - start - size).isKnownNonNegative
    }
    // Only an empty slice may begin outside.
    let last = start + step * (size - 1)
    return (size - 1).isKnownNonNegative
      && [start, last].allSatisfy {
        ($0 - low).isKnownNonNegative && (high - $0 - 1).isKnownNonNegative
      }
  }
}
