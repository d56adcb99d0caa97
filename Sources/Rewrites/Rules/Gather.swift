import GraphIR
import Ops
import Support

/// Elements that are picked by position. A rule that drops positions knows that they are in range:
/// else the call would no longer tell.
extension Catalogue {
  static let gathers: [Rule] = [
    .code(
      "gather-constant", "x[i], i known and in range", "the part of x", .exact, on: [.gather]
    ) { r, node in r.sliced(node) },
    .code(
      "gather-of-set", "set_at(x, y, i)[i], distinct i in range", "y", .exact, on: [.gather]
    ) { r, node in
      guard let scatter = r.scatter(of: node.operands[0], .setAt, like: node),
        r.areDistinct(node)
      else { return nil }
      return scatter.operands[1]
    },
    .code(
      "gather-of-add", "add_at(x, y, i)[i], distinct i", "x[i] + y", .exact, on: [.gather]
    ) { r, node in
      guard let scatter = r.scatter(of: node.operands[0], .addAt, like: node),
        r.arePlacesDistinct(node), node.type.dtype != .bool
      else { return nil }
      let picked = r.emit(
        .gather, [scatter.operands[0]] + node.operands.dropFirst(), node.attributes)
      return r.emit(.add, [picked, scatter.operands[1]])
    },
    .code(
      "set-of-gather", "set_at(x, x[i], i), i in range", "x", .exact, on: [.setAt]
    ) { r, node in
      let inner = r.node(of: node.operands[1])
      guard inner.operation == .gather, inner.attributes == node.attributes,
        inner.operands == [node.operands[0]] + node.operands.dropFirst(2),
        r.areInRange(node.operands.dropFirst(2), node.attributes, of: node.operands[0])
      else { return nil }
      return node.operands[0]
    },
    .code(
      "gather-of-pointwise", "f(x, y)[i] of one place, which nothing else uses", "f(x[i], y[i])",
      .exact, on: [.gather]
    ) { r, node in r.gatheredOperands(node) },
  ]
}

extension Rewriter {
  /// The node of a value that puts elements where another picks them; nil where it is none.
  fileprivate func scatter(
    of value: Value, _ operation: Operation, like gather: Candidate
  ) -> Node? {
    guard isMade(value, by: operation), case let node = node(of: value),
      node.attributes == gather.attributes,
      Array(node.operands.dropFirst(2)) == Array(gather.operands.dropFirst())
    else { return nil }
    return node
  }

  /// Whether the positions of a node that picks are known to be in range and to differ.
  fileprivate func areDistinct(_ gather: Candidate) -> Bool {
    arePlacesDistinct(gather)
      && areInRange(gather.operands.dropFirst(), gather.attributes, of: gather.operands[0])
  }

  /// Whether no place is picked twice: a single one is picked, or an axis from its begin on.
  fileprivate func arePlacesDistinct(_ gather: Candidate) -> Bool {
    let positions = gather.operands.dropFirst()
    return positions.contains {
      isMade($0, by: .arange) || Dim.product(shape($0)) == Dim(1)
    }
  }

  /// Whether all positions are known to lie in the axes that they pick from.
  fileprivate func areInRange(
    _ positions: some Collection<Value>, _ attributes: Attributes, of source: Value
  ) -> Bool {
    guard case .picking(let picking) = attributes else { return false }
    let shape = shape(source)
    return zip(picking.axes, positions).allSatisfy { slice($1, of: shape[$0]) != nil }
  }

  /// The part of an axis of some size that positions pick; nil where they are not known.
  private func slice(_ positions: Value, of size: Dim) -> SliceAxis? {
    if isMade(positions, by: .arange) {
      let count = shape(positions)[0]
      return (size - count).isKnownNonNegative
        ? SliceAxis(start: Dim(0), step: 1, size: count) : nil
    }
    guard type(positions).isScalar, case .int(let place)? = constant(positions) else { return nil }
    let start = place < 0 ? size + Int(place) : Dim(Int(place))
    guard start.isKnownNonNegative, (size - start - 1).isKnownNonNegative else { return nil }
    return SliceAxis(start: start, step: 1, size: Dim(1))
  }

  /// A slice for a node that picks known positions along one axis; else nil.
  fileprivate mutating func sliced(_ gather: Candidate) -> Value? {
    guard case .picking(let picking) = gather.attributes, picking.axes.count == 1,
      case let axis = picking.axes[0], case let source = gather.operands[0],
      let part = slice(gather.operands[1], of: shape(source)[axis])
    else { return nil }
    let isScalar = type(gather.operands[1]).isScalar
    guard isScalar || picking.place == axis else { return nil }
    var parts = shape(source).map { SliceAxis.whole($0) }
    parts[axis] = part
    guard let picked = tryEmit(.slice, [source], .slice(parts)) else { return nil }
    return isScalar ? emit(.squeeze, [picked], .axes([axis])) : picked
  }

  /// An elementwise operation of what is picked of its operands, for a single place of its result;
  /// else nil.
  fileprivate mutating func gatheredOperands(_ gather: Candidate) -> Value? {
    let whole = gather.operands[0]
    let inner = node(of: whole)
    guard isPushed(through: whole),
      gather.operands.dropFirst().allSatisfy({ type($0).isScalar }),
      inner.operands.allSatisfy({ type($0).isScalar || shape($0) == shape(whole) })
    else { return nil }
    let operands = inner.operands.map { operand in
      type(operand).isScalar
        ? operand
        : emit(.gather, [operand] + gather.operands.dropFirst(), gather.attributes)
    }
    return emit(inner.operation, operands, inner.attributes)
  }
}
