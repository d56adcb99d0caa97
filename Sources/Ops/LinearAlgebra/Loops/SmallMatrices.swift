import LoopIR
import Support

/// Factorisations of matrices that are known to be small: all elements are in registers, without
/// loops or branches, and of a stack several matrices go at once, one in each lane.
enum SmallMatrices {
  /// Matrices of more rows are factored by loops.
  static let limit = 8
  /// More right sides go by a loop.
  static let columnLimit = 8

  /// The number of rows, where it is known and small.
  static func rows(_ size: Dim) -> Int? { size.constant.flatMap { $0 <= limit ? $0 : nil } }

  /// Appends loops over a stack, the last one in lanes.
  static func loops(
    _ b: inout LoopBuilder, over axes: [Dim], _ element: DType,
    _ build: (inout LoopBuilder, [Index]) -> Void
  ) {
    let lanes = axes.last?.constant.map { $0 < element.rowLanes } ?? axes.isEmpty
    b.loops(over: Array(axes.dropLast())) { b, prefix in
      guard let last = axes.last else { return build(&b, prefix) }
      b.loop("stack", last, lanes: lanes ? 1 : element.rowLanes) { b, loop in
        build(&b, prefix + [Index(loop)])
      }
    }
  }

  /// The elements of a matrix.
  private static func load(
    _ b: inout LoopBuilder, _ matrix: MatrixView, rows: Int, columns: Int,
    where isRead: (Int, Int) -> Bool = { _, _ in true }
  ) -> [[ScalarID?]] {
    (0..<rows).map { i in
      (0..<columns).map { j in
        isRead(i, j) ? b.load(matrix, Index(Dim(i)), Index(Dim(j))) : nil
      }
    }
  }

  /// Writes a matrix.
  static func store(_ b: inout LoopBuilder, _ rows: [[ScalarID]], to target: MatrixView) {
    for (i, row) in rows.enumerated() {
      for (j, value) in row.enumerated() {
        b.store(value, to: target, Index(Dim(i)), Index(Dim(j)))
      }
    }
  }

  /// The sign, as 1 or -1, of the first element of a vector that comes near the greatest one, as
  /// `LoopBuilder.sign` finds it.
  static func sign(_ b: inout LoopBuilder, of vector: [ScalarID]) -> ScalarID {
    var greatest = b.unary(.abs, vector[0])
    for value in vector.dropFirst() {
      greatest = b.binary(.maximum, greatest, b.unary(.abs, value))
    }
    let one = b.constant(1, like: greatest)
    let bound = b.multiply(b.constant(0.7, like: greatest), greatest)
    var sign = one
    for value in vector.reversed() {
      let isNear = b.compare(.greaterEqual, b.unary(.abs, value), bound)
      sign = b.select(isNear, b.binary(.copysign, one, value), sign)
    }
    return sign
  }

  // MARK: lu

  /// One matrix with its permutation, as far as it is factored.
  private struct Elimination {
    var rows: [[ScalarID]]
    var places: [ScalarID]
    var sign: ScalarID
  }

  /// Factors a matrix with partial pivoting; gives the packed factors, the rows of the matrix in
  /// their order, and the sign of that.
  static func lu(
    _ b: inout LoopBuilder, _ matrix: MatrixView, rows count: Int, _ element: DType
  ) -> (packed: [[ScalarID]], places: [ScalarID], sign: ScalarID) {
    let places = (0..<count).map { b.index($0) }
    let one = b.constant(element, .float(1))
    let loaded = load(&b, matrix, rows: count, columns: count)
    var e = Elimination(rows: loaded.map { $0.compactMap { $0 } }, places: places, sign: one)
    for k in 0..<count {
      for i in (k + 1)..<max(count, k + 1) { exchange(&b, &e, k, i) }
      eliminate(&b, &e, k)
    }
    return (e.rows, e.places, e.sign)
  }

  /// Exchanges row `k` with a later one where that has the greater element in column `k`.
  private static func exchange(_ b: inout LoopBuilder, _ e: inout Elimination, _ k: Int, _ i: Int) {
    let own = b.unary(.abs, e.rows[k][k])
    let other = b.unary(.abs, e.rows[i][k])
    let isGreater = b.compare(.greater, other, own)
    func swap(_ x: inout ScalarID, _ y: inout ScalarID) {
      let (before, behind) = (x, y)
      x = b.select(isGreater, behind, before)
      y = b.select(isGreater, before, behind)
    }
    for j in e.rows[k].indices {
      var (x, y) = (e.rows[k][j], e.rows[i][j])
      swap(&x, &y)
      (e.rows[k][j], e.rows[i][j]) = (x, y)
    }
    var (x, y) = (e.places[k], e.places[i])
    swap(&x, &y)
    (e.places[k], e.places[i]) = (x, y)
    let turned = b.negate(e.sign)
    e.sign = b.select(isGreater, turned, e.sign)
  }

  /// Subtracts multiples of row `k` from those below. Where the pivot is 0, so is all below it.
  private static func eliminate(_ b: inout LoopBuilder, _ e: inout Elimination, _ k: Int) {
    let pivot = e.rows[k][k]
    let zero = b.constant(0, like: pivot)
    let one = b.constant(1, like: pivot)
    let isZero = b.compare(.equal, pivot, zero)
    let divisor = b.select(isZero, one, pivot)
    for i in (k + 1)..<max(e.rows.count, k + 1) {
      let factor = b.divide(e.rows[i][k], divisor)
      e.rows[i][k] = factor
      for j in (k + 1)..<e.rows.count {
        e.rows[i][j] = b.multiplySubtract(factor, e.rows[k][j], from: e.rows[i][j])
      }
    }
  }

  // MARK: cholesky

  /// Factors the lower triangle of a matrix into another one.
  static func cholesky(
    _ b: inout LoopBuilder, _ source: MatrixView, to target: MatrixView, rows count: Int,
    _ element: DType
  ) {
    let zero = b.constant(element, .float(0))
    var l = load(&b, source, rows: count, columns: count) { $0 >= $1 }
    for j in 0..<count {
      guard var square = l[j][j] else { continue }
      for k in 0..<j { if let x = l[j][k] { square = b.multiplySubtract(x, x, from: square) } }
      let isPositive = b.compare(.greater, square, zero)
      b.check(isPositive, .singular, message: "not positive definite")
      let root = b.unary(.sqrt, square)
      l[j][j] = root
      for i in (j + 1)..<max(count, j + 1) {
        guard var sum = l[i][j] else { continue }
        for k in 0..<j {
          if let x = l[i][k], let y = l[j][k] { sum = b.multiplySubtract(x, y, from: sum) }
        }
        l[i][j] = b.divide(sum, root)
      }
    }
    store(&b, l.map { row in row.map { $0 ?? zero } }, to: target)
  }

  // MARK: triangular_solve

  /// Solves a lower triangular system for some columns.
  static func substitute(
    _ b: inout LoopBuilder, _ system: TriangularSystem, sides: MatrixView, rows count: Int,
    columns: [Index]
  ) {
    let isUnit = system.hasUnitDiagonal
    let l = load(&b, system.matrix, rows: count, columns: count) { isUnit ? $0 > $1 : $0 >= $1 }
    for i in 0..<count {
      guard let diagonal = l[i][i] else { continue }
      let zero = b.constant(0, like: diagonal)
      let isRegular = b.compare(.notEqual, diagonal, zero)
      b.check(isRegular, .singular)
    }
    for j in columns {
      var x: [ScalarID] = []
      for i in 0..<count {
        var sum = b.load(sides, Index(Dim(i)), j)
        for (factor, known) in zip(l[i], x) {
          if let factor { sum = b.multiplySubtract(factor, known, from: sum) }
        }
        x.append(l[i][i].map { b.divide(sum, $0) } ?? sum)
      }
      for (i, value) in x.enumerated() { b.store(value, to: system.solution, Index(Dim(i)), j) }
    }
  }
}
