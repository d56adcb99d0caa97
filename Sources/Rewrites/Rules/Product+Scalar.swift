import GraphIR
import Ops

/// Products that sum nothing.
extension Catalogue {
  static let products: [Rule] = orderedProducts + [
    // A sum begins with +0, and -0 added to that is +0.
    .code(
      "product-with-scalar", "x @ s, s a scalar", "s * x", .zeroSign, on: [.contract]
    ) { r, node in
      guard case .contraction(let pairs) = node.attributes, pairs.leftSummed.isEmpty else {
        return nil
      }
      let operands = node.operands
      guard operands.contains(where: { r.type($0).isScalar }) else { return nil }
      return r.emit(.multiply, operands)
    }
  ]
}
