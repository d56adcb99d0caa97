import GraphIR
import Ops
import Support

/// Softmax and what is like it, written by hand.
extension Rewriter {
  /// A function along axes, in the spelling of one where it is one.
  mutating func along(_ operation: Operation, _ x: Value, _ axes: [Int]) -> Value {
    emit(operation, [x], axes.count == 1 ? .axis(axes[0]) : .axes(axes))
  }

  /// `softmax(x)` for exponentials over their sum, or times its reciprocal; else nil.
  mutating func shares(_ node: Candidate) -> Value? {
    if node.operation == .divide { return share(node.operands[0], over: node.operands[1]) }
    for (part, other) in [(0, 1), (1, 0)] {
      if let sum = operand(of: node.operands[other], .reciprocal),
        let share = share(node.operands[part], over: sum)
      {
        return share
      }
    }
    return nil
  }

  /// `softmax(x)` for `exp(x)` and the sum of it that stands beside each; else nil.
  mutating func share(_ part: Value, over sum: Value) -> Value? {
    guard let x = operand(of: part, .exp),
      let axes = axes(of: sum, asRowsOf: part, made: .sum, from: part)
    else { return nil }
    return along(.softmax, x, axes)
  }

  /// The axes along which a value reduces `source` by an operation, where broadcasting puts each
  /// result beside the row of `x` that it came from; nil where it is not that.
  func axes(
    of value: Value, asRowsOf x: Value, made operation: Operation, from source: Value
  ) -> [Int]? {
    let rank = shape(x).count
    var value = value
    // The axes of the value, counted from the last, that are new.
    var new: [Int]? = nil
    let outer = shape(value).count
    guard outer <= rank else { return nil }
    if let reduced = operand(of: value, .reshape) {
      return self.axes(ofReshaped: reduced, to: shape(value), asRowsOf: x, operation, source)
    }
    if isMade(value, by: .expandDims), case .axes(let axes) = node(of: value).attributes {
      new = axes
      value = node(of: value).operands[0]
    }
    let inner = node(of: value)
    guard inner.operation == operation, inner.operands == [source],
      case .reduction(let axes, let keepDims) = inner.attributes
    else { return nil }
    let missing = rank - outer
    if keepDims { return new == nil && missing == 0 ? axes : nil }
    let implied = Array(0..<missing) + (new ?? []).map { $0 + missing }
    // A single number fits every place.
    if axes.count == rank, new == nil { return axes }
    return implied == axes ? axes : nil
  }

  /// The same for a reduction that a reshape gives axes of 1 in the place of those that are gone.
  private func axes(
    ofReshaped value: Value, to shape: [Dim], asRowsOf x: Value, _ operation: Operation,
    _ source: Value
  ) -> [Int]? {
    let inner = node(of: value)
    guard inner.operation == operation, inner.operands == [source],
      case .reduction(let axes, _) = inner.attributes
    else { return nil }
    let kept = self.shape(x).enumerated().map { axes.contains($0) ? Dim(1) : $1 }
    return shape == kept ? axes : nil
  }

  /// `x` for `x - max(x)` along those axes; else nil.
  func unshifted(_ value: Value, _ axes: [Int]) -> Value? {
    let node = node(of: value)
    guard node.operation == .subtract, case let x = node.operands[0],
      self.axes(ofMaximum: node.operands[1], of: x) == axes
    else { return nil }
    return x
  }

  /// `log_softmax(x)[i, j]` for `x[i, j]`, which takes one element of each row, and the rows'
  /// `logsumexp(x)`; else nil.
  mutating func logShare(picked: Value, total: Value) -> Value? {
    let gather = node(of: picked)
    guard gather.operation == .gather, case let x = gather.operands[0],
      shape(total) == shape(picked),
      axes(of: total, made: .logSumExp, from: x) == [type(x).rank - 1],
      picksOfEachRow(gather)
    else { return nil }
    let shares = along(.logSoftmax, x, [type(x).rank - 1])
    return emit(.gather, [shares] + gather.operands.dropFirst(), gather.attributes)
  }

  /// The axes that a value reduces `source` along by an operation, and does not keep.
  private func axes(of value: Value, made operation: Operation, from source: Value) -> [Int]? {
    let node = node(of: value)
    guard node.operation == operation, node.operands == [source],
      case .reduction(let axes, keepDims: false) = node.attributes
    else { return nil }
    return axes
  }

  /// Whether a node picks an element of a vector, or one of each row of a matrix in order.
  private func picksOfEachRow(_ gather: Node) -> Bool {
    guard case .picking(let picking) = gather.attributes else { return false }
    let shape = shape(gather.operands[0])
    if shape.count == 1 { return picking.axes == [0] && type(gather.operands[1]).isScalar }
    return picking.axes == [0, 1] && shape.count == 2
      && isMade(gather.operands[1], by: .arange) && self.shape(gather.operands[1]) == [shape[0]]
      && self.shape(gather.operands[2]) == [shape[0]]
  }

  /// The axes along which a value is the maximum of the rows of `x`, whether a derivative sees it
  /// or not; nil where it is not that.
  private func axes(ofMaximum value: Value, of x: Value) -> [Int]? {
    let bare = operand(of: value, .stopGradient) ?? value
    return axes(of: bare, asRowsOf: x, made: .greatest, from: x)
  }

  /// `logsumexp(x)` for that of `x - m`, plus `m`, with the maximum `m`; else nil.
  ///
  /// Both are the same value, but for axes of 1, so that the derivative sees both or none.
  mutating func unshiftedSum(_ sum: Value, plus maximum: Value) -> Value? {
    let bare = operand(of: sum, .squeeze) ?? sum
    let node = node(of: bare)
    guard node.operation == .logSumExp,
      case .reduction(let axes, let keepDims) = node.attributes,
      let x = unshifted(node.operands[0], axes),
      case let shift = self.node(of: node.operands[0]).operands[1],
      isSameMaximum(maximum, shift, keepDims: keepDims && bare == sum)
    else { return nil }
    let whole = emit(.logSumExp, [x], node.attributes)
    return bare == sum ? whole : emit(.squeeze, [whole], self.node(of: sum).attributes)
  }

  /// Whether what is added back is what was subtracted.
  private func isSameMaximum(_ added: Value, _ subtracted: Value, keepDims: Bool) -> Bool {
    if keepDims || type(subtracted).isScalar { return added == subtracted }
    // Without the axes of 1 that the subtraction needed.
    return operand(of: added, .squeeze) == subtracted
      || operand(of: subtracted, .expandDims) == added
      || operand(of: operand(of: added, .squeeze) ?? added, .stopGradient)
        .map { $0 == operand(of: subtracted, .stopGradient) } ?? false
  }
}
