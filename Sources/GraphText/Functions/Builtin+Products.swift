import GraphIR
import Ops
import Support

extension Builtin {
  /// Products of vectors and matrices.
  static let products: [Builtin] = [
    Builtin("dot", ["a", "b"]) { checker, call in
      let operands = checker.operands(call)
      return [
        checker.product(operands, at: call.site) { b, x, y throws(TypeError) in try b.dot(x, y) }
      ]
    },
    Builtin("outer", ["a", "b"]) { checker, call in
      let operands = checker.operands(call)
      return [
        checker.product(operands, at: call.site) { b, x, y throws(TypeError) in try b.outer(x, y) }
      ]
    },
  ]
}
