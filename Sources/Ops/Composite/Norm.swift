package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The square root of the sum of squares along axes; where it is 0 its slope is 0.
  ///
  /// ∂/∂xᵢ |x| = xᵢ / |x|
  package static let norm: Operation = .init(
    "norm", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.reduced("norm", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in
        let product = b.multiply(c.operands[0], tangent)
        return b.slope(b.emit(.sum, [product], c.attributes), over: c.result)
      },
      vjp: { b, c, ct in
        b.multiply(b.restoringAxes(b.slope(ct, over: c.result), of: c), c.operands[0])
      }),
    evaluate: { context in
      [Composite.summarize(context) { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }]
    },
    lowering: Composite.expansion { b, c in
      let square = b.multiply(c.operands[0], c.operands[0])
      return b.sqrt(b.emit(.sum, [square], c.attributes))
    },
    samples: Composite.reductionSamples(.awayFromZero(0.5, 2)), notation: .function)
}
