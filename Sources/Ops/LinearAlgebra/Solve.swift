package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The solution of `a x = b`, or of `aᵀ x = b` where the attributes say so. A singular matrix is
  /// an error of the run. All solutions with one matrix share its factorisation.
  ///
  /// dx = a⁻¹ (db − da x); b̄ = a⁻ᵀ x̄, ā = −b̄ xᵀ
  package static let solve: Operation = .init(
    "solve", arity: .exactly(2),
    infer: { query throws(TypeError) in [try Equations.type("solve", query)] },
    derivative: .custom(
      jvp: { b, c, tangents in
        let isTransposed = c.attributes.matrixForm.isTransposed
        var side = tangents[1]
        if let da = tangents[0] {
          let turned = isTransposed ? b.matrixTranspose(da) : da
          let moved = b.matrixProduct(turned, c.result)
          side = side.map { b.subtract($0, moved) } ?? b.negate(moved)
        }
        return [side.map { b.solve(c.operands[0], $0, isTransposed: isTransposed) }]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil, nil] }
        let isTransposed = c.attributes.matrixForm.isTransposed
        let right = b.solve(c.operands[0], ct, isTransposed: !isTransposed)
        let (rows, columns) = isTransposed ? (c.result, right) : (right, c.result)
        return [b.negate(b.matrixProduct(rows, b.matrixTranspose(columns))), right]
      }),
    evaluate: { context throws(EvaluationError) in
      var solutions: [DenseMatrix] = []
      for (matrix, side) in zip(
        DenseMatrix.stack(context.operands[0]), DenseMatrix.stack(context.operands[1]))
      {
        let isTransposed = context.attributes.matrixForm.isTransposed
        guard let x = (isTransposed ? matrix.transposed : matrix).solving(side) else {
          throw EvaluationError("singular matrix")
        }
        solutions.append(x)
      }
      return [DenseMatrix.tensor(solutions, context.dtype, context.shape)]
    },
    lowering: Kernel.expansion { b, c in
      [
        b.solution(
          c.operands[0], c.operands[1], isTransposed: c.attributes.matrixForm.isTransposed)
      ]
    },
    samples: [0, 1].flatMap { shift in
      [false, true].flatMap { isTransposed in
        Equations.samples(
          .matrices(shift: shift, first: 4, step: 0.5),
          .matrix(MatrixForm(isTransposed: isTransposed)))
      }
    },
    notation: .function)

  /// The inverses of matrices. A singular one is an error of the run.
  ///
  /// dy = −y da y, ā = −yᵀ ȳ yᵀ
  package static let inverse: Operation = .init(
    "inv", arity: .exactly(1),
    infer: { query throws(TypeError) in
      _ = try TypeRules.squareMatrices("inv", query.operands[0])
      return [query.operands[0]]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let da = tangents[0] else { return [nil] }
        return [b.negate(b.matrixProduct(c.result, b.matrixProduct(da, c.result)))]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil] }
        let turned = b.matrixTranspose(c.result)
        return [b.negate(b.matrixProduct(turned, b.matrixProduct(ct, turned)))]
      }),
    evaluate: { context throws(EvaluationError) in
      var inverses: [DenseMatrix] = []
      for matrix in DenseMatrix.stack(context.operands[0]) {
        guard let x = matrix.solving(DenseMatrix(identity: matrix.rows)) else {
          throw EvaluationError("singular matrix")
        }
        inverses.append(x)
      }
      return [DenseMatrix.tensor(inverses, context.dtype, context.shape)]
    },
    lowering: Kernel.expansion { b, c in
      [b.solve(c.operands[0], b.identity(like: c.operands[0]))]
    },
    samples: MatrixSamples.square([
      .matrices(shift: 0, first: 4, step: 1), .matrices(shift: 1, first: 4, step: 1),
    ]),
    notation: .function)
}

extension Builder {
  /// The solutions of systems of equations with as many matrices as right sides.
  package mutating func solve(_ a: Value, _ sides: Value, isTransposed: Bool = false) -> Value {
    emit(.solve, [a, sides], .matrix(MatrixForm(isTransposed: isTransposed)))
  }

  /// The inverses of matrices.
  package mutating func inverse(_ a: Value) -> Value { emit(.inverse, [a]) }

  /// The factors of matrices or of their transposes, whichever need not be moved.
  package mutating func factors(_ a: Value) -> Factors {
    let isSmall = SmallMatrices.rows(MatrixShape(shape(a)).rows) != nil
    let areOfTranspose = usesLAPACK && !isSmall
    let attributes: Attributes =
      areOfTranspose ? .matrix(MatrixForm(isTransposed: true)) : .none
    do throws(TypeError) {
      let results = try tryEmit(.lu, [a], attributes)
      return Factors(
        packed: results[0], permutation: results[1], sign: results[2],
        areOfTranspose: areOfTranspose)
    } catch {
      preconditionFailure(error.message)
    }
  }

  /// The solutions by the factors.
  fileprivate mutating func solution(
    _ a: Value, _ sides: Value, isTransposed: Bool
  ) -> Value {
    let factors = factors(a)
    if isTransposed != factors.areOfTranspose {
      let inner = triangularSolve(factors.packed, sides, factors.upper.transposed)
      let rows = triangularSolve(factors.packed, inner, factors.lower.transposed)
      return permuteRows(rows, inversePermutation(factors.permutation))
    }
    let rows = permuteRows(sides, factors.permutation)
    let inner = triangularSolve(factors.packed, rows, factors.lower)
    return triangularSolve(factors.packed, inner, factors.upper)
  }
}

/// What `lu` gives: of a matrix, or of its transpose.
package struct Factors {
  /// Both triangular factors; of the transpose, themselves transposed.
  package var packed: Value
  package var permutation: Value
  package var sign: Value
  package var areOfTranspose: Bool

  /// The lower factor in what it is packed in.
  package var lower: MatrixForm {
    MatrixForm(isLower: !areOfTranspose, hasUnitDiagonal: true, isTransposed: areOfTranspose)
  }

  /// The upper factor in what it is packed in.
  package var upper: MatrixForm {
    MatrixForm(isLower: areOfTranspose, isTransposed: areOfTranspose)
  }
}
