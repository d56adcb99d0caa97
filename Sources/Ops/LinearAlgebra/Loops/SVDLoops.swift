import LoopIR
import Support

/// Singular values and vectors.
///
/// A matrix that is not square is reduced to its triangular factor first; one with more columns
/// than rows is taken as its transpose.
struct SVDLoops {
  /// A factorisation with room for its factors.
  private struct Factors {
    let qr: QRLoops
    let q: MatrixView?
    let r: MatrixView

    init(_ b: inout LoopBuilder, _ element: DType, rows: Dim, columns: Dim, hasVectors: Bool) {
      qr = QRLoops(&b, element, rows: rows, columns: columns, rank: columns)
      q =
        hasVectors ? MatrixView(b.scratch("orthogonal", element, [rows, columns]), []) : nil
      r = MatrixView(b.scratch("triangular", element, [columns, columns]), [])
    }

    /// Factors a matrix.
    func find(_ b: inout LoopBuilder, _ matrix: MatrixView) {
      qr.factor(&b, matrix)
      qr.extract(&b, q: q, r: r)
    }
  }

  private let rows: Dim
  /// The number of columns, which is not greater.
  private let rank: Dim
  private let element: DType
  /// The factors of a matrix that is not square.
  private let reduction: Factors?
  private let square: BidiagonalLoops
  /// The places of the singular values in descending order.
  private let order: BufferID

  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let type = b.body[c.operands[0]]
    let (m, n) = (type.shape[type.shape.count - 2], type.shape[type.shape.count - 1])
    if LAPACK.serves(b, rows: m, columns: n) { return LAPACK.svd(&b, c) }
    if let size = SmallSVD.size(m, n, stack: Array(type.shape.dropLast(2))) {
      return SmallSVD.emit(&b, c, size)
    }
    let rank = b.body[c.results[1]].shape[type.shape.count - 2]
    let isWide = rank != n
    let svd = SVDLoops(
      &b, type.element, rows: isWide ? n : m, rank: rank,
      hasVectors: c.isUsed[0] || c.isUsed[2])
    b.loops(over: Array(type.shape.dropLast(2))) { b, prefix in
      var matrix = MatrixView(c.operands[0], prefix)
      matrix.isTransposed = isWide
      let (u, v) = (MatrixView(c.results[0], prefix), MatrixView(c.results[2], prefix))
      var (uRows, vColumns) = (u, v)
      uRows.isTransposed = true
      vColumns.isTransposed = true
      let scale = svd.find(&b, matrix)
      b.each("value", rank) { b, j in
        let value = b.load(svd.square.values, [j])
        b.store(b.multiply(scale, value), to: c.results[1], prefix + [j])
      }
      guard let vectors = svd.square.vectors else { return }
      svd.writeLeft(&b, vectors.left, to: isWide ? vColumns : u)
      svd.writeRight(&b, vectors.right, to: isWide ? uRows : v)
      b.chooseSigns(u, v, rows: m, columns: n, rank: rank)
    }
  }

  private init(
    _ b: inout LoopBuilder, _ element: DType, rows: Dim, rank: Dim, hasVectors: Bool
  ) {
    self.rows = rows
    self.rank = rank
    self.element = element
    reduction =
      rows == rank
      ? nil : Factors(&b, element, rows: rows, columns: rank, hasVectors: hasVectors)
    square = BidiagonalLoops(&b, element, size: rank, hasVectors: hasVectors)
    order = b.scratch("order", .i64, [rank])
  }

  /// Finds the singular values of a matrix over a power of two, in order; gives that.
  private func find(_ b: inout LoopBuilder, _ matrix: MatrixView) -> ScalarID {
    reduction?.find(&b, matrix)
    let source = reduction?.r ?? matrix
    let zero = b.constant(element, .float(0))
    let largest = b.fold("row", to: Index(rank), within: rank, [zero]) { b, i, entering in
      [
        b.greatest(to: Index(rank), within: rank, startingAt: entering[0]) { b, j in
          b.load(source, i, j)
        }
      ]
    }[0]
    let scale = b.powerOfTwo(below: largest)
    square.find(&b, source, scale: scale)
    b.sort(square.values, order, count: rank, .greater)
    return scale
  }

  /// Writes the right vectors as the rows of a matrix.
  private func writeRight(_ b: inout LoopBuilder, _ vectors: BufferID, to target: MatrixView) {
    b.each("row", rank) { b, i in
      let place = Index(b.load(order, [i]))
      b.each("column", rank) { b, j in b.store(b.load(vectors, [place, j]), to: target, i, j) }
    }
  }

  /// Writes the left vectors as the columns of a matrix; of one that is not square, by its
  /// orthogonal factor.
  private func writeLeft(_ b: inout LoopBuilder, _ vectors: BufferID, to target: MatrixView) {
    let zero = b.constant(element, .float(0))
    b.each("row", rows) { b, i in
      b.each("column", rank) { b, j in
        let place = Index(b.load(order, [j]))
        guard let q = reduction?.q else {
          return b.store(b.load(vectors, [place, i]), to: target, i, j)
        }
        let sum = b.sum("depth", to: Index(rank), within: rank, startingAt: zero) { b, k in
          b.multiply(b.load(q, i, k), b.load(vectors, [place, k]))
        }
        b.store(sum, to: target, i, j)
      }
    }
  }
}
