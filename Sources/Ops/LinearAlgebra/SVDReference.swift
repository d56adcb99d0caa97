import GraphIR
import Support

/// Singular values and vectors by the eigenvalues of the symmetric matrix `[0 a; aᵀ 0]`, which are
/// the singular values and their negatives.
///
/// The vectors of values that are 0 up to rounding are those that rounding makes of them: a matrix
/// that is a little off has others, and so it shows that they are open.
struct PlainSVD {
  var u: DenseMatrix
  var s: [Double]
  var vTurned: DenseMatrix

  /// Nil where nothing converges.
  init?(_ a: DenseMatrix) {
    let (m, n) = (a.rows, a.columns)
    var whole = DenseMatrix(m + n, m + n)
    for i in 0..<m { for j in 0..<n { whole[m + j, i] = a[i, j] } }
    guard let eigen = PlainEigh(whole) else { return nil }
    let places = (0..<min(m, n)).map { m + n - 1 - $0 }
    s = places.map { max(eigen.values[$0], 0) }
    let bound = 0x1p-44 * (s.first ?? 0)
    var left: [[Double]] = []
    var right: [[Double]] = []
    for (place, value) in zip(places, s) where value > bound {
      left.append((0..<m).map { 2.0.squareRoot() * eigen.vectors[$0, place] })
      right.append((0..<n).map { 2.0.squareRoot() * eigen.vectors[m + $0, place] })
    }
    let open = (0..<(m + n)).filter { eigen.values[$0].magnitude <= bound }.map { place in
      (0..<(m + n)).map { eigen.vectors[$0, place] }
    }
    PlainSVD.complete(&left, to: s.count, m, trying: open.map { Array($0[..<m]) })
    PlainSVD.complete(&right, to: s.count, n, trying: open.map { Array($0[m...]) })
    u = DenseMatrix(m, s.count)
    vTurned = DenseMatrix(s.count, n)
    for j in s.indices {
      let sign = PlainEigh.sign(left[j])
      for i in 0..<m { u[i, j] = sign * left[j][i] }
      for i in 0..<n { vTurned[j, i] = sign * right[j][i] }
    }
  }

  /// Adds vectors to an orthonormal system, by Gram and Schmidt from some vectors, and from the unit
  /// vectors where these are not enough.
  private static func complete(
    _ vectors: inout [[Double]], to count: Int, _ size: Int, trying first: [[Double]]
  ) {
    let axes = (0..<size).map { axis in (0..<size).map { $0 == axis ? 1.0 : 0 } }
    for candidate in first + axes where vectors.count < count {
      var vector = candidate
      for _ in 0..<2 {
        for other in vectors {
          let part = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          vector = zip(vector, other).map { $0 - part * $1 }
        }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length > 0x1p-20 { vectors.append(vector.map { $0 / length }) }
    }
  }

  /// The reference values of `svd`.
  static func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> [Tensor] {
    var results: [PlainSVD] = []
    for matrix in DenseMatrix.stack(context.operands[0]) {
      guard let result = PlainSVD(matrix) else { throw EvaluationError("no convergence") }
      results.append(result)
    }
    let (types, shapes) = (context.resultTypes, context.resultShapes)
    return [
      DenseMatrix.tensor(results.map(\.u), types[0], shapes[0]),
      Tensor(
        types[1], shapes[1], floats: results.flatMap { $0.s.map { types[1].rounded($0) } }),
      DenseMatrix.tensor(results.map(\.vTurned), types[2], shapes[2]),
    ]
  }
}
