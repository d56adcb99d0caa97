import Glibc
package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The determinants of matrices; of a singular one 0.
  ///
  /// dy = ⟨c, da⟩, ā = ȳ c with the cofactors c
  package static let determinant: Operation = .init(
    "det", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let shape = try TypeRules.squareMatrices("det", query.operands[0])
      return [TensorType(query.operands[0].dtype, shape.batch)]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let da = tangents[0] else { return [nil] }
        return [b.matrixInner(b.emit(.cofactors, [c.operands[0]]), da)]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil] }
        return [b.scale(b.emit(.cofactors, [c.operands[0]]), by: ct)]
      }),
    evaluate: { context in
      let values = DenseMatrix.stack(context.operands[0]).map { PlainLU($0).determinant }
      return [
        Tensor(context.dtype, context.shape, floats: values.map { context.dtype.rounded($0) })
      ]
    },
    lowering: Kernel.expansion { b, c in
      let factors = b.factors(c.operands[0])
      return [b.product(of: b.matrixDiagonal(factors.packed), factors.sign)]
    },
    samples: Determinant.samples, notation: .function)

  /// The cofactors of matrices: `det(a) a⁻ᵀ`, which also exist where there is no inverse. Of a
  /// singular matrix they are those of one that differs from it by rounding; their own derivative
  /// there is an error of the run.
  ///
  /// dc = ⟨v, da⟩ c − v daᵀ c, ā = ⟨c̄, c⟩ v − c c̄ᵀ v with v = a⁻ᵀ
  package static let cofactors: Operation = .init(
    "cofactors", arity: .exactly(1),
    infer: { query throws(TypeError) in
      _ = try TypeRules.squareMatrices("cofactors", query.operands[0])
      return [query.operands[0]]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let da = tangents[0] else { return [nil] }
        let v = b.inverseTranspose(c.operands[0])
        let own = b.scale(c.result, by: b.matrixInner(v, da))
        let others = b.matrixProduct(v, b.matrixProduct(b.matrixTranspose(da), c.result))
        return [b.subtract(own, others)]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil] }
        let v = b.inverseTranspose(c.operands[0])
        let own = b.scale(v, by: b.matrixInner(ct, c.result))
        let others = b.matrixProduct(c.result, b.matrixProduct(b.matrixTranspose(ct), v))
        return [b.subtract(own, others)]
      }),
    evaluate: { context in
      let matrices = DenseMatrix.stack(context.operands[0]).map { Determinant.cofactors($0) }
      return [DenseMatrix.tensor(matrices, context.dtype, context.shape)]
    },
    lowering: Kernel.expansion { b, c in [Determinant.cofactors(&b, c.operands[0])] },
    samples: Determinant.samples, notation: .function)

  /// The signs and the logarithms of the sizes of determinants; of a singular matrix 0 and `-inf`,
  /// where the derivative is an error of the run.
  ///
  /// dy = ⟨a⁻ᵀ, da⟩, ā = ȳ a⁻ᵀ
  package static let signedLogDeterminant: Operation = .init(
    "slogdet", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let shape = try TypeRules.squareMatrices("slogdet", query.operands[0])
      let type = TensorType(query.operands[0].dtype, shape.batch)
      return [type, type]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let da = tangents[0] else { return [nil, nil] }
        return [nil, b.matrixInner(b.inverseTranspose(c.operands[0]), da)]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[1] else { return [nil] }
        return [b.scale(b.inverseTranspose(c.operands[0]), by: ct)]
      }),
    evaluate: { context in Determinant.signsAndLogarithms(context) },
    lowering: Kernel.expansion { b, c in
      let factors = b.factors(c.operands[0])
      let diagonal = b.matrixDiagonal(factors.packed)
      let sign = b.product(of: b.sign(diagonal), factors.sign)
      let axis = b.shape(diagonal).count - 1
      return [sign, b.reduceSum(b.log(b.abs(diagonal)), axes: [axis])]
    },
    samples: Determinant.samples, notation: .function)
}

/// What makes up the records of determinants.
private enum Determinant {
  static let samples = MatrixSamples.square([
    .matrices(shift: 0, first: 3, step: 0.5), .matrices(shift: 1, first: 3, step: 0.5),
  ])

  /// The cofactors by their definition.
  static func cofactors(_ a: DenseMatrix) -> DenseMatrix {
    var result = a
    for i in 0..<a.rows {
      for j in 0..<a.columns {
        let minor = PlainLU(a.without(row: i, column: j)).determinant
        result[i, j] = (i + j) % 2 == 0 ? minor : -minor
      }
    }
    return result
  }

  /// The cofactors by the factors, with something in the place of zeros on the diagonal that is to
  /// the greatest element as a rounding is to 1.
  static func cofactors(_ b: inout Builder, _ a: Value) -> Value {
    let factors = b.factors(a)
    let zero = b.literal(0.0, like: a)
    let rank = b.shape(a).count
    let isDiagonal = b.places(.equal, of: b.type(a))
    let isZero = b.and(isDiagonal, b.equal(factors.packed, zero))
    let isFirst = b.dtype(a) == .f32
    let rounding = b.literal(isFirst ? 0x1p-23 : 0x1p-52, like: a)
    let least = b.literal(isFirst ? 0x1p-126 : 0x1p-1022, like: a)
    let upper = factors.areOfTranspose
      ? b.lowerTriangle(factors.packed) : b.upperTriangle(factors.packed)
    let sizes = b.abs(upper)
    let greatest = b.reduceMax(sizes, axes: [rank - 2, rank - 1], keepDims: true)
    let small = b.maximum(b.multiply(greatest, rounding), least)
    let packed = b.select(isZero, small, factors.packed)
    let determinant = b.product(of: b.matrixDiagonal(packed), factors.sign)
    let inner = b.triangularSolve(packed, b.identity(like: a), factors.upper.transposed)
    let turned = b.triangularSolve(packed, inner, factors.lower.transposed)
    let rows = b.permuteRows(turned, b.inversePermutation(factors.permutation))
    let result = b.scale(rows, by: determinant)
    return factors.areOfTranspose ? b.matrixTranspose(result) : result
  }

  /// Sums of logarithms.
  static func signsAndLogarithms(_ context: EvaluationContext) -> [Tensor] {
    let factors = DenseMatrix.stack(context.operands[0]).map { PlainLU($0) }
    let signs = factors.map { f in
      (0..<f.packed.rows).reduce(f.sign) { sign, i in
        let pivot = f.packed[i, i]
        return pivot.isNaN ? .nan : sign * (pivot == 0 ? 0 : pivot < 0 ? -1 : 1)
      }
    }
    let logarithms = factors.map { f in
      (0..<f.packed.rows).reduce(0) {
        $0 + Glibc.log(f.packed[$1, $1].magnitude)
      }
    }
    return [signs, logarithms].map { values in
      Tensor(context.dtype, context.shape, floats: values.map { context.dtype.rounded($0) })
    }
  }
}

extension Builder {
  /// The transposed inverses of matrices, by the factors that others share.
  package mutating func inverseTranspose(_ a: Value) -> Value {
    solve(a, identity(like: a), isTransposed: true)
  }

  /// The matrices of a stack, each times a number of its own.
  package mutating func scale(_ matrices: Value, by numbers: Value) -> Value {
    let rank = shape(matrices).count
    let wide = rank == 2 ? numbers : expandDims(numbers, axes: [rank - 2, rank - 1])
    return multiply(wide, matrices)
  }

  /// The products along the last axis, times a number for each.
  fileprivate mutating func product(of diagonal: Value, _ sign: Value) -> Value {
    multiply(sign, reduceProduct(diagonal, axes: [shape(diagonal).count - 1]))
  }
}
