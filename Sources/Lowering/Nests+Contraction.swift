import GraphIR
import LoopIR
import Ops
import Support

extension Nests {
  /// The axes of a contraction as one list of loops.
  private struct Axes {
    var extents: [Dim]
    /// For each axis of an operand, the loop that runs along it.
    var left: [Int]
    var right: [Int]
    /// The loops of the result's axes: batch, left free, right free.
    var result: [Int]
    var summed: [Int]
    var leftFree: [Int]
    var rightFree: [Int]
  }

  /// Sums of products. The result's axes are outer loops but for those of the right operand, which
  /// stand inside the sum where its neighbours in memory lie along them.
  func contract(_ node: Node, to target: Place, _ b: inout LoopBuilder) {
    let axes = axes(of: node)
    let batch = axes.result.filter { !axes.leftFree.contains($0) && !axes.rightFree.contains($0) }
    let sumsInside = isDotForm(node, axes)
    let outer = batch + axes.leftFree + (sumsInside ? axes.rightFree : [])
    let inner = sumsInside ? axes.summed : axes.summed + axes.rightFree
    let tail = sumsInside ? [] : axes.rightFree
    let dtype = reader.graph.type(node.result).dtype
    loops(over: outer.map { axes.extents[$0] }, &b) { b, prefix in
      var position = [Index](repeating: Index(Dim(0)), count: axes.extents.count)
      for (loop, index) in zip(outer, prefix) { position[loop] = index }
      loops(over: tail.map { axes.extents[$0] }, &b) { b, rest in
        var position = position
        for (loop, index) in zip(tail, rest) { position[loop] = index }
        let zero = b.constant(dtype.arithmetic, dtype.isFloat ? .float(0) : .int(0))
        b.store(zero, to: target.buffer, target.prefix + axes.result.map { position[$0] })
      }
      loops(over: inner.map { axes.extents[$0] }, &b) { b, rest in
        for (loop, index) in zip(inner, rest) { position[loop] = index }
        var memo = ElementReader.Memo()
        let x = reader.read(node.operands[0], at: axes.left.map { position[$0] }, &b, &memo)
        let y = reader.read(node.operands[1], at: axes.right.map { position[$0] }, &b, &memo)
        b.site = node.site
        let product = dtype == .bool ? b.binary(.and, x, y) : b.multiply(x, y)
        b.store(
          product, to: target.buffer, target.prefix + axes.result.map { position[$0] },
          combining: dtype == .bool ? .or : .add)
      }
    }
  }

  /// Whether the sum is the innermost loop: where the right operand has no free axis, or where its
  /// neighbours in memory lie along the sum.
  private func isDotForm(_ node: Node, _ axes: Axes) -> Bool {
    if axes.rightFree.isEmpty { return true }
    guard let unit = reader.unitAxis(of: node.operands[1]) else { return false }
    return axes.summed.contains(axes.right[unit])
  }

  private func axes(of node: Node) -> Axes {
    guard case .contraction(let c) = node.attributes else {
      preconditionFailure("a contraction has axes")
    }
    let left = reader.graph.type(node.operands[0]).shape
    let right = reader.graph.type(node.operands[1]).shape
    var axes = Axes(
      extents: [], left: Array(repeating: 0, count: left.count),
      right: Array(repeating: 0, count: right.count), result: [], summed: [], leftFree: [],
      rightFree: [])
    for (l, r) in zip(c.leftBatch, c.rightBatch) {
      axes.left[l] = axes.extents.count
      axes.right[r] = axes.extents.count
      axes.result.append(axes.extents.count)
      axes.extents.append(left[l])
    }
    for l in c.leftFree(rank: left.count) {
      axes.left[l] = axes.extents.count
      axes.leftFree.append(axes.extents.count)
      axes.extents.append(left[l])
    }
    for r in c.rightFree(rank: right.count) {
      axes.right[r] = axes.extents.count
      axes.rightFree.append(axes.extents.count)
      axes.extents.append(right[r])
    }
    axes.result += axes.leftFree + axes.rightFree
    for (l, r) in zip(c.leftSummed, c.rightSummed) {
      axes.left[l] = axes.extents.count
      axes.right[r] = axes.extents.count
      axes.summed.append(axes.extents.count)
      axes.extents.append(left[l])
    }
    return axes
  }
}
