package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The eigenvalues `w` of symmetric matrices in ascending order, and the eigenvectors as the
  /// columns of `v`. Only the lower triangle is read. The sign of an eigenvector is that its first
  /// element of more than 0.7 times the greatest magnitude is positive.
  ///
  /// With p = vᵀ da v and f_ij = 1 / (w_j − w_i): dw = diag(p), dv = v (f ∘ p).
  /// ā = v (diag(w̄) + f ∘ (vᵀ v̄)) vᵀ, its upper triangle then added to the lower. Eigenvalues that
  /// rounding cannot tell apart have an infinite `f`, which matters only where one of their
  /// eigenvectors is used.
  package static let eigh: Operation = .init(
    "eigh", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let type = query.operands[0]
      let shape = try TypeRules.squareMatrices("eigh", type)
      return [TensorType(type.dtype, shape.batch + [shape.rows]), type]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let tangent = tangents[0] else { return [nil, nil] }
        return Eigh(c).tangents(&b, tangent)
      },
      vjp: { b, c, cotangents in
        let mask = c.masks.isEmpty ? nil : c.masks[1]
        return [Eigh(c).cotangent(&b, cotangents[0], cotangents[1], mask: mask)]
      }),
    evaluate: { context throws(EvaluationError) in try PlainEigh.evaluate(context) },
    lowering: Kernel.routine { b, c in EighLoops.emit(&b, c) },
    samples: MatrixSamples.square([.matrices(shift: 0, first: -2, step: 4)]), notation: .function)
}

/// The derivatives of `eigh`.
private struct Eigh {
  let w: Value
  let v: Value

  init(_ c: DerivativeContext) { (w, v) = (c.results[0], c.results[1]) }

  /// The tangents of eigenvalues and eigenvectors.
  func tangents(_ b: inout Builder, _ da: Value) -> [Value?] {
    let below = b.lowerTriangle(da, isStrict: true)
    let whole = b.add(b.lowerTriangle(da), b.matrixTranspose(below))
    let p = b.matrixProduct(b.matrixTranspose(v), b.matrixProduct(whole, v))
    let dv = b.matrixProduct(v, b.overGaps(p, w))
    return [b.matrixDiagonal(p), dv]
  }

  /// The cotangent of the matrix.
  ///
  /// - Parameter mask: where structure has not left the cotangent of eigenvectors out.
  func cotangent(_ b: inout Builder, _ dw: Value?, _ dv: Value?, mask: Value?) -> Value {
    let turned = b.matrixTranspose(v)
    let axis = b.shape(w).count - 1
    let isDiagonal = b.places(.equal, of: b.type(v))
    let inner: Value
    if let dv {
      let columns = mask.map { b.columns(of: $0, in: b.shape(v)) }
      let off = b.keptPairs(b.overGaps(b.matrixProduct(turned, dv), w), columns)
      let values = dw.map { b.select(isDiagonal, b.expandDims($0, axes: [axis]), off) }
      inner = b.matrixProduct(values ?? off, turned)
    } else if let dw {
      inner = b.multiply(b.expandDims(dw, axes: [axis + 1]), turned)
    } else {
      preconditionFailure("a derivative by no result")
    }
    let whole = b.matrixProduct(v, inner)
    let both = b.add(whole, b.matrixTranspose(whole))
    return b.lowerTriangle(b.select(isDiagonal, whole, both))
  }
}

extension Builder {
  /// The elements of square matrices over the distances of ascending or descending numbers,
  /// `x_ij / (w_j - w_i)`, and 0 on the diagonal. Distances that rounding cannot tell from 0 count
  /// as 0.
  mutating func overGaps(_ x: Value, _ w: Value) -> Value {
    let axis = shape(w).count - 1
    let gaps = subtract(expandDims(w, axes: [axis]), expandDims(w, axes: [axis + 1]))
    let isDiagonal = places(.equal, of: type(x))
    let known = select(isIndistinct(abs(gaps), of: w), literal(0.0, like: w), gaps)
    let one = literal(1.0, like: w)
    let quotients = divide(x, select(isDiagonal, one, known))
    return select(isDiagonal, literal(0.0, like: x), quotients)
  }

  /// The columns of matrices in which a mask holds somewhere.
  mutating func columns(of mask: Value, in shape: [Dim]) -> Value {
    reduceAny(broadcast(mask, to: shape), axes: [shape.count - 2])
  }

  /// Square matrices with exactly 0 where both the row's and the column's number is of a column that
  /// is left out: what two such columns are to each other has no influence, even where it does not
  /// exist.
  mutating func keptPairs(_ x: Value, _ columns: Value?) -> Value {
    guard let columns else { return x }
    let rank = shape(columns).count
    let either = or(expandDims(columns, axes: [rank - 1]), expandDims(columns, axes: [rank]))
    return select(either, x, literal(0.0, like: x))
  }

  /// Whether distances of numbers along the last axis of `w` are within the rounding of the
  /// greatest of these.
  mutating func isIndistinct(_ distances: Value, of w: Value) -> Value {
    let rank = shape(w).count
    let greatest = reduceMax(abs(w), axes: [rank - 1], keepDims: true)
    let unit = literal(dtype(w).epsilon, like: w)
    let error = multiply(multiply(unit, size(shape(w)[rank - 1], dtype(w))), greatest)
    return lessEqual(distances, expandDims(error, axes: [rank]))
  }
}
