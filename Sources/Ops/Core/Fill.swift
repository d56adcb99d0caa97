package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `fill(like, value)`: the value, broadcast to the shape of `like`, whose elements do not matter.
  ///
  /// Cotangents begin with it, as in Theano.
  package static let fill: Operation = .init(
    "fill", arity: .exactly(2),
    infer: { query throws(TypeError) in
      let shape = try TypeRules.broadcast(query.operands.map(\.shape))
      guard shape == query.operands[0].shape else {
        throw TypeError("a value of shape \(TensorType.spelling(query.operands[1].shape)) does not "
          + "fill \(TensorType.spelling(query.operands[0].shape))")
      }
      return [TensorType(query.operands[1].dtype, shape)]
    },
    derivative: .linear(operands: .only([1]), leavesOut: false) { b, c, ct, _ in
      b.sum(ct, to: b.shape(c.operands[1]))
    },
    evaluate: { context in
      let value = context.operands[1]
      return [
        value.gathering(
          Broadcasting.indices(of: value.shape, in: context.shape), shape: context.shape)
      ]
    },
    lowering: Kernel.expansion { b, c in [b.broadcast(c.operands[1], to: b.shape(c.operands[0]))] },
    samples: [
      Sample(shapes: [[2, 3], []], domains: [.interval(-1, 1), .interval(-1, 1)]),
      Sample(shapes: [[2, 3], [2, 1]], domains: [.interval(-1, 1), .interval(-1, 1)]),
    ],
    notation: .function)
}
