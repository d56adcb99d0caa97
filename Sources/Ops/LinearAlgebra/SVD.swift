package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `a = u diag(s) vᵀ` with `k` orthonormal columns in `u` and rows in `vᵀ`, where `k` is the lesser
  /// of the numbers of rows and columns; `s` is descending. The results are `u`, `s` and `vᵀ`. The
  /// sign of a pair of vectors is that the first element of `u`'s of more than 0.7 times the
  /// greatest magnitude is positive.
  ///
  /// With p = uᵀ da v, e_ij = 1 / (s_j − s_i), g_ij = 1 / (s_j + s_i), x = e ∘ (p + pᵀ) / 2 and
  /// y = g ∘ (p − pᵀ) / 2 (Townsend 2016, with the squares taken apart): ds = diag(p),
  /// du = u (x + y) + (1 − u uᵀ) da v / s, dv = v (x − y) + (1 − v vᵀ) daᵀ u / s.
  /// With m = uᵀ ū + vᵀ v̄ and n = uᵀ ū − vᵀ v̄: ā = u (diag(s̄) + e ∘ (m − mᵀ) / 2 + g ∘ (n − nᵀ) / 2) vᵀ
  /// + (1 − u uᵀ) ū / s vᵀ + u (v̄ / s)ᵀ (1 − v vᵀ).
  package static let svd: Operation = .init(
    "svd", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let type = query.operands[0]
      let shape = try TypeRules.matrices("svd", type)
      let rank = try TypeRules.lesser("svd", shape)
      return [
        TensorType(type.dtype, shape.with(shape.rows, rank)),
        TensorType(type.dtype, shape.batch + [rank]),
        TensorType(type.dtype, shape.with(rank, shape.columns)),
      ]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let tangent = tangents[0] else { return [nil, nil, nil] }
        return SVD(&b, c).tangents(&b, tangent)
      },
      vjp: { b, c, cotangents in
        [SVD(&b, c).cotangent(&b, c, cotangents[0], cotangents[1], cotangents[2])]
      }),
    evaluate: { context throws(EvaluationError) in try PlainSVD.evaluate(context) },
    lowering: Kernel.routine { b, c in SVDLoops.emit(&b, c) },
    samples: MatrixSamples.square([.matrices(shift: 0, first: 3, step: 4)])
      + [[4, 2], [2, 4], [3, 1], [1, 3], [2, 3, 2], [2, 0], [0, 2]].map {
        Sample(shapes: [$0], domains: [.matrices(shift: 0, first: 3, step: 4)])
      },
    notation: .function)
}

/// The derivatives of `svd`.
private struct SVD {
  let u: Value
  let s: Value
  let v: Value
  private let uTurned: Value
  private let vTurned: Value
  /// Whether `u`, `v` have fewer columns than rows, so that they may leave their span.
  private let isTall: Bool
  private let isWide: Bool

  init(_ b: inout Builder, _ c: DerivativeContext) {
    (u, s, vTurned) = (c.results[0], c.results[1], c.results[2])
    uTurned = b.matrixTranspose(u)
    v = b.matrixTranspose(vTurned)
    let shape = MatrixShape(b.shape(c.operands[0]))
    let rank = MatrixShape(b.shape(u)).columns
    (isTall, isWide) = (shape.rows != rank, shape.columns != rank)
  }

  /// The tangents of all three results.
  func tangents(_ b: inout Builder, _ da: Value) -> [Value?] {
    let left = b.matrixProduct(da, v)
    let p = b.matrixProduct(uTurned, left)
    let (x, y) = turns(&b, p, p)
    var du = b.matrixProduct(u, b.add(x, y))
    if isTall { du = b.add(du, overValues(&b, b.outside(left, of: u, uTurned))) }
    var dv = b.matrixProduct(v, b.subtract(x, y))
    if isWide {
      let right = b.matrixProduct(b.matrixTranspose(da), u)
      dv = b.add(dv, overValues(&b, b.outside(right, of: v, vTurned)))
    }
    return [du, b.matrixDiagonal(p), b.matrixTranspose(dv)]
  }

  /// The cotangent of the operand.
  func cotangent(
    _ b: inout Builder, _ c: DerivativeContext, _ du: Value?, _ ds: Value?, _ dvTurned: Value?
  ) -> Value {
    let axis = b.shape(s).count - 1
    guard du != nil || dvTurned != nil else {
      guard let ds else { preconditionFailure("a derivative by no result") }
      return b.matrixProduct(u, b.multiply(b.expandDims(ds, axes: [axis + 1]), vTurned))
    }
    let dv = dvTurned.map { b.matrixTranspose($0) }
    let first = du.map { b.matrixProduct(uTurned, $0) }
    let second = dv.map { b.matrixProduct(vTurned, $0) }
    let (sum, difference): (Value, Value)
    if let first, let second {
      (sum, difference) = (b.add(first, second), b.subtract(first, second))
    } else if let first {
      (sum, difference) = (first, first)
    } else if let second {
      (sum, difference) = (second, b.negate(second))
    } else {
      preconditionFailure("neither has a cotangent")
    }
    let (x, y) = turns(&b, sum, difference, isTransposed: true)
    let columns = columns(&b, c, du != nil, dv != nil)
    var inner = b.keptPairs(b.add(x, y), columns)
    if let ds {
      let isDiagonal = b.places(.equal, of: b.type(inner))
      let values = b.select(
        isDiagonal, b.expandDims(ds, axes: [axis]), b.literal(0.0, like: ds))
      inner = b.add(inner, values)
    }
    var result = b.matrixProduct(b.matrixProduct(u, inner), vTurned)
    if isTall, let du {
      let share = overValues(&b, b.outside(du, of: u, uTurned), columns)
      result = b.add(result, b.matrixProduct(share, vTurned))
    }
    if isWide, let dv {
      let share = overValues(&b, b.outside(dv, of: v, vTurned), columns)
      result = b.add(result, b.matrixProduct(u, b.matrixTranspose(share)))
    }
    return result
  }

  /// `e ∘ (a + aᵀ) / 2` and `g ∘ (c − cᵀ) / 2`; in the transposed case `e ∘ (a − aᵀ) / 2`.
  ///
  /// `g` has its diagonal: there the difference is 0, but over a singular value of 0 it is NaN, as
  /// the vectors change their sign where their value does.
  private func turns(
    _ b: inout Builder, _ a: Value, _ c: Value, isTransposed: Bool = false
  ) -> (Value, Value) {
    let half = b.literal(0.5, like: s)
    let turnedA = b.matrixTranspose(a)
    let pair = isTransposed ? b.subtract(a, turnedA) : b.add(a, turnedA)
    let x = b.overGaps(b.multiply(pair, half), s)
    let axis = b.shape(s).count - 1
    let sums = b.add(b.expandDims(s, axes: [axis]), b.expandDims(s, axes: [axis + 1]))
    let known = b.select(b.isIndistinct(sums, of: s), b.literal(0.0, like: s), sums)
    let difference = b.subtract(c, b.matrixTranspose(c))
    return (x, b.divide(b.multiply(difference, half), known))
  }

  /// The numbers of the columns of which structure leaves the cotangents of either vector in; nil for
  /// all.
  private func columns(
    _ b: inout Builder, _ c: DerivativeContext, _ hasLeft: Bool, _ hasRight: Bool
  ) -> Value? {
    guard !c.masks.isEmpty else { return nil }
    var kept: [Value] = []
    if hasLeft {
      guard let mask = c.masks[0] else { return nil }
      kept.append(b.columns(of: mask, in: b.shape(u)))
    }
    if hasRight {
      guard let mask = c.masks[2] else { return nil }
      let whole = b.broadcast(mask, to: b.shape(vTurned))
      kept.append(b.columns(of: b.matrixTranspose(whole), in: b.shape(v)))
    }
    return kept.count == 2 ? b.or(kept[0], kept[1]) : kept.first
  }

  /// Columns over their singular values, of which those that rounding cannot tell from 0 count as 0;
  /// exactly 0 where a column is left out.
  private func overValues(_ b: inout Builder, _ x: Value, _ columns: Value? = nil) -> Value {
    let axis = b.shape(s).count - 1
    let column = b.expandDims(s, axes: [axis])
    let known = b.select(b.isIndistinct(column, of: s), b.literal(0.0, like: s), column)
    let quotients = b.divide(x, known)
    guard let columns else { return quotients }
    return b.select(b.expandDims(columns, axes: [axis]), quotients, b.literal(0.0, like: x))
  }
}

extension Builder {
  /// The part of columns that is orthogonal to a basis: `(1 - q qᵀ) x`.
  fileprivate mutating func outside(_ x: Value, of q: Value, _ qTurned: Value) -> Value {
    subtract(x, matrixProduct(q, matrixProduct(qTurned, x)))
  }
}
