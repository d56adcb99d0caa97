import GraphIR
import Ops
import Support

/// Paddings and concatenations.
extension Catalogue {
  static let joins: [Rule] = [
    .code("pad-nothing", "pad(x, 0)", "x", .exact, on: [.pad]) { r, node in
      r.type(node.operands[0]) == node.type && node.isPlainPad ? node.operands[0] : nil
    },
    .code("pad-pad", "pad(pad(x, v), v)", "pad(x, v)", .exact, on: [.pad]) { r, node in
      let inner = r.node(of: node.operands[0])
      guard inner.operation == .pad, inner.operands[1] == node.operands[1],
        case .pad(let first) = inner.attributes, case .pad(let second) = node.attributes,
        second.allSatisfy({ $0.interior == 0 })
      else { return nil }
      let both = zip(first, second).map { first, second in
        PadAxis(
          low: second.low + first.low, high: first.high + second.high, interior: first.interior)
      }
      return r.tryEmit(.pad, inner.operands, .pad(both))
    },
    .code("pad-same", "pad(broadcast_to(v), v)", "broadcast_to(v)", .exact, on: [.pad]) {
      r, node in
      r.scalarSource(node.operands[0]) == node.operands[1] ? node.operands[1] : nil
    },
    .code(
      "add-pads", "pad(x, c) + pad(y, d) of equal widths", "pad(x + y, c + d)", .exact, on: [.add]
    ) { r, node in
      let (left, right) = (r.node(of: node.operands[0]), r.node(of: node.operands[1]))
      guard left.operation == .pad, right.operation == .pad, left.attributes == right.attributes,
        r.shape(left.operands[0]) == r.shape(right.operands[0]),
        r.constant(left.operands[1]) != nil, r.constant(right.operands[1]) != nil
      else { return nil }
      let inside = r.emit(.add, [left.operands[0], right.operands[0]])
      let outside = r.emit(.add, [left.operands[1], right.operands[1]])
      return r.emit(.pad, [inside, outside], left.attributes)
    },
    .code("concatenate-one", "concatenate([x])", "x", .exact, on: [.concatenate]) { r, node in
      node.operands.count == 1 ? node.operands[0] : nil
    },
    .code(
      "concatenate-empty", "concatenate([x, of no elements])", "concatenate([x])", .exact,
      on: [.concatenate]
    ) { r, node in
      guard case .axis(let axis) = node.attributes else { return nil }
      let kept = node.operands.filter { r.shape($0)[axis] != Dim(0) }
      guard !kept.isEmpty, kept.count < node.operands.count else { return nil }
      return r.emit(.concatenate, kept, node.attributes)
    },
    .code(
      "concatenate-same", "concatenate([broadcast_to(v), broadcast_to(v)])", "broadcast_to(v)",
      .exact, on: [.concatenate]
    ) { r, node in
      guard let scalar = r.scalarSource(node.operands[0]),
        node.operands.allSatisfy({ r.scalarSource($0) == scalar })
      else { return nil }
      return scalar
    },
  ]
}

extension Candidate {
  /// Whether a padding puts nothing between elements.
  fileprivate var isPlainPad: Bool {
    guard case .pad(let axes) = attributes else { return false }
    return axes.allSatisfy { $0.low == Dim(0) && $0.high == Dim(0) && $0.interior == 0 }
  }
}
