import GraphIR
import Ops
import Support

/// One spelling for what can be written in several ways.
extension Catalogue {
  static let canonical: [Rule] = [
    .code("canonical-literal", "2 of f64", "2.0", .exact, on: [.literal]) { r, node in
      guard case .literal(let literal, let dtype) = node.attributes else { return nil }
      let canonical = Tensor(dtype, scalar: literal)[0]
      return canonical == literal ? nil : r.literal(canonical, dtype)
    },
    .code("uniform-data", "data of equal elements", "broadcast_to(c)", .exact, on: [.data]) {
      r, node in
      guard case .data(let index) = node.attributes,
        let element = r.graph.data[index].uniformElement
      else { return nil }
      return r.literal(element, node.type.dtype)
    },
    .code("constant-size", "size(128)", "128", .exact, on: [.size]) { r, node in
      guard case .shape(let shape) = node.attributes, let size = shape[0].constant else {
        return nil
      }
      return r.literal(.int(Int64(size)), node.type.dtype)
    },
    .code(
      "constants-first", "x + c", "c + x", .exact,
      on: .every("commutative operations") { $0.isCommutative }
    ) { r, node in
      guard node.operands.count == 2, r.isConstant(node.operands[1]),
        !r.isConstant(node.operands[0])
      else { return nil }
      return r.emit(node.operation, [node.operands[1], node.operands[0]], node.attributes)
    },
  ]

  static let folding: [Rule] = [
    .code(
      "fold", "f(c, d)", "its value, f fully determined", .exact,
      on: .every("all operations") { _ in true }
    ) { r, node in r.folded(node, .exact) },
    .code(
      "fold-function", "f(c)", "its value, f such as exp", .within(ulps: 2),
      on: .every("elementwise functions", \.isPointwise)
    ) { r, node in r.folded(node, .function) },
    .code(
      "fold-sum", "sum(c)", "its value", .reordered, on: [.sum, .product]
    ) { r, node in r.folded(node, .sum) },
  ]
}

extension Rewriter {
  /// Whether a value is constant, and so stands first.
  fileprivate func isConstant(_ value: Value) -> Bool {
    isMade(value, by: .data) || scalarConstant(value) != nil
  }
}
