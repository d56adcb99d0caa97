import GraphIR
import Ops
import Support

/// Slices, paddings, and what positions pick.
extension BlockWriter {
  // MARK: Slices

  /// `x[1:n, ::-1]`.
  func sliced(_ node: Node, _ axes: [SliceAxis]) -> Spelled {
    let operand = node.operands[0]
    if axes.isEmpty { return part(operand) }
    let shape = graph.type(operand).shape
    let isTurned = zip(axes, shape).map { endsAnywhere($0, of: $1) }
    let stretches = zip(zip(axes, shape), isTurned).map { pair, isTurned in
      stretch(isTurned ? pair.0.ascending : pair.0, of: pair.1)
    }
    var expr = Expr.index(strong(operand), withoutWholeEnd(stretches))
    if isTurned.contains(true) {
      expr = .index(expr, withoutWholeEnd(isTurned.map { $0 ? .turned : .whole }))
    }
    return Spelled(expr, isCheap: part(operand).isCheap)
  }

  /// Whether a stretch goes backwards to a place that is not known: before the first element, which
  /// no number names, or another.
  private func endsAnywhere(_ axis: SliceAxis, of extent: Dim) -> Bool {
    guard axis.step < 0, axis.size != Dim(0) else { return false }
    if axis.size == axis.start.quotient(-axis.step) + 1 { return false }
    return (axis.start + axis.step * (axis.size - 1)).constant == nil
  }

  /// `x[i, :]` for axes of one that are taken out of a slice; nil for others.
  func place(_ node: Node, _ squeezed: [Int]) -> Spelled? {
    let inner = graph.node(of: node.operands[0])
    guard case .slice(let axes) = inner.attributes, isInline(inner.result) else { return nil }
    let operand = inner.operands[0]
    let shape = graph.type(operand).shape
    if zip(axes, shape).contains(where: { endsAnywhere($0, of: $1) }) { return nil }
    let subscripts = axes.indices.map { axis in
      squeezed.contains(axis)
        ? Subscript.index(axes[axis].start.spelled) : stretch(axes[axis], of: shape[axis])
    }
    let expr = Expr.index(strong(operand), withoutWholeEnd(subscripts))
    return Spelled(expr, isCheap: part(operand).isCheap)
  }

  /// Whether a value has no name of its own.
  private func isInline(_ value: Value) -> Bool {
    if case .name? = spelled[Int(value.index)]?.expr.kind { return false }
    return true
  }

  /// The parts of an index without those at the end that take all.
  private func withoutWholeEnd(_ subscripts: [Subscript]) -> [Subscript] {
    var subscripts = subscripts
    while subscripts.count > 1, case .slice(let slice)? = subscripts.last,
      slice.lower == nil, slice.upper == nil, slice.step == nil
    {
      subscripts.removeLast()
    }
    return subscripts
  }

  /// `start:stop:step`, with nothing for what goes to the end.
  private func stretch(_ axis: SliceAxis, of extent: Dim) -> Subscript {
    if axis.size == Dim(0) { return .stretch(.integer(0), .integer(0), 1) }
    let first = axis.step > 0 ? Dim(0) : extent - 1
    let start = axis.start == first ? nil : axis.start.spelled
    // So many elements are there from the start on.
    let rest =
      axis.step > 0
      ? (extent - axis.start + (axis.step - 1)).quotient(axis.step)
      : axis.start.quotient(-axis.step) + 1
    if axis.size == rest { return .stretch(start, nil, axis.step) }
    let last = axis.start + axis.step * (axis.size - 1)
    return .stretch(start, (last + (axis.step > 0 ? 1 : -1)).spelled, axis.step)
  }

  /// `pad(x, [[1, 1], [0, 0]], value: 0)`.
  func padded(_ node: Node, _ axes: [PadAxis]) -> Expr {
    if axes.contains(where: { $0.interior != 0 }) { return intrinsic(node) }
    let widths = Expr.list(axes.map { .list([$0.low.spelled, $0.high.spelled]) })
    let (tensor, value) = (node.operands[0], node.operands[1])
    var options: [(String, Expr)] = []
    let zeros: [Literal?] = [.int(0), .float(0), .bool(false)]
    if !zeros.contains(graph.literal(value)) { options = [("value", weak(value))] }
    return .call("pad", [strong(tensor), widths], options)
  }

  // MARK: Positions

  /// `x[:, i]`, `add_at(x[i, j], v)`, `set_at(x[i], v)`.
  func picked(_ node: Node, _ picking: Picking) -> Expr {
    let isGather = node.operation == .gather
    guard isGather || node.operation == .addAt || node.operation == .setAt else {
      return intrinsic(node)
    }
    let tensor = node.operands[0]
    let positions = node.operands.dropFirst(isGather ? 1 : 2)
    let pairs = zip(picking.axes, positions).sorted { $0.0 < $1.0 }
    let axes = pairs.map(\.0)
    let isAdjacent = axes == Array((axes.first ?? 0)...(axes.last ?? 0))
    // Elsewhere NumPy puts the axes of positions in another place.
    guard picking.place == (isAdjacent ? axes[0] : 0) else { return intrinsic(node) }
    var subscripts = [Subscript](repeating: .whole, count: graph.type(tensor).rank)
    for (axis, position) in pairs { subscripts[axis] = .index(strong(position)) }
    let target = Expr.index(strong(tensor), withoutWholeEnd(subscripts))
    return isGather ? target : .call(node.operation.name, [target, strong(node.operands[1])])
  }
}

extension SliceAxis {
  /// The same elements from the first place to the last.
  fileprivate var ascending: SliceAxis {
    step > 0 ? self : SliceAxis(start: start + step * (size - 1), step: -step, size: size)
  }
}
