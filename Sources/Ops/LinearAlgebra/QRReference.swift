import GraphIR
import Support

/// A factorisation `a = q r` by reflections that are written out as matrices.
struct PlainQR {
  var q: DenseMatrix
  var r: DenseMatrix

  init(_ a: DenseMatrix) {
    let rank = min(a.rows, a.columns)
    var left = DenseMatrix(identity: a.rows)
    var right = a
    for column in 0..<rank {
      let last = (column..<a.rows).map { right[$0, column] }
      let reflection = PlainQR.reflection(of: last, in: a.rows)
      right = reflection * right
      left = left * reflection
      // All columns so far: a NaN in the reflection would spoil the zeros of those before, too.
      for done in 0...column {
        for row in (done + 1)..<max(a.rows, done + 1) { right[row, done] = 0 }
      }
    }
    q = left.leading(a.rows, rank)
    r = right.leading(rank, a.columns)
  }

  /// The reflection that makes the last elements of a vector 0 but the first of them; the identity
  /// where they are 0 already.
  private static func reflection(of last: [Double], in size: Int) -> DenseMatrix {
    var result = DenseMatrix(identity: size)
    let greatest = last.reduce(0) { max($0, $1.magnitude) }
    guard last.dropFirst().contains(where: { $0 != 0 }) else { return result }
    var v = last.map { $0 / greatest }
    let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    v[0] += v[0].sign == .minus ? -norm : norm
    let square = v.reduce(0) { $0 + $1 * $1 }
    let first = size - last.count
    for (i, x) in v.enumerated() {
      for (j, y) in v.enumerated() { result[first + i, first + j] -= 2 * x * y / square }
    }
    return result
  }

  /// The reference values of `qr`.
  static func evaluate(_ context: EvaluationContext) -> [Tensor] {
    let factors = DenseMatrix.stack(context.operands[0]).map { PlainQR($0) }
    return [
      DenseMatrix.tensor(factors.map(\.q), context.resultTypes[0], context.resultShapes[0]),
      DenseMatrix.tensor(factors.map(\.r), context.resultTypes[1], context.resultShapes[1]),
    ]
  }
}

extension DenseMatrix {
  /// The first rows and columns.
  func leading(_ rows: Int, _ columns: Int) -> DenseMatrix {
    var result = DenseMatrix(rows, columns)
    for i in 0..<rows { for j in 0..<columns { result[i, j] = self[i, j] } }
    return result
  }
}
