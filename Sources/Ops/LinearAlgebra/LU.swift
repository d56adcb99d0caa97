package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `p a = l u`, with rows exchanged so that the greatest element of a column is divided by. The
  /// results are `l` below the diagonal, whose own is 1, with `u` on and above it; for each row of
  /// `p a` its place in `a`; and the sign of that permutation. A singular matrix has zeros on the
  /// diagonal of `u`. Where the attributes say so, the transpose is factored, and the first result
  /// is the transpose of what its factors are packed in: nothing is moved where LAPACK, which reads
  /// columns where we write rows, does it.
  ///
  /// dl = l tril(f, -1), du = triu(f) u with f = l⁻¹ p da u⁻¹
  package static let lu: Operation = .init(
    "lu", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let type = query.operands[0]
      let shape = try TypeRules.squareMatrices("lu", type)
      return [
        type, TensorType(.i64, shape.batch + [shape.rows]), TensorType(type.dtype, shape.batch),
      ]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let tangent = tangents[0] else { return [nil, nil, nil] }
        return [LU.turned(&b, c, tangent) { LU.tangent(&$0, $1, c.results[1], $2) }, nil, nil]
      },
      vjp: { b, c, cotangents in
        [cotangents[0].map { ct in
          LU.turned(&b, c, ct) { LU.cotangent(&$0, $1, c.results[1], $2) }
        }]
      }),
    evaluate: { context in LU.evaluate(context) },
    lowering: Kernel.routine { b, c in LULoops.emit(&b, c) },
    samples: [.none, .matrix(MatrixForm(isTransposed: true))].flatMap { attributes in
      MatrixSamples.square([.matrices(shift: 0, first: 4, step: 1)], attributes)
    },
    notation: .function)
}

/// What makes up the record of `lu`.
private enum LU {
  /// A derivative by the packed factors: of the transposes, where it is the transpose that is
  /// factored.
  static func turned(
    _ b: inout Builder, _ c: DerivativeContext, _ x: Value,
    _ derivative: (inout Builder, Value, Value) -> Value
  ) -> Value {
    guard c.attributes.matrixForm.isTransposed else { return derivative(&b, c.results[0], x) }
    let packed = b.matrixTranspose(c.results[0])
    let turned = b.matrixTranspose(x)
    return b.matrixTranspose(derivative(&b, packed, turned))
  }

  /// The factors' forms in what they are packed in.
  static let lower = MatrixForm(isLower: true, hasUnitDiagonal: true)
  static let upper = MatrixForm(isLower: false)

  /// The tangent of the packed factors.
  static func tangent(
    _ b: inout Builder, _ packed: Value, _ permutation: Value, _ da: Value
  ) -> Value {
    let rows = b.permuteRows(da, permutation)
    let left = b.triangularSolve(packed, rows, lower)
    // f = left u⁻¹, by the transpose.
    let turned = b.matrixTranspose(left)
    let f = b.matrixTranspose(b.triangularSolve(packed, turned, upper.transposed))
    let dl = b.matrixProduct(b.unitLower(packed), b.lowerTriangle(f, isStrict: true))
    let du = b.matrixProduct(b.upperTriangle(f), b.upperTriangle(packed))
    return b.add(b.lowerTriangle(dl, isStrict: true), b.upperTriangle(du))
  }

  /// The cotangent of the matrix: `pᵀ l⁻ᵀ (tril(lᵀ l̄, -1) + triu(ū uᵀ)) u⁻ᵀ`.
  static func cotangent(
    _ b: inout Builder, _ packed: Value, _ permutation: Value, _ ct: Value
  ) -> Value {
    let l = b.unitLower(packed)
    let u = b.upperTriangle(packed)
    let below = b.matrixProduct(b.matrixTranspose(l), b.lowerTriangle(ct, isStrict: true))
    let above = b.matrixProduct(b.upperTriangle(ct), b.matrixTranspose(u))
    let inner = b.add(b.lowerTriangle(below, isStrict: true), b.upperTriangle(above))
    let left = b.triangularSolve(packed, inner, lower.transposed)
    let turned = b.matrixTranspose(left)
    let rows = b.matrixTranspose(b.triangularSolve(packed, turned, upper))
    return b.permuteRows(rows, b.inversePermutation(permutation))
  }

  /// Elimination column by column.
  static func evaluate(_ context: EvaluationContext) -> [Tensor] {
    let isTransposed = context.attributes.matrixForm.isTransposed
    let matrices = DenseMatrix.stack(context.operands[0])
    let factors = matrices.map { PlainLU(isTransposed ? $0.transposed : $0) }
    let packed = factors.map { isTransposed ? $0.packed.transposed : $0.packed }
    return [
      DenseMatrix.tensor(packed, context.resultTypes[0], context.resultShapes[0]),
      Tensor(
        .i64, context.resultShapes[1],
        integers: factors.flatMap { $0.rows.map { Int64($0) } }),
      Tensor(context.resultTypes[2], context.resultShapes[2], floats: factors.map(\.sign)),
    ]
  }
}

extension Builder {
  /// The lower factor with its diagonal of 1.
  fileprivate mutating func unitLower(_ packed: Value) -> Value {
    let isDiagonal = places(.equal, of: type(packed))
    let below = lowerTriangle(packed, isStrict: true)
    return select(isDiagonal, literal(1.0, like: packed), below)
  }

  /// The rows of matrices in the order of permutations.
  mutating func permuteRows(_ x: Value, _ permutation: Value) -> Value {
    let batch = MatrixShape(shape(x)).batch
    let shape = batch + [self.shape(x)[batch.count]]
    let places = batch.indices.map { iota(shape, axis: $0) } + [permutation]
    return emit(.gather, [x] + places, .picking(Picking(axes: Array(shape.indices), place: 0)))
  }

  /// The permutations that undo others.
  mutating func inversePermutation(_ permutation: Value) -> Value {
    let shape = self.shape(permutation)
    let places = shape.indices.dropLast().map { iota(shape, axis: $0) } + [permutation]
    let zeros = self.zeros(TensorType(.i64, shape))
    let order = iota(shape, axis: shape.count - 1)
    return emit(
      .setAt, [zeros, order] + places, .picking(Picking(axes: Array(shape.indices), place: 0)))
  }
}
