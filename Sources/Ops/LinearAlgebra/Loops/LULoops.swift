import GraphIR
import LoopIR
import Support

/// Elimination with partial pivoting, in place: 32 columns are eliminated, then subtracted from all
/// to their right at once.
enum LULoops {
  /// One matrix with its permutation.
  private struct Matrix {
    var elements: MatrixView
    var permutation: BufferID
    var sign: BufferID
    var size: Dim
    var element: DType
    var update: BlockUpdate?
  }

  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let packed = b.body[c.results[0]]
    let size = packed.shape[packed.shape.count - 1]
    if let rows = SmallMatrices.rows(size) { return emitSmall(&b, c, rows) }
    let isTransposed = c.attributes.matrixForm.isTransposed
    if isTransposed, b.usesLAPACK { return LAPACK.lu(&b, c) }
    let isOneBlock = size.constant.map { $0 <= BlockUpdate.depth } ?? false
    let update = isOneBlock ? nil : BlockUpdate(&b, packed.element, columns: size)
    b.loops(over: Array(packed.shape.dropLast(2))) { b, prefix in
      var matrix = Matrix(
        elements: MatrixView(c.results[0], prefix), permutation: c.results[1],
        sign: c.results[2], size: size, element: packed.element, update: update)
      b.copy(MatrixView(c.operands[0], prefix), to: matrix.elements, rows: size, columns: size)
      matrix.elements.isTransposed = isTransposed
      factor(&b, matrix)
    }
  }

  /// Factors matrices of a few rows.
  private static func emitSmall(_ b: inout LoopBuilder, _ c: RoutineContext, _ rows: Int) {
    let packed = b.body[c.results[0]]
    SmallMatrices.loops(&b, over: Array(packed.shape.dropLast(2)), packed.element) { b, prefix in
      var source = MatrixView(c.operands[0], prefix)
      var target = MatrixView(c.results[0], prefix)
      source.isTransposed = c.attributes.matrixForm.isTransposed
      target.isTransposed = source.isTransposed
      let factors = SmallMatrices.lu(&b, source, rows: rows, packed.element)
      for i in 0..<rows {
        for j in 0..<rows {
          b.store(factors.packed[i][j], to: target, Index(Dim(i)), Index(Dim(j)))
        }
        b.store(factors.places[i], to: c.results[1], prefix + [Index(Dim(i))])
      }
      b.store(factors.sign, to: c.results[2], prefix)
    }
  }

  /// Eliminates by blocks of columns.
  private static func factor(_ b: inout LoopBuilder, _ m: Matrix) {
    let prefix = m.elements.prefix
    b.loop("row", m.size) { b, i in
      let place = b.position(Index(i))
      b.store(place, to: m.permutation, prefix + [Index(i)])
    }
    let one = b.constant(m.element, .float(1))
    b.store(one, to: m.sign, prefix)
    let blocks = (m.size + (BlockUpdate.depth - 1)).quotient(BlockUpdate.depth)
    b.loop("block", blocks) { b, block in
      let start = Index(block) * Dim(BlockUpdate.depth)
      let left = b.position(Index(m.size) - start)
      let width = b.minimum(BlockUpdate.depth, left)
      eliminate(&b, m, start, width)
      guard let update = m.update else { return }
      let next = start + Index(width)
      let rest = b.position(Index(m.size) - next)
      solveRows(&b, m, start, width, rest)
      let elements = m.elements
      update.emit(
        &b,
        BlockUpdate.Operands(
          left: elements, leftRow: next, leftColumn: start, right: elements, rightRow: start,
          rightColumn: next, target: elements, targetRow: next, targetColumn: next),
        BlockUpdate.Extents(
          rows: rest, columns: rest, depth: width, rowLimit: m.size, columnLimit: m.size))
    }
  }

  /// Eliminates the columns of one block, and exchanges whole rows.
  private static func eliminate(
    _ b: inout LoopBuilder, _ m: Matrix, _ start: Index, _ width: ScalarID
  ) {
    b.loop("pivot", atMost: Dim(BlockUpdate.depth), turns: width) { b, k in
      let place = start + k
      let row = pivotRow(&b, m, place)
      exchange(&b, m, place, Index(row))
      let pivot = b.load(m.elements, place, place)
      // Where the pivot is 0, so is all below it.
      let zero = b.constant(0, like: pivot)
      let one = b.constant(1, like: pivot)
      let isZero = b.compare(.equal, pivot, zero)
      let divisor = b.select(isZero, one, pivot)
      let below = b.position(Index(m.size) - place - Dim(1))
      let behind = b.position(Index(width) - k - Dim(1))
      b.loop("row", atMost: m.size, turns: below) { b, i in
        let row = place + Dim(1) + i
        let element = b.load(m.elements, row, place)
        let factor = b.divide(element, divisor)
        b.store(factor, to: m.elements, row, place)
        b.loop(
          "column", atMost: Dim(BlockUpdate.depth), turns: behind, lanes: m.element.rowLanes
        ) { b, j in
          let column = place + Dim(1) + j
          let upper = b.load(m.elements, place, column)
          let before = b.load(m.elements, row, column)
          let after = b.multiplySubtract(factor, upper, from: before)
          b.store(after, to: m.elements, row, column)
        }
      }
    }
  }

  /// The row, from the diagonal down, with the greatest element of a column.
  private static func pivotRow(
    _ b: inout LoopBuilder, _ m: Matrix, _ place: Index
  ) -> ScalarID {
    let diagonal = b.load(m.elements, place, place)
    let first = b.unary(.abs, diagonal)
    let own = b.position(place)
    let below = b.position(Index(m.size) - place - Dim(1))
    let found = b.loop(
      "row", atMost: m.size, turns: below, carrying: [first, own]
    ) { b, i, best in
      let row = place + Dim(1) + i
      let element = b.load(m.elements, row, place)
      let size = b.unary(.abs, element)
      let isGreater = b.compare(.greater, size, best[0])
      let number = b.position(row)
      return [b.select(isGreater, size, best[0]), b.select(isGreater, number, best[1])]
    }
    return found[1]
  }

  /// Exchanges two rows, with their places in the permutation and its sign.
  private static func exchange(
    _ b: inout LoopBuilder, _ m: Matrix, _ row: Index, _ other: Index
  ) {
    let prefix = m.elements.prefix
    let a = b.position(row)
    let c = b.position(other)
    let differ = b.compare(.notEqual, a, c)
    b.branch(differ) { b in
      b.loop("column", m.size, lanes: m.element.rowLanes) { b, j in
        let x = b.load(m.elements, row, Index(j))
        let y = b.load(m.elements, other, Index(j))
        b.store(y, to: m.elements, row, Index(j))
        b.store(x, to: m.elements, other, Index(j))
      }
      let x = b.load(m.permutation, prefix + [row])
      let y = b.load(m.permutation, prefix + [other])
      b.store(y, to: m.permutation, prefix + [row])
      b.store(x, to: m.permutation, prefix + [other])
      let sign = b.load(m.sign, prefix)
      let turned = b.negate(sign)
      b.store(turned, to: m.sign, prefix)
    }
  }

  /// The rows of the upper factor to the right of a block: solved for by its unit lower triangle.
  private static func solveRows(
    _ b: inout LoopBuilder, _ m: Matrix, _ start: Index, _ width: ScalarID, _ rest: ScalarID
  ) {
    let next = start + Index(width)
    b.loop("column", atMost: m.size, turns: rest, lanes: m.element.rowLanes) { b, j in
      b.loop("row", atMost: Dim(BlockUpdate.depth), turns: width) { b, i in
        let before = b.load(m.elements, start + i, next + j)
        let turns = b.position(i)
        let after = b.loop(
          "depth", atMost: Dim(BlockUpdate.depth), turns: turns, carrying: [before]
        ) { b, k, sum in
          let factor = b.load(m.elements, start + i, start + k)
          let upper = b.load(m.elements, start + k, next + j)
          return [b.multiplySubtract(factor, upper, from: sum[0])]
        }
        b.store(after[0], to: m.elements, start + i, next + j)
      }
    }
  }
}
