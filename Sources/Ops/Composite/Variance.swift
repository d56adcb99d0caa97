package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The mean square of the distances from the mean; of none NaN.
  ///
  /// ∂/∂xᵢ var x = 2 (xᵢ − mean x) / n
  package static let variance: Operation = .init(
    "var", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.reduced("var", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in
        let product = b.multiply(b.centered(c), tangent)
        let mean = b.emit(.mean, [product], c.attributes)
        return b.multiply(mean, b.literal(2.0, like: mean))
      },
      vjp: { b, c, ct in
        let count = b.count(of: c.operands[0], axes: c.attributes.reducedAxes, b.dtype(ct))
        let share = b.divide(b.multiply(ct, b.literal(2.0, like: ct)), count)
        return b.multiply(b.restoringAxes(share, of: c), b.centered(c))
      }),
    evaluate: { context in [Composite.summarize(context, Composite.variance)] },
    lowering: Composite.expansion { b, c in
      let distance = b.centered(c)
      return b.emit(.mean, [b.multiply(distance, distance)], c.attributes)
    },
    samples: Composite.reductionSamples(.interval(-2, 2)), notation: .function)

  /// The square root of the variance, which is a norm: where it is 0 its slope is 0.
  ///
  /// ∂/∂xᵢ std x = (xᵢ − mean x) / (n std x)
  package static let standardDeviation: Operation = .init(
    "std", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.reduced("std", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in
        let product = b.multiply(b.centered(c), tangent)
        return b.slope(b.emit(.mean, [product], c.attributes), over: c.result)
      },
      vjp: { b, c, ct in
        let count = b.count(of: c.operands[0], axes: c.attributes.reducedAxes, b.dtype(ct))
        let share = b.slope(b.divide(ct, count), over: c.result)
        return b.multiply(b.restoringAxes(share, of: c), b.centered(c))
      }),
    evaluate: { context in
      [Composite.summarize(context) { Composite.variance($0).squareRoot() }]
    },
    lowering: Composite.expansion { b, c in b.sqrt(b.emit(.variance, c.operands, c.attributes)) },
    samples: Composite.reductionSamples(.interval(-2, 2)), notation: .function)
}

extension Composite {
  /// The mean square of the distances from the mean.
  static func variance(_ values: [Double]) -> Double {
    let center = mean(values)
    return mean(values.map { ($0 - center) * ($0 - center) })
  }
}

extension Builder {
  /// The distances of the elements from their mean.
  fileprivate mutating func centered(_ c: DerivativeContext) -> Value {
    let x = c.operands[0]
    let attributes = Attributes.reduction(axes: c.attributes.reducedAxes, keepDims: true)
    return subtract(x, emit(.mean, [x], attributes))
  }

  /// A quotient by a norm, 0 where the norm is.
  mutating func slope(_ value: Value, over norm: Value) -> Value {
    let zero = literal(0.0, like: norm)
    return select(equal(norm, zero), zero, divide(value, norm))
  }
}
