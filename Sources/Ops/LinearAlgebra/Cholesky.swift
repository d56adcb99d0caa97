package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The lower factor of `a = l lᵀ`, of which only the lower triangle of `a` is read; the upper one
  /// counts as its mirror image. A matrix that is not positive definite is an error of the run.
  ///
  /// dl = l Φ(l⁻¹ da l⁻ᵀ), ā = Φ(l⁻ᵀ (p + pᵀ) l⁻¹) with p = Φ(lᵀ l̄), where Φ takes the lower
  /// triangle with half the diagonal (Murray 2016)
  package static let cholesky: Operation = .init(
    "cholesky", arity: .exactly(1),
    infer: { query throws(TypeError) in
      _ = try TypeRules.squareMatrices("cholesky", query.operands[0])
      return [query.operands[0]]
    },
    derivative: .custom(
      jvp: { b, c, tangents in [tangents[0].map { Cholesky.tangent(&b, c, $0) }] },
      vjp: { b, c, cotangents in [cotangents[0].map { Cholesky.cotangent(&b, c, $0) }] }),
    evaluate: { context throws(EvaluationError) in [try Cholesky.evaluate(context)] },
    lowering: Kernel.routine { b, c in CholeskyLoops.emit(&b, c) },
    samples: MatrixSamples.square([.matrices(shift: 0, first: 4, step: 1)]), notation: .function)
}

/// What makes up the record of `cholesky`.
private enum Cholesky {
  /// The tangent of the factor.
  static func tangent(_ b: inout Builder, _ c: DerivativeContext, _ da: Value) -> Value {
    let below = b.lowerTriangle(da, isStrict: true)
    let whole = b.add(b.lowerTriangle(da), b.matrixTranspose(below))
    let inner = b.betweenInverses(whole, c.result, isTransposed: false)
    return b.matrixProduct(c.result, b.halvedLowerTriangle(inner))
  }

  /// The cotangent of the matrix, all of it for the lower triangle.
  static func cotangent(_ b: inout Builder, _ c: DerivativeContext, _ ct: Value) -> Value {
    let product = b.matrixProduct(b.matrixTranspose(c.result), b.lowerTriangle(ct))
    let half = b.halvedLowerTriangle(product)
    let whole = b.add(half, b.matrixTranspose(half))
    return b.halvedLowerTriangle(b.betweenInverses(whole, c.result, isTransposed: true))
  }

  /// Column by column.
  static func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> Tensor {
    var factors: [DenseMatrix] = []
    for a in DenseMatrix.stack(context.operands[0]) {
      var l = DenseMatrix(a.rows, a.rows)
      for j in 0..<a.rows {
        let square = (0..<j).reduce(a[j, j]) { $0 - l[j, $1] * l[j, $1] }
        guard square > 0 else { throw EvaluationError("singular matrix: not positive definite") }
        l[j, j] = square.squareRoot()
        for i in j..<a.rows where i > j {
          l[i, j] = (0..<j).reduce(a[i, j]) { $0 - l[i, $1] * l[j, $1] } / l[j, j]
        }
      }
      factors.append(l)
    }
    return DenseMatrix.tensor(factors, context.dtype, context.shape)
  }
}

extension Builder {
  /// `l⁻¹ s l⁻ᵀ` for a symmetric `s`; `l⁻ᵀ s l⁻¹` by the transpose of `l`.
  fileprivate mutating func betweenInverses(
    _ s: Value, _ l: Value, isTransposed: Bool
  ) -> Value {
    let form = MatrixForm(isLower: true, isTransposed: isTransposed)
    let left = triangularSolve(l, s, form)
    return triangularSolve(l, matrixTranspose(left), form)
  }
}
