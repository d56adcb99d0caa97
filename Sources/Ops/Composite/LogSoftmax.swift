package import GraphIR
import Glibc
import LoopIR
import Support

extension Operation {
  /// The logarithm of softmax along axes, as x − m less `log1p` of the sum of e^(x − m) without the
  /// maximum's own, where m is the maximum: full accuracy near 0 and far below.
  ///
  /// Infinities are taken as `softmax` takes them.
  ///
  /// ∂yᵢ/∂xⱼ = δᵢⱼ − softmax(x)ⱼ
  package static let logSoftmax: Operation = .init(
    "log_softmax", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.along("log_softmax", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in b.logSoftmaxTangent(c, tangent) },
      vjp: { b, c, ct in b.logSoftmaxCotangent(c, ct) }),
    evaluate: { context in
      [
        Composite.map(context) {
          let row = ShiftedRow($0)
          return row.exponents.map { $0 - Glibc.log1p(row.rest) }
        }
      ]
    },
    lowering: Composite.expansion { b, c in
      let row = ShiftedExponentials(&b, of: c.operands[0], axes: c.attributes.reducedAxes)
      return b.subtract(row.exponents, b.emit(.log1p, [row.rest(&b)]))
    },
    samples: Composite.alongSamples, notation: .function)
}

extension Builder {
  /// t − Σ softmax(x) t, with `t` counted from its value at the greatest element, which changes
  /// nothing but the digits that are lost.
  fileprivate mutating func logSoftmaxTangent(_ c: DerivativeContext, _ t: Value) -> Value {
    let axes = c.attributes.reducedAxes
    let row = ShiftedExponentials(&self, of: c.operands[0], axes: axes)
    let counted = counting(t, fromGreatest: row)
    let shares = softmax(c.operands[0], axes: axes)
    let mean = reduceSum(multiply(shares, counted), axes: axes, keepDims: true)
    return subtract(counted, mean)
  }

  /// ct − softmax(x) Σ ct, as ct (1 − softmax(x)) − softmax(x) Σ ct of the others: where softmax is
  /// nearly 1 both terms keep their digits.
  fileprivate mutating func logSoftmaxCotangent(_ c: DerivativeContext, _ ct: Value) -> Value {
    let axes = c.attributes.reducedAxes
    let x = c.operands[0]
    let row = ShiftedExponentials(&self, of: x, axes: axes)
    let own = multiply(ct, softmaxComplement(x, axes: axes))
    return subtract(own, multiply(softmax(x, axes: axes), sumOfOthers(ct, row)))
  }

  /// For each element the sum of all others of its row: of the greatest ones and of the rest apart,
  /// so that what stands at a greatest one does not cover the rest.
  private mutating func sumOfOthers(_ t: Value, _ row: ShiftedExponentials) -> Value {
    let zero = literal(0.0, like: t)
    let parts = [select(row.isGreatest, t, zero), select(row.isGreatest, zero, t)]
    var others: [Value] = []
    for part in parts {
      others.append(subtract(reduceSum(part, axes: row.axes, keepDims: true), part))
    }
    return add(others[0], others[1])
  }
}
