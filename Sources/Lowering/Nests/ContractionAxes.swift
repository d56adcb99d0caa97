import GraphIR
import Support

/// The axes of a contraction as one list of loops.
struct ContractionAxes {
  private(set) var extents: [Dim] = []
  /// For each axis of an operand, the loop that runs along it.
  private(set) var left: [Int]
  private(set) var right: [Int]
  /// The loops of the result's axes: batch, left free, right free.
  private(set) var batch: [Int] = []
  private(set) var leftFree: [Int] = []
  private(set) var rightFree: [Int] = []
  private(set) var summed: [Int] = []

  /// The loops of the axes of what is written: the result, or its transpose.
  private(set) var result: [Int] = []

  /// - Parameter order: the axes of the result in the order in which they are written.
  /// - Requires: The node is a contraction.
  init(of node: Node, in graph: Graph, order: [Int]?) {
    guard case .contraction(let c) = node.attributes else {
      preconditionFailure("a contraction has axes")
    }
    let shapes = node.operands.map { graph.type($0).shape }
    left = Array(repeating: 0, count: shapes[0].count)
    right = Array(repeating: 0, count: shapes[1].count)
    for (l, r) in zip(c.leftBatch, c.rightBatch) { batch.append(add(shapes[0][l], l, r)) }
    for l in c.leftFree(rank: shapes[0].count) { leftFree.append(add(shapes[0][l], l, nil)) }
    for r in c.rightFree(rank: shapes[1].count) { rightFree.append(add(shapes[1][r], nil, r)) }
    for (l, r) in zip(c.leftSummed, c.rightSummed) { summed.append(add(shapes[0][l], l, r)) }
    let axes = batch + leftFree + rightFree
    result = order?.map { axes[$0] } ?? axes
  }

  /// Adds a loop along an axis of one operand, or of both; gives its number.
  private mutating func add(_ extent: Dim, _ left: Int?, _ right: Int?) -> Int {
    let number = extents.count
    extents.append(extent)
    if let left { self.left[left] = number }
    if let right { self.right[right] = number }
    return number
  }
}
