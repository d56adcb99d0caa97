import LoopIR
import Support

/// Cholesky's factorisation by blocks of 32 columns, in place.
///
/// The transpose of a diagonal block is factored in a small buffer, so that all inner loops go
/// along rows; then the rows below are solved for, and their product is subtracted from what is
/// left.
enum CholeskyLoops {
  /// One matrix.
  private struct Matrix {
    var elements: MatrixView
    var size: Dim
    var element: DType
    /// The transposed factor of the diagonal block.
    var block: BufferID
    var update: BlockUpdate?

    var lanes: Int { element.rowLanes }
  }

  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let factor = b.body[c.results[0]]
    let size = factor.shape[factor.shape.count - 1]
    if let rows = SmallMatrices.rows(size) {
      return SmallMatrices.loops(
        &b, over: Array(factor.shape.dropLast(2)), factor.element
      ) { b, prefix in
        SmallMatrices.cholesky(
          &b, MatrixView(c.operands[0], prefix), to: MatrixView(c.results[0], prefix),
          rows: rows, factor.element)
      }
    }
    if b.usesLAPACK { return LAPACK.cholesky(&b, c) }
    let isOneBlock = size.constant.map { $0 <= BlockUpdate.depth } ?? false
    let update = isOneBlock ? nil : BlockUpdate(&b, factor.element, columns: size)
    let depth = Dim(min(size.constant ?? BlockUpdate.depth, BlockUpdate.depth))
    let block = b.scratch("block", factor.element, [depth, depth])
    b.loops(over: Array(factor.shape.dropLast(2))) { b, prefix in
      let matrix = Matrix(
        elements: MatrixView(c.results[0], prefix), size: size, element: factor.element,
        block: block, update: update)
      b.copy(MatrixView(c.operands[0], prefix), to: matrix.elements, rows: size, columns: size)
      self.factor(&b, matrix)
      clear(&b, matrix)
    }
  }

  /// Factors by blocks of columns.
  private static func factor(_ b: inout LoopBuilder, _ m: Matrix) {
    let blocks = (m.size + (BlockUpdate.depth - 1)).quotient(BlockUpdate.depth)
    b.loop("block", blocks) { b, block in
      let start = Index(block) * Dim(BlockUpdate.depth)
      let left = b.position(Index(m.size) - start)
      let width = b.minimum(BlockUpdate.depth, left)
      factorBlock(&b, m, start, width)
      guard let update = m.update else { return }
      let next = start + Index(width)
      let rest = b.position(Index(m.size) - next)
      solveRows(&b, m, start, width, rest)
      var transposed = m.elements
      transposed.isTransposed = true
      update.emit(
        &b,
        BlockUpdate.Operands(
          left: m.elements, leftRow: next, leftColumn: start, right: transposed,
          rightRow: start, rightColumn: next, target: m.elements, targetRow: next,
          targetColumn: next),
        BlockUpdate.Extents(
          rows: rest, columns: rest, depth: width, rowLimit: m.size, columnLimit: m.size,
          isLower: true))
    }
  }

  /// Factors a diagonal block: the rows of its transpose one after the other.
  private static func factorBlock(
    _ b: inout LoopBuilder, _ m: Matrix, _ start: Index, _ width: ScalarID
  ) {
    move(&b, m, start, width, isBack: false)
    b.loop("pivot", atMost: Dim(BlockUpdate.depth), turns: width) { b, k in
      let square = b.load(m.block, [k, k])
      let zero = b.constant(0, like: square)
      let isPositive = b.compare(.greater, square, zero)
      b.check(isPositive, .singular, message: "not positive definite")
      let root = b.unary(.sqrt, square)
      let rest = b.position(Index(width) - k)
      b.loop("column", atMost: Dim(BlockUpdate.depth), turns: rest, lanes: m.lanes) { b, j in
        let element = b.load(m.block, [k, k + j])
        let factor = b.divide(element, root)
        b.store(factor, to: m.block, [k, k + j])
      }
      b.store(root, to: m.block, [k, k])
      let below = b.position(Index(width) - k - Dim(1))
      b.loop("row", atMost: Dim(BlockUpdate.depth), turns: below) { b, i in
        let row = k + Dim(1) + i
        let factor = b.load(m.block, [k, row])
        let rest = b.position(Index(width) - row)
        b.loop("column", atMost: Dim(BlockUpdate.depth), turns: rest, lanes: m.lanes) { b, j in
          let upper = b.load(m.block, [k, row + j])
          let before = b.load(m.block, [row, row + j])
          let after = b.multiplySubtract(factor, upper, from: before)
          b.store(after, to: m.block, [row, row + j])
        }
      }
    }
    move(&b, m, start, width, isBack: true)
  }

  /// Copies the lower triangle of a diagonal block to the upper one of the small buffer, or back.
  private static func move(
    _ b: inout LoopBuilder, _ m: Matrix, _ start: Index, _ width: ScalarID, isBack: Bool
  ) {
    b.loop("row", atMost: Dim(BlockUpdate.depth), turns: width) { b, i in
      let count = b.position(i + Dim(1))
      b.loop("column", atMost: Dim(BlockUpdate.depth), turns: count) { b, j in
        if isBack {
          let value = b.load(m.block, [j, i])
          b.store(value, to: m.elements, start + i, start + j)
        } else {
          let value = b.load(m.elements, start + i, start + j)
          b.store(value, to: m.block, [j, i])
        }
      }
    }
  }

  /// Solves for the rows below a diagonal block.
  private static func solveRows(
    _ b: inout LoopBuilder, _ m: Matrix, _ start: Index, _ width: ScalarID, _ rest: ScalarID
  ) {
    let next = start + Index(width)
    b.loop("row", atMost: m.size, turns: rest) { b, i in
      b.loop("pivot", atMost: Dim(BlockUpdate.depth), turns: width) { b, k in
        let element = b.load(m.elements, next + i, start + k)
        let diagonal = b.load(m.block, [k, k])
        let factor = b.divide(element, diagonal)
        b.store(factor, to: m.elements, next + i, start + k)
        let behind = b.position(Index(width) - k - Dim(1))
        b.loop("column", atMost: Dim(BlockUpdate.depth), turns: behind, lanes: m.lanes) { b, j in
          let column = k + Dim(1) + j
          let upper = b.load(m.block, [k, column])
          let before = b.load(m.elements, next + i, start + column)
          let after = b.multiplySubtract(factor, upper, from: before)
          b.store(after, to: m.elements, next + i, start + column)
        }
      }
    }
  }

  /// Puts 0 above the diagonal.
  private static func clear(_ b: inout LoopBuilder, _ m: Matrix) {
    let zero = b.constant(m.element, .float(0))
    b.loop("row", m.size) { b, i in
      let count = b.position(Index(m.size) - Index(i) - Dim(1))
      b.loop("column", atMost: m.size, turns: count, lanes: m.lanes) { b, j in
        b.store(zero, to: m.elements, Index(i), Index(i) + Dim(1) + j)
      }
    }
  }
}
