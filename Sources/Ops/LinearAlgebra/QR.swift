package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `a = q r` with `k` orthonormal columns in `q` and an upper triangular `r`, where `k` is the
  /// lesser of the numbers of rows and columns. Signs are LAPACK's: the diagonal of `r` may be
  /// negative.
  ///
  /// With c = qᵀ da r⁻¹ and s = triu(c) + tril(c, -1)ᵀ: dr = s r, dq = da r⁻¹ − q s.
  /// ā = (q̄ + q copyltu(r r̄ᵀ − q̄ᵀ q)) r⁻ᵀ, where copyltu mirrors the lower triangle. Columns behind
  /// the k-th are r's alone: a = [x y], r = [u v] with x = q u and v = qᵀ y (Roberts & Roberts 2020).
  /// Both are refused at run time, as singular, where the first k columns are not independent.
  package static let qr: Operation = .init(
    "qr", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let type = query.operands[0]
      let shape = try TypeRules.matrices("qr", type)
      let rank = try TypeRules.lesser("qr", shape)
      return [
        TensorType(type.dtype, shape.with(shape.rows, rank)),
        TensorType(type.dtype, shape.with(rank, shape.columns)),
      ]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let tangent = tangents[0] else { return [nil, nil] }
        return QR(&b, c).tangents(&b, tangent)
      },
      vjp: { b, c, cotangents in [QR(&b, c).cotangent(&b, cotangents[0], cotangents[1])] }),
    evaluate: { context in PlainQR.evaluate(context) },
    lowering: Kernel.routine { b, c in QRLoops.emit(&b, c) },
    samples: MatrixSamples.square([.matrices(shift: 0, first: 3, step: 1)])
      + [[4, 2], [2, 4], [3, 1], [1, 3], [2, 3, 2], [2, 0], [0, 2]].map {
        Sample(shapes: [$0], domains: [.matrices(shift: 0, first: 3, step: 1)])
      },
    notation: .function)
}

extension TypeRules {
  /// The lesser of the numbers of rows and columns, if it is the same for all sizes.
  static func lesser(_ name: String, _ shape: MatrixShape) throws(TypeError) -> Dim {
    if (shape.columns - shape.rows).isKnownNonNegative { return shape.rows }
    if (shape.rows - shape.columns).isKnownNonNegative { return shape.columns }
    throw TypeError(
      "'\(name)' must know which is less, \(shape.rows) rows or \(shape.columns) columns: declare "
        + "the greater one as a sum, such as '\(shape.columns) + k' rows",
      dims: [shape.rows, shape.columns])
  }
}

/// The derivatives of `qr`.
private struct QR {
  let q: Value
  let r: Value
  /// The first columns of `r`, which are triangular.
  let triangle: Value
  /// The columns of the operand behind these, if there are any.
  let rest: Value?
  private let rank: Dim
  private let columns: Dim

  init(_ b: inout Builder, _ c: DerivativeContext) {
    (q, r) = (c.results[0], c.results[1])
    let shape = MatrixShape(b.shape(r))
    (rank, columns) = (shape.rows, shape.columns)
    triangle = b.leadingColumns(r, rank)
    rest = rank == columns ? nil : b.trailingColumns(c.operands[0], rank)
  }

  /// The tangents of both factors.
  func tangents(_ b: inout Builder, _ da: Value) -> [Value?] {
    let moved = overTriangle(&b, b.leadingColumns(da, rank), transposed: false)
    let turned = b.matrixTranspose(q)
    let c = b.matrixProduct(turned, moved)
    let below = b.matrixTranspose(b.lowerTriangle(c, isStrict: true))
    let s = b.add(b.upperTriangle(c), below)
    let dq = b.subtract(moved, b.matrixProduct(q, s))
    let dr = b.upperTriangle(b.matrixProduct(s, triangle))
    guard let rest else { return [dq, dr] }
    let first = b.matrixProduct(b.matrixTranspose(dq), rest)
    let second = b.matrixProduct(turned, b.trailingColumns(da, rank))
    return [dq, b.concatenate([dr, b.add(first, second)], axis: b.shape(r).count - 1)]
  }

  /// The cotangent of the operand.
  func cotangent(_ b: inout Builder, _ dq: Value?, _ dr: Value?) -> Value {
    var dq = dq
    var trailing: Value?
    if let rest {
      if let dr {
        let right = b.trailingColumns(dr, rank)
        trailing = b.matrixProduct(q, right)
        let share = b.matrixProduct(rest, b.matrixTranspose(right))
        dq = dq.map { b.add($0, share) } ?? share
      } else {
        trailing = b.zeros(b.type(rest))
      }
    }
    let leading = leadingCotangent(&b, dq, dr.map { b.leadingColumns($0, rank) })
    return trailing.map { b.concatenate([leading, $0], axis: b.shape(r).count - 1) } ?? leading
  }

  /// The cotangent of the columns that are as many as those of `q`.
  private func leadingCotangent(_ b: inout Builder, _ dq: Value?, _ dr: Value?) -> Value {
    var inner = dr.map { b.matrixProduct(triangle, b.matrixTranspose($0)) }
    if let dq {
      let turn = b.matrixProduct(b.matrixTranspose(dq), q)
      inner = inner.map { b.subtract($0, turn) } ?? b.negate(turn)
    }
    guard let inner else { preconditionFailure("a derivative by no result") }
    let above = b.matrixTranspose(b.lowerTriangle(inner, isStrict: true))
    var sum = b.matrixProduct(q, b.add(b.lowerTriangle(inner), above))
    if let dq { sum = b.add(dq, sum) }
    return overTriangle(&b, sum, transposed: true)
  }

  /// `x u⁻¹` or `x u⁻ᵀ`, where `u` is the triangle.
  private func overTriangle(_ b: inout Builder, _ x: Value, transposed: Bool) -> Value {
    let form = MatrixForm(isLower: false, isTransposed: !transposed)
    return b.matrixTranspose(b.triangularSolve(pivoted(&b), b.matrixTranspose(x), form))
  }

  /// The triangle with 0 for diagonal elements that are nothing but rounding, which is up to
  /// k·ε times the column; so that columns that depend on each other are refused as singular.
  private func pivoted(_ b: inout Builder) -> Value {
    let type = b.type(triangle)
    let size = b.abs(triangle)
    let column = b.reduceMax(size, axes: [type.rank - 2], keepDims: true)
    let epsilon = type.dtype == .f32 ? 0x1p-23 : 0x1p-52
    let rounding = b.multiply(b.size(rank, type.dtype), b.literal(epsilon, like: triangle))
    let isRounding = b.lessEqual(size, b.multiply(column, rounding))
    let unit = b.identity(like: triangle)
    let isDiagonal = b.notEqual(unit, b.literal(0, like: triangle))
    return b.select(b.emit(.and, [isDiagonal, isRounding]), b.zeros(type), triangle)
  }
}

extension Builder {
  /// The first columns of matrices.
  mutating func leadingColumns(_ x: Value, _ count: Dim) -> Value {
    slice(x, axis: shape(x).count - 1, from: Dim(0), size: count)
  }

  /// The columns of matrices behind the first ones.
  mutating func trailingColumns(_ x: Value, _ count: Dim) -> Value {
    let axis = shape(x).count - 1
    return slice(x, axis: axis, from: count, size: shape(x)[axis] - count)
  }
}
