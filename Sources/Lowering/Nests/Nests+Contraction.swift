import GraphIR
import LoopIR
import Ops
import Support

extension Nests {
  /// Sums of products. The result's axes are outer loops but for those of the right operand, which
  /// stand inside the sum where its neighbours in memory lie along them.
  ///
  /// - Parameters:
  ///   - order: the axes of the result in the order in which they are written.
  ///   - adds: whether the sums are added to what stands at the target.
  func contract(
    _ node: Node, to target: Place, order: [Int]? = nil, adds: Bool = false,
    _ b: inout LoopBuilder
  ) {
    let axes = ContractionAxes(of: node, in: graph, order: order)
    let sum = TiledSum(node, axes, in: graph)
    if let tiles = SumTiles(sum, nests: self, target: target, adds: adds) { return tiles.emit(&b) }
    if let tiles = DotTiles(sum, nests: self, target: target, adds: adds) { return tiles.emit(&b) }
    let sumsInside = isDotForm(node, axes)
    let outer = axes.batch + axes.leftFree + (sumsInside ? axes.rightFree : [])
    let inner = sumsInside ? axes.summed : axes.summed + axes.rightFree
    let tail = sumsInside ? [] : axes.rightFree
    let dtype = reader.graph.type(node.result).dtype
    loops(over: outer.map { axes.extents[$0] }, &b) { b, prefix in
      var position = [Index](repeating: Index(Dim(0)), count: axes.extents.count)
      for (loop, index) in zip(outer, prefix) { position[loop] = index }
      if !adds {
        loops(over: tail.map { axes.extents[$0] }, &b) { b, rest in
          var position = position
          for (loop, index) in zip(tail, rest) { position[loop] = index }
          let zero = b.constant(dtype.arithmetic, dtype.isFloat ? .float(0) : .int(0))
          b.store(zero, to: target.buffer, target.prefix + axes.result.map { position[$0] })
        }
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
  private func isDotForm(_ node: Node, _ axes: ContractionAxes) -> Bool {
    if axes.rightFree.isEmpty { return true }
    guard let unit = reader.unitAxis(of: node.operands[1]) else { return false }
    return axes.summed.contains(axes.right[unit])
  }
}
