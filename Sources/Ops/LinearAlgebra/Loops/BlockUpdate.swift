package import LoopIR
package import Support

/// The step of blocked factorisations where most of the work is: a product of narrow matrices is
/// subtracted from what is left, `c -= a b`.
///
/// `b` goes through a small buffer, 64 columns at a time, so that it stays in the nearest cache and
/// is read in order; six rows of `c` are in registers while a row of `a` and a column of `b` run
/// by.
package struct BlockUpdate {
  /// Columns of `a`, and rows of `b`, at most.
  package static let depth = 32
  /// Columns of `b` in the buffer.
  package static let width = 64
  /// Rows in registers.
  private static let tile = 6

  private let buffer: BufferID
  private let lanes: Int

  /// Makes the buffer.
  ///
  /// - Parameter columns: the number of columns of `b`.
  package init(_ b: inout LoopBuilder, _ element: DType, columns: Dim) {
    let width = columns.constant.map { min($0, BlockUpdate.width) } ?? BlockUpdate.width
    buffer = b.scratch("panel", element, [Dim(BlockUpdate.depth), Dim(width)])
    lanes = columns == Dim(1) ? 1 : element.rowLanes
  }

  /// What is subtracted from what.
  package struct Operands {
    /// The left factor and the position of its first element.
    package var left: MatrixView
    package var leftRow: Index
    package var leftColumn: Index
    /// The right factor and the position of its first element.
    package var right: MatrixView
    package var rightRow: Index
    package var rightColumn: Index
    /// What it is subtracted from, and the position of the first element.
    package var target: MatrixView
    package var targetRow: Index
    package var targetColumn: Index
  }

  /// How many rows, columns, and elements in each product there are.
  package struct Extents {
    package var rows: ScalarID
    package var columns: ScalarID
    package var depth: ScalarID
    /// The most that `rows` and `columns` may be.
    package var rowLimit: Dim
    package var columnLimit: Dim
    /// Whether the rows above the first of each 64 columns are left out: of a square matrix only
    /// the lower triangle is wanted.
    package var isLower = false
  }

  /// Appends the update.
  package func emit(_ b: inout LoopBuilder, _ o: Operands, _ extents: Extents) {
    let panels = b.parts(extents.columns, of: BlockUpdate.width)
    let limit = (extents.columnLimit + (BlockUpdate.width - 1)).quotient(BlockUpdate.width)
    b.loop("panel", atMost: limit, turns: panels) { b, panel in
      let first = panel * Dim(BlockUpdate.width)
      let total = Index(extents.columns)
      let left = b.position(total - first)
      let width = b.minimum(BlockUpdate.width, left)
      pack(&b, o, first, width, extents.depth)
      var o = o
      o.targetColumn = o.targetColumn + first
      guard extents.isLower else {
        return rows(&b, o, extents.rows, extents.rowLimit, width, extents.depth)
      }
      o.targetRow = o.targetRow + first
      o.leftRow = o.leftRow + first
      let below = b.position(Index(extents.rows) - first)
      rows(&b, o, below, extents.rowLimit, width, extents.depth)
    }
  }

  /// Copies columns of the right factor to the buffer.
  private func pack(
    _ b: inout LoopBuilder, _ o: Operands, _ first: Index, _ width: ScalarID, _ depth: ScalarID
  ) {
    b.loop("depth", atMost: Dim(BlockUpdate.depth), turns: depth) { b, k in
      b.loop("column", atMost: Dim(BlockUpdate.width), turns: width, lanes: lanes) { b, j in
        let value = b.load(o.right, o.rightRow + k, o.rightColumn + first + j)
        b.store(value, to: buffer, [k, j])
      }
    }
  }

  /// Updates all rows of the columns in the buffer: six at a time, then one by one.
  private func rows(
    _ b: inout LoopBuilder, _ o: Operands, _ count: ScalarID, _ limit: Dim, _ width: ScalarID,
    _ depth: ScalarID
  ) {
    let size = b.index(BlockUpdate.tile)
    let zero = b.index(0)
    let some = b.binary(.maximum, count, zero)
    let full = b.binary(.divide, some, size)
    let tiles = limit.quotient(BlockUpdate.tile)
    if tiles != Dim(0) {
      b.loop("tile", atMost: tiles, turns: full) { b, tile in
        self.tile(&b, o, tile * Dim(BlockUpdate.tile), BlockUpdate.tile, width, depth)
      }
    }
    let done = b.multiply(full, size)
    let rest = b.subtract(some, done)
    b.loop("row", atMost: Dim(BlockUpdate.tile), turns: rest) { b, row in
      self.tile(&b, o, Index(done) + row, 1, width, depth)
    }
  }

  /// Updates some rows from `row` on.
  private func tile(
    _ b: inout LoopBuilder, _ o: Operands, _ row: Index, _ count: Int, _ width: ScalarID,
    _ depth: ScalarID
  ) {
    b.loop("column", atMost: Dim(BlockUpdate.width), turns: width, lanes: lanes) { b, j in
      let column = o.targetColumn + j
      let rows = (0..<count).map { o.targetRow + row + Dim($0) }
      let before = rows.map { b.load(o.target, $0, column) }
      let after = b.loop(
        "depth", atMost: Dim(BlockUpdate.depth), turns: depth, carrying: before
      ) { b, k, sums in
        let right = b.load(buffer, [k, j])
        return sums.enumerated().map { number, sum in
          let left = b.load(o.left, o.leftRow + row + Dim(number), o.leftColumn + k)
          return b.multiplySubtract(left, right, from: sum)
        }
      }
      for (row, value) in zip(rows, after) { b.store(value, to: o.target, row, column) }
    }
  }
}
