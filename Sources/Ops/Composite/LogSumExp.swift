package import GraphIR
import Glibc
import LoopIR
import Support

extension Operation {
  /// The logarithm of the sum of exponentials along axes, as the maximum m plus `log1p` of the sum
  /// of e^(x − m) without the maximum's own: no argument overflows or loses digits.
  ///
  /// A row of `-inf`, and one of no elements, gives `-inf`; one with `inf` gives `inf`.
  ///
  /// ∂/∂x logsumexp x = softmax x
  package static let logSumExp: Operation = .init(
    "logsumexp", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.reduced("logsumexp", query) },
    derivative: Composite.derivative(
      jvp: { b, c, tangent in
        let shares = b.softmax(c.operands[0], axes: c.attributes.reducedAxes)
        return b.emit(.sum, [b.multiply(shares, tangent)], c.attributes)
      },
      vjp: { b, c, ct in
        let shares = b.softmax(c.operands[0], axes: c.attributes.reducedAxes)
        return b.multiply(b.restoringAxes(ct, of: c), shares)
      }),
    evaluate: { context in
      [
        Composite.summarize(context) {
          let row = ShiftedRow($0)
          return row.greatest + Glibc.log1p(row.rest)
        }
      ]
    },
    lowering: Composite.expansion { b, c in
      guard case .reduction(let axes, let keep) = c.attributes else { return c.operands[0] }
      let row = ShiftedExponentials(&b, of: c.operands[0], axes: axes)
      let sum = b.add(row.greatest, b.emit(.log1p, [row.rest(&b)]))
      return keep ? sum : b.squeeze(sum, axes: axes)
    },
    samples: Composite.reductionSamples(.interval(-2, 2)), notation: .function)
}
