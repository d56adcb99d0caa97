import GraphIR
import LoopIR
import Support

/// Substitution by blocks: 32 unknowns are solved for, then taken from all equations behind them at
/// once.
///
/// A system that is solved from its last unknown on is one that is solved from its first, with rows
/// and columns counted from the end.
enum TriangularLoops {
  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let sides = b.body[c.results[0]]
    let form = c.attributes.matrixForm
    let rank = sides.shape.count
    let (size, columns) = (sides.shape[rank - 2], sides.shape[rank - 1])
    func system(at prefix: [Index]) -> TriangularSystem {
      var matrix = MatrixView(c.operands[0], prefix)
      var solution = MatrixView(c.results[0], prefix)
      matrix.isTransposed = form.isTransposed
      if form.isLower == form.isTransposed {
        matrix.rowsFromEnd = size
        matrix.columnsFromEnd = size
        solution.rowsFromEnd = size
      }
      return TriangularSystem(
        matrix: matrix, solution: solution, size: size, columns: columns,
        hasUnitDiagonal: form.hasUnitDiagonal, element: sides.element)
    }
    let stack = Array(sides.shape.dropLast(2))
    if let rows = SmallMatrices.rows(size) {
      return emitSmall(&b, c, rows, over: stack, system)
    }
    if b.usesLAPACK { return LAPACK.triangularSolve(&b, c) }
    let isOneBlock = size.constant.map { $0 <= BlockUpdate.depth } ?? false
    let update = isOneBlock ? nil : BlockUpdate(&b, sides.element, columns: columns)
    b.loops(over: stack) { b, prefix in
      let target = MatrixView(c.results[0], prefix)
      b.copy(MatrixView(c.operands[1], prefix), to: target, rows: size, columns: columns)
      system(at: prefix).solve(&b, update)
    }
  }

  /// Solves systems of a few unknowns: of a stack several at once, or of one system several
  /// columns.
  private static func emitSmall(
    _ b: inout LoopBuilder, _ c: RoutineContext, _ rows: Int, over stack: [Dim],
    _ system: ([Index]) -> TriangularSystem
  ) {
    let sides = b.body[c.results[0]]
    let columns = sides.shape[stack.count + 1]
    func solve(_ b: inout LoopBuilder, _ prefix: [Index], _ columns: [Index]) {
      let system = system(prefix)
      var right = system.solution
      right.buffer = c.operands[1]
      SmallMatrices.substitute(&b, system, sides: right, rows: rows, columns: columns)
    }
    let few = columns.constant.flatMap { $0 <= SmallMatrices.columnLimit ? $0 : nil }
    if let count = few, !stack.isEmpty || count < SmallMatrices.columnLimit {
      return SmallMatrices.loops(&b, over: stack, sides.element) { b, prefix in
        solve(&b, prefix, (0..<count).map { Index(Dim($0)) })
      }
    }
    b.loops(over: stack) { b, prefix in
      b.loop("column", columns, lanes: sides.element.rowLanes) { b, column in
        solve(&b, prefix, [Index(column)])
      }
    }
  }
}

/// A lower triangular system, whose right sides give way to the solution.
struct TriangularSystem {
  var matrix: MatrixView
  var solution: MatrixView
  var size: Dim
  var columns: Dim
  var hasUnitDiagonal: Bool
  var element: DType

  /// Appends the loops over all blocks.
  func solve(_ b: inout LoopBuilder, _ update: BlockUpdate?) {
    let blocks = (size + (BlockUpdate.depth - 1)).quotient(BlockUpdate.depth)
    b.loop("block", blocks) { b, block in
      let start = Index(block) * Dim(BlockUpdate.depth)
      let left = b.position(Index(size) - start)
      let width = b.minimum(BlockUpdate.depth, left)
      if !hasUnitDiagonal { check(&b, start, width) }
      solveBlock(&b, start, width)
      guard let update else { return }
      let next = start + Index(width)
      let rest = b.position(Index(size) - next)
      let count = b.dim(columns)
      update.emit(
        &b,
        BlockUpdate.Operands(
          left: matrix, leftRow: next, leftColumn: start, right: solution, rightRow: start,
          rightColumn: Index(Dim(0)), target: solution, targetRow: next,
          targetColumn: Index(Dim(0))),
        BlockUpdate.Extents(
          rows: rest, columns: count, depth: width, rowLimit: size, columnLimit: columns))
    }
  }

  /// Lets the call fail where the diagonal has a zero.
  private func check(_ b: inout LoopBuilder, _ start: Index, _ width: ScalarID) {
    b.loop("row", atMost: Dim(BlockUpdate.depth), turns: width) { b, i in
      let diagonal = b.load(matrix, start + i, start + i)
      let zero = b.constant(0, like: diagonal)
      let isRegular = b.compare(.notEqual, diagonal, zero)
      b.check(isRegular, .singular)
    }
  }

  /// Solves for the unknowns of a block.
  private func solveBlock(_ b: inout LoopBuilder, _ start: Index, _ width: ScalarID) {
    let lanes = columns == Dim(1) ? 1 : element.rowLanes
    b.loop("column", columns, lanes: lanes) { b, column in
      let j = Index(column)
      b.loop("row", atMost: Dim(BlockUpdate.depth), turns: width) { b, i in
        let side = b.load(solution, start + i, j)
        let turns = b.position(i)
        let sums = b.loop(
          "depth", atMost: Dim(BlockUpdate.depth), turns: turns, carrying: [side]
        ) { b, k, sum in
          let factor = b.load(matrix, start + i, start + k)
          let known = b.load(solution, start + k, j)
          return [b.multiplySubtract(factor, known, from: sum[0])]
        }
        var value = sums[0]
        if !hasUnitDiagonal {
          let diagonal = b.load(matrix, start + i, start + i)
          value = b.divide(value, diagonal)
        }
        b.store(value, to: solution, start + i, j)
      }
    }
  }
}
