import GraphIR
import Ops
import Support

/// Axes of the operands and of the result of a node that run along together: what the result has at
/// one index comes from what the operands have at one index. Where the result has none of them, the
/// node sums along them.
struct AxisLine {
  /// The axis of each operand.
  var operands: [Int?]
  var result: Int?
  /// The index along the axis of an operand is `offset + step * index`.
  var offset = Dim(0)
  var step = 1
}

extension Node {
  /// The lines of a node, as far as its operation is known to have any.
  func axisLines(in graph: Graph) -> [AxisLine] {
    let shapes = operands.map { graph.type($0).shape }
    if case .pointwise = operation.derivative {
      return broadcastLines(shapes, rank: graph.type(result).rank)
    }
    if [.convert, .fill, .copy, .broadcastTo].contains(operation) {
      return broadcastLines(shapes, rank: graph.type(result).rank)
    }
    switch (operation, attributes) {
    case (.contract, .contraction(let pairs)): return Node.lines(of: pairs, shapes)
    case (.sum, .reduction(let axes, let keepDims)), (.mean, .reduction(let axes, let keepDims)):
      return reductionLines(axes, keepDims: keepDims, rank: shapes[0].count)
    case (.transpose, .axes(let axes)):
      return axes.enumerated().map { AxisLine(operands: [$1], result: $0) }
    case (.expandDims, .axes(let axes)):
      let kept = (0..<(shapes[0].count + axes.count)).filter { !axes.contains($0) }
      return kept.enumerated().map { AxisLine(operands: [$0], result: $1) }
    case (.squeeze, .axes(let axes)):
      let kept = shapes[0].indices.filter { !axes.contains($0) }
      return kept.enumerated().map { AxisLine(operands: [$1], result: $0) }
    case (.flip, .axes(let axes)):
      return shapes[0].enumerated().map { axis, size in
        axes.contains(axis)
          ? AxisLine(operands: [axis], result: axis, offset: size - 1, step: -1)
          : AxisLine(operands: [axis], result: axis)
      }
    case (.slice, .slice(let axes)):
      return axes.enumerated().map { axis, slice in
        AxisLine(operands: [axis], result: axis, offset: slice.start, step: slice.step)
      }
    case (.concatenate, .axis(let axis)):
      return shapes[0].indices.filter { $0 != axis }
        .map { other in AxisLine(operands: shapes.map { _ in other }, result: other) }
    default: return []
    }
  }

  private func broadcastLines(_ shapes: [[Dim]], rank: Int) -> [AxisLine] {
    (0..<rank).map { axis in
      AxisLine(
        operands: shapes.map { axis < rank - $0.count ? nil : axis - rank + $0.count },
        result: axis)
    }
  }

  private static func lines(of pairs: Contraction, _ shapes: [[Dim]]) -> [AxisLine] {
    var lines: [AxisLine] = []
    for (left, right) in zip(pairs.leftBatch, pairs.rightBatch) {
      lines.append(AxisLine(operands: [left, right], result: lines.count))
    }
    for axis in pairs.leftFree(rank: shapes[0].count) {
      lines.append(AxisLine(operands: [axis, nil], result: lines.count))
    }
    for axis in pairs.rightFree(rank: shapes[1].count) {
      lines.append(AxisLine(operands: [nil, axis], result: lines.count))
    }
    return lines
      + zip(pairs.leftSummed, pairs.rightSummed).map { AxisLine(operands: [$0, $1], result: nil) }
  }

  /// A mean divides by the number of what it adds, and a sum that keeps its axes has one more.
  private func reductionLines(_ axes: [Int], keepDims: Bool, rank: Int) -> [AxisLine] {
    let kept = (0..<rank).filter { keepDims || !axes.contains($0) }
    var lines: [AxisLine] = []
    for (place, axis) in kept.enumerated() where !axes.contains(axis) {
      lines.append(AxisLine(operands: [axis], result: place))
    }
    if operation == .sum, !keepDims { lines += axes.map { AxisLine(operands: [$0], result: nil) } }
    return lines
  }

  /// The attributes of the same operation on tensors without the axes of some lines.
  func attributes(without lines: [AxisLine], in graph: Graph) -> Attributes {
    let first = Set(lines.compactMap { $0.operands[0] })
    let gone = Set(lines.compactMap(\.result))
    switch (operation, attributes) {
    case (.contract, .contraction(let pairs)):
      let second = Set(lines.compactMap { $0.operands[1] })
      return .contraction(
        Contraction(
          leftBatch: pairs.leftBatch.without(first), rightBatch: pairs.rightBatch.without(second),
          leftSummed: pairs.leftSummed.without(first),
          rightSummed: pairs.rightSummed.without(second)))
    case (_, .reduction(let axes, let keepDims)):
      return .reduction(axes: axes.without(first), keepDims: keepDims)
    case (.expandDims, .axes(let axes)): return .axes(axes.without(gone))
    case (_, .axes(let axes)): return .axes(axes.without(first))
    case (.broadcastTo, .shape(let shape)):
      return .shape(shape.indices.filter { !gone.contains($0) }.map { shape[$0] })
    case (.slice, .slice(let axes)):
      return .slice(axes.indices.filter { !gone.contains($0) }.map { axes[$0] })
    case (.concatenate, .axis(let axis)): return .axis([axis].without(gone)[0])
    default: return attributes
    }
  }
}

extension [Int] {
  /// Axes by their numbers among those that are left when some are taken out.
  fileprivate func without(_ gone: Set<Int>) -> [Int] {
    filter { !gone.contains($0) }.map { axis in axis - gone.count { $0 < axis } }
  }
}
