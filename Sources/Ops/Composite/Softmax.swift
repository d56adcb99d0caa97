package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The exponentials along axes over their sum, scaled by the greatest: no argument overflows.
  ///
  /// A single `inf` takes everything; equal infinities that are the greatest share as equal numbers
  /// do, so that a row of `-inf` is uniform; a NaN spreads over its row.
  ///
  /// ∂yᵢ/∂xⱼ = yᵢ (δᵢⱼ − yⱼ)
  package static let softmax: Operation = .init(
    "softmax", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.along("softmax", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in b.softmaxDifferential(c, c.result, tangent) },
      vjp: { b, c, ct in b.softmaxDifferential(c, c.result, ct) }),
    evaluate: { context in
      [
        Composite.map(context) {
          let row = ShiftedRow($0)
          return row.exponentials.map { $0 / (1 + row.rest) }
        }
      ]
    },
    lowering: Composite.expansion { b, c in
      let axes = c.attributes.reducedAxes
      let row = ShiftedExponentials(&b, of: c.operands[0], axes: axes)
      let sum = b.reduceSum(row.exponentials, axes: axes, keepDims: true)
      // A division for each row; one for each element takes as long as its exponential.
      return b.multiply(row.exponentials, b.reciprocal(sum))
    },
    samples: Composite.alongSamples, notation: .function)

  /// `1 - softmax(x)` with all its digits, also where softmax is nearly 1.
  package static let softmaxComplement: Operation = .init(
    "softmax_complement", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.along("softmax_complement", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in b.complementDifferential(c, tangent) },
      vjp: { b, c, ct in b.complementDifferential(c, ct) }),
    evaluate: { context in
      [
        Composite.map(context) {
          let row = ShiftedRow($0)
          return zip($0, row.exponentials).map { x, e in
            (x == row.greatest ? row.rest : 1 + (row.rest - e)) / (1 + row.rest)
          }
        }
      ]
    },
    lowering: Composite.expansion { b, c in
      let row = ShiftedExponentials(&b, of: c.operands[0], axes: c.attributes.reducedAxes)
      let rest = row.rest(&b)
      let one = b.literal(1.0, like: rest)
      let others = b.add(one, b.subtract(rest, row.exponentials))
      return b.divide(b.select(row.isGreatest, rest, others), b.add(one, rest))
    },
    samples: Composite.alongSamples, notation: .function)
}

extension Builder {
  /// y · (t − Σ y t): the tangent of softmax, and its cotangent.
  ///
  /// Both stay the same where a number is added to all of `t`. So `t` is counted from its value
  /// where softmax is greatest, and no digits cancel where that is nearly 1.
  fileprivate mutating func softmaxDifferential(
    _ c: DerivativeContext, _ shares: Value, _ t: Value
  ) -> Value {
    let axes = c.attributes.reducedAxes
    let row = ShiftedExponentials(&self, of: c.operands[0], axes: axes)
    let counted = counting(t, fromGreatest: row)
    let mean = reduceSum(multiply(shares, counted), axes: axes, keepDims: true)
    return multiply(shares, subtract(counted, mean))
  }

  /// The negative of softmax's.
  fileprivate mutating func complementDifferential(_ c: DerivativeContext, _ t: Value) -> Value {
    let shares = softmax(c.operands[0], axes: c.attributes.reducedAxes)
    return negate(softmaxDifferential(c, shares, t))
  }

  /// The values of a row less that in the place of the greatest element. For what does not change
  /// where a number is added to all of them: that number is taken as a constant.
  mutating func counting(_ t: Value, fromGreatest row: ShiftedExponentials) -> Value {
    let none = literal(-Double.infinity, like: t)
    let there = reduceMax(select(row.isGreatest, t, none), axes: row.axes, keepDims: true)
    return subtract(t, emit(.stopGradient, [there]))
  }
}
