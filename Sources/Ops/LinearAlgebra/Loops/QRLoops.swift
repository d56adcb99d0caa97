import LoopIR
import Support

/// Householder's factorisation of matrices into an orthogonal and a triangular factor.
///
/// Column after column is reflected, and the rest with it, row by row; then the reflections are
/// applied to the identity in reverse. The vectors of the reflections stand below the diagonal. What
/// may have more columns than a block goes by blocks.
struct QRLoops {
  private let rows: Dim
  private let columns: Dim
  /// The lesser of both.
  private let rank: Dim
  /// The matrix, then the reflections with the triangular factor.
  private let work: BufferID
  /// The factors of the reflections.
  private let factors: BufferID
  /// For each column its product with the vector of a reflection.
  private let sums: BufferID
  /// The blocks, where there may be more than one.
  private let blocks: ReflectionBlocks?

  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let shape = b.body[c.operands[0]].shape
    let q = b.body[c.results[0]]
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    if LAPACK.serves(b, rows: rows, columns: columns) { return LAPACK.qr(&b, c) }
    if let size = SmallQR.size(rows, columns) { return SmallQR.emit(&b, c, size) }
    let qr = QRLoops(
      &b, q.element, rows: rows, columns: columns, rank: q.shape[shape.count - 1])
    b.loops(over: Array(shape.dropLast(2))) { b, prefix in
      qr.factor(&b, MatrixView(c.operands[0], prefix))
      qr.extract(
        &b, q: c.isUsed[0] ? MatrixView(c.results[0], prefix) : nil,
        r: MatrixView(c.results[1], prefix))
    }
  }

  /// Makes the buffers.
  init(_ b: inout LoopBuilder, _ element: DType, rows: Dim, columns: Dim, rank: Dim) {
    self.rows = rows
    self.columns = columns
    self.rank = rank
    work = b.scratch("reflections", element, [rows, columns])
    factors = b.scratch("factors", element, [rank])
    sums = b.scratch("sums", element, [columns])
    let isOneBlock = rank.constant.map { $0 <= ReflectionBlocks.width } ?? false
    blocks =
      isOneBlock
      ? nil : ReflectionBlocks(&b, work, rows: rows, columns: columns, rank: rank)
  }

  /// Factors a matrix.
  func factor(_ b: inout LoopBuilder, _ matrix: MatrixView) {
    let work = work
    b.each("row", rows) { b, i in
      b.each("column", columns) { b, j in
        let value = b.load(matrix, i, j)
        b.store(value, to: work, [i, j])
      }
    }
    if let blocks { return blocks.factor(&b) }
    b.each("pivot", rank) { b, j in
      let reflection = b.reflect(
        work, pivot: [j, j], from: j + Dim(1), to: Index(rows), within: rows
      ) { [$0, j] }
      b.store(reflection.pivot, to: work, [j, j])
      b.store(reflection.factor, to: factors, [j])
      apply(&b, j, reflection.factor, to: MatrixView(work, []), from: j + Dim(1), to: columns)
    }
  }

  /// Writes out the factors; the orthogonal one if there is room for it.
  func extract(_ b: inout LoopBuilder, q: MatrixView?, r: MatrixView) {
    if let q, let blocks {
      blocks.formOrthogonal(&b, q)
    } else if let q {
      b.fillIdentity(q, rows: rows, columns: rank)
      b.each("pivot", rank, isReversed: true) { b, j in
        let factor = b.load(factors, [j])
        apply(&b, j, factor, to: q, from: j, to: rank)
      }
    }
    let zero = b.constant(b.body[work].element, .float(0))
    b.each("row", rank) { b, i in
      b.each("column", to: i, within: columns) { b, j in b.store(zero, to: r, i, j) }
      b.each("column", from: i, to: Index(columns), within: columns) { b, j in
        let value = b.load(work, [i, j])
        b.store(value, to: r, i, j)
      }
    }
  }

  /// Applies the reflection of a pivot to some columns of a matrix.
  private func apply(
    _ b: inout LoopBuilder, _ pivot: Index, _ factor: ScalarID, to matrix: MatrixView,
    from start: Index, to end: Dim
  ) {
    b.each("column", from: start, to: Index(end), within: end) { b, l in
      let value = b.load(matrix, pivot, l)
      b.store(value, to: sums, [l])
    }
    b.each("row", from: pivot + Dim(1), to: Index(rows), within: rows) { b, i in
      let share = b.load(work, [i, pivot])
      b.each("column", from: start, to: Index(end), within: end) { b, l in
        let product = b.multiply(share, b.load(matrix, i, l))
        b.store(product, to: sums, [l], combining: .add)
      }
    }
    b.each("column", from: start, to: Index(end), within: end) { b, l in
      let sum = b.multiply(factor, b.load(sums, [l]))
      b.store(sum, to: sums, [l])
      let before = b.load(matrix, pivot, l)
      b.store(b.subtract(before, sum), to: matrix, pivot, l)
    }
    b.each("row", from: pivot + Dim(1), to: Index(rows), within: rows) { b, i in
      let share = b.load(work, [i, pivot])
      b.each("column", from: start, to: Index(end), within: end) { b, l in
        let before = b.load(matrix, i, l)
        let after = b.multiplySubtract(share, b.load(sums, [l]), from: before)
        b.store(after, to: matrix, i, l)
      }
    }
  }
}
