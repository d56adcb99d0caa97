import GraphIR
import Ops
import Support

extension Graph {
  /// The numbers that a plain evaluation at some sizes adds, multiplies or moves, about.
  func work(at sizes: [String: Int]) -> Double {
    nodes.reduce(0) { sum, node in sum + work(of: node, at: sizes) }
  }

  private func work(of node: Node, at sizes: [String: Int]) -> Double {
    func count(_ shape: [Dim]) -> Double {
      shape.reduce(1) { $0 * Double(max(0, $1.evaluate(sizes) ?? 0)) }
    }
    let own = (node.operands + node.results).reduce(0) { $0 + count(type($1).shape) }
    // Regions nest as deep as the user's blocks, which the front end bounds.
    let inner = node.regions.reduce(0) { $0 + $1.work(at: sizes) }
    if case .contraction(let pairs) = node.attributes {
      let left = type(node.operands[0]).shape
      return own + count(type(node.result).shape) * count(pairs.leftSummed.map { left[$0] })
    }
    if case .convolution = node.attributes {
      let kernel = type(node.operands[1]).shape
      return own + count(type(node.result).shape) * count(Array(kernel.dropFirst()))
    }
    if case .loop(let form) = node.attributes { return own + count([form.count]) * inner }
    return own + inner
  }
}
