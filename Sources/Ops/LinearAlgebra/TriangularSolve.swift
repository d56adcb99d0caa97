package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The solution of `l x = b` for a triangular `l`, of which nothing else is read. A zero on its
  /// diagonal is an error of the run.
  ///
  /// dx = l⁻¹ (db − tri(dl) x); b̄ = l⁻ᵀ x̄, l̄ = −tri(b̄ xᵀ)
  package static let triangularSolve: Operation = .init(
    "triangular_solve", arity: .exactly(2),
    infer: { query throws(TypeError) in
      guard case .matrix = query.attributes else { throw TypeError("needs its triangle") }
      return [try Equations.type("triangular_solve", query)]
    },
    derivative: .custom(
      jvp: { b, c, tangents in [Triangular.tangent(&b, c, tangents)] },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil, nil] }
        let right = b.triangularSolve(c.operands[0], ct, c.attributes.matrixForm.transposed)
        return [Triangular.cotangent(&b, c, right), right]
      }),
    evaluate: { context throws(EvaluationError) in [try Triangular.evaluate(context)] },
    lowering: Kernel.routine { b, c in TriangularLoops.emit(&b, c) },
    samples: Triangular.samples, notation: .function)
}

/// What systems of equations have in common.
enum Equations {
  /// The type of the solution, if the right sides fit the matrices.
  static func type(_ name: String, _ query: TypeQuery) throws(TypeError) -> TensorType {
    let dtype = try TypeRules.common(query.operands)
    let matrices = try TypeRules.squareMatrices(name, query.operands[0])
    let sides = try TypeRules.matrices(name, query.operands[1])
    guard matrices.batch == sides.batch, matrices.columns == sides.rows else {
      throw TypeError(
        "'\(name)' has no right sides for \(query.operands[0]) in \(query.operands[1])",
        dims: query.operands[0].shape + query.operands[1].shape)
    }
    return TensorType(dtype, query.operands[1].shape)
  }

  /// Operands of several sizes, also in stacks.
  static func samples(_ domain: Sample.Domain, _ attributes: Attributes) -> [Sample] {
    [
      ([3, 3], [3, 2]), ([1, 1], [1, 1]), ([4, 4], [4, 1]), ([2, 3, 3], [2, 3, 2]),
      ([0, 0], [0, 2]), ([2, 2], [2, 0]), ([0, 2, 2], [0, 2, 3]),
    ].map { matrix, sides in
      Sample(
        shapes: [matrix, sides], domains: [domain, .interval(-1, 1)], attributes: attributes)
    }
  }
}

/// What makes up the record of `triangular_solve`.
private enum Triangular {
  /// The tangent of the solution.
  static func tangent(
    _ b: inout Builder, _ c: DerivativeContext, _ tangents: [Value?]
  ) -> Value? {
    let form = c.attributes.matrixForm
    var side = tangents[1]
    if let dl = tangents[0] {
      let kept = b.triangle(dl, form)
      let turned = form.isTransposed ? b.matrixTranspose(kept) : kept
      let moved = b.matrixProduct(turned, c.result)
      side = side.map { b.subtract($0, moved) } ?? b.negate(moved)
    }
    return side.map { b.triangularSolve(c.operands[0], $0, form) }
  }

  /// The cotangent of the matrix from that of the right sides.
  static func cotangent(_ b: inout Builder, _ c: DerivativeContext, _ right: Value) -> Value {
    let form = c.attributes.matrixForm
    let (rows, columns) = form.isTransposed ? (c.result, right) : (right, c.result)
    let product = b.matrixProduct(rows, b.matrixTranspose(columns))
    return b.triangle(b.negate(product), form)
  }

  /// Substitution, one unknown after the other.
  static func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> Tensor {
    let form = context.attributes.matrixForm
    var solutions: [DenseMatrix] = []
    for (matrix, side) in zip(
      DenseMatrix.stack(context.operands[0]), DenseMatrix.stack(context.operands[1]))
    {
      let a = form.isTransposed ? matrix.transposed : matrix
      let isForward = form.isLower != form.isTransposed
      var x = side
      let order = isForward ? Array(0..<a.rows) : (0..<a.rows).reversed()
      for (done, i) in order.enumerated() {
        guard form.hasUnitDiagonal || a[i, i] != 0 else { throw EvaluationError("singular matrix") }
        for j in 0..<x.columns {
          for k in order.prefix(done) { x[i, j] -= a[i, k] * x[k, j] }
          if !form.hasUnitDiagonal { x[i, j] /= a[i, i] }
        }
      }
      solutions.append(x)
    }
    return DenseMatrix.tensor(solutions, context.dtype, context.shape)
  }

  /// Operands of every form.
  static let samples: [Sample] = [false, true].flatMap { isLower in
    [false, true].flatMap { isUnit in
      [false, true].flatMap { isTransposed in
        Equations.samples(
          .matrices(shift: 0, first: 3, step: 0.5),
          .matrix(
            MatrixForm(isLower: isLower, hasUnitDiagonal: isUnit, isTransposed: isTransposed)))
      }
    }
  }
}

extension Attributes {
  /// The form of a matrix, the plain one where none is given.
  package var matrixForm: MatrixForm {
    if case .matrix(let form) = self { form } else { MatrixForm() }
  }
}

extension Builder {
  /// The solutions of triangular systems.
  package mutating func triangularSolve(
    _ matrix: Value, _ sides: Value, _ form: MatrixForm
  ) -> Value {
    emit(.triangularSolve, [matrix, sides], .matrix(form))
  }

  /// The elements of a matrix that a form reads, others 0.
  fileprivate mutating func triangle(_ x: Value, _ form: MatrixForm) -> Value {
    form.isLower
      ? lowerTriangle(x, isStrict: form.hasUnitDiagonal)
      : upperTriangle(x, isStrict: form.hasUnitDiagonal)
  }
}
