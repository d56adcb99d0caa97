import GraphIR
import Support

/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations of both sides.
struct PlainEigh {
  /// In ascending order.
  var values: [Double]
  /// The eigenvectors as columns.
  var vectors: DenseMatrix

  /// Reads the lower triangle; nil where nothing converges.
  init?(_ matrix: DenseMatrix) {
    let size = matrix.rows
    var a = matrix
    for i in 0..<size { for j in 0..<i { a[j, i] = a[i, j] } }
    let greatest = a.elements.reduce(0) { Swift.max($0, $1.magnitude) }
    guard a.elements.allSatisfy(\.isFinite) else { return nil }
    if greatest > 0 { a.elements = a.elements.map { $0 / greatest } }
    var v = DenseMatrix(identity: size)
    var turns = 0
    while PlainEigh.sweep(&a, &v) {
      turns += 1
      if turns > 100 { return nil }
    }
    let order = (0..<size).sorted { a[$0, $0] < a[$1, $1] }
    values = order.map { a[$0, $0] * (greatest > 0 ? greatest : 1) }
    vectors = DenseMatrix(size, size)
    for (j, place) in order.enumerated() {
      let sign = PlainEigh.sign((0..<size).map { v[$0, place] })
      for i in 0..<size { vectors[i, j] = sign * v[i, place] }
    }
  }

  /// Rotates every pair that is not orthogonal yet; tells whether there was one.
  private static func sweep(_ a: inout DenseMatrix, _ v: inout DenseMatrix) -> Bool {
    var isOpen = false
    for p in 0..<a.rows {
      for q in 0..<p where a[p, q].magnitude > 0x1p-1000 {
        let bound = 0x1p-54 * (a[p, p] * a[q, q]).magnitude.squareRoot()
        if a[p, q].magnitude <= Swift.max(bound, 0x1p-64) { continue }
        isOpen = true
        let ratio = (a[q, q] - a[p, p]) / (2 * a[p, q])
        let t = (ratio < 0 ? -1 : 1) / (ratio.magnitude + (1 + ratio * ratio).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        for k in 0..<a.rows {
          (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q])
        }
        for k in 0..<a.rows {
          (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k])
          (v[k, p], v[k, q]) = (c * v[k, p] - s * v[k, q], s * v[k, p] + c * v[k, q])
        }
        (a[p, q], a[q, p]) = (0, 0)
      }
    }
    return isOpen
  }

  /// The sign of the first element that comes near the greatest one.
  static func sign(_ vector: [Double]) -> Double {
    let bound = 0.7 * vector.reduce(0) { Swift.max($0, $1.magnitude) }
    return (vector.first { $0.magnitude >= bound } ?? 1).sign == .minus ? -1 : 1
  }

  /// The reference values of `eigh`.
  static func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> [Tensor] {
    var results: [PlainEigh] = []
    for matrix in DenseMatrix.stack(context.operands[0]) {
      guard let result = PlainEigh(matrix) else { throw EvaluationError("no convergence") }
      results.append(result)
    }
    let dtype = context.resultTypes[0]
    return [
      Tensor(
        dtype, context.resultShapes[0],
        floats: results.flatMap { $0.values.map { dtype.rounded($0) } }),
      DenseMatrix.tensor(results.map(\.vectors), dtype, context.resultShapes[1]),
    ]
  }
}
