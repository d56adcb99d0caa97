import LoopIR
import Support

/// Householder's reflections by blocks of columns: the product of those of a block is `1 - v t vᵀ`
/// with an upper triangular `t` (Schreiber & Van Loan 1989), so that what is left is reflected by
/// products of matrices.
struct ReflectionBlocks {
  /// Columns of a block.
  static let width = BlockUpdate.depth

  private let rows: Dim
  private let columns: Dim
  private let rank: Dim
  private let element: DType
  /// The matrix, then the reflections with the triangular factor.
  private let work: BufferID
  /// The columns of a block, then the vectors of its reflections, in the rows where they stand.
  private let panel: BufferID
  /// The triangles of all blocks, one below the other.
  private let triangles: BufferID
  /// What the vectors of a block make of what is left.
  private let product: BufferID
  private let factors: BufferID
  private let sums: BufferID
  private let update: BlockUpdate

  /// A block: its first column, and how many columns it has.
  private struct Block {
    var start: Index
    var width: ScalarID
  }

  /// Makes the buffers.
  init(_ b: inout LoopBuilder, _ work: BufferID, rows: Dim, columns: Dim, rank: Dim) {
    self.rows = rows
    self.columns = columns
    self.rank = rank
    self.work = work
    element = b.body[work].element
    let width = Dim(ReflectionBlocks.width)
    let blocks = (rank + (ReflectionBlocks.width - 1)).quotient(ReflectionBlocks.width)
    panel = b.scratch("panel", element, [rows, width])
    triangles = b.scratch("triangles", element, [blocks * width, width])
    product = b.scratch("product", element, [width, columns])
    factors = b.scratch("factors", element, [width])
    sums = b.scratch("sums", element, [width])
    update = BlockUpdate(&b, element, columns: columns)
  }

  /// Factors the matrix in the work space.
  func factor(_ b: inout LoopBuilder) {
    eachBlock(&b) { b, block in
      copyPanel(&b, block, isBack: false)
      reflectPanel(&b, block)
      copyPanel(&b, block, isBack: true)
      completeVectors(&b, block)
      findTriangle(&b, block)
      let first = block.start + Index(block.width)
      apply(
        &b, block, to: MatrixView(work, []), from: first, end: columns, isTransposed: true)
    }
  }

  /// Multiplies the reflections with the identity.
  func formOrthogonal(_ b: inout LoopBuilder, _ q: MatrixView) {
    b.fillIdentity(q, rows: rows, columns: rank)
    eachBlock(&b, isReversed: true) { b, block in
      copyPanel(&b, block, isBack: false)
      completeVectors(&b, block)
      apply(&b, block, to: q, from: block.start, end: rank, isTransposed: false)
    }
  }

  // MARK: One block

  private func eachBlock(
    _ b: inout LoopBuilder, isReversed: Bool = false, _ build: (inout LoopBuilder, Block) -> Void
  ) {
    let blocks = (rank + (ReflectionBlocks.width - 1)).quotient(ReflectionBlocks.width)
    b.each("block", blocks, isReversed: isReversed) { b, number in
      let start = number * Dim(ReflectionBlocks.width)
      let width = b.minimum(ReflectionBlocks.width, b.position(Index(rank) - start))
      build(&b, Block(start: start, width: width))
    }
  }

  /// A loop over some columns of the panel, in lanes.
  private func eachColumn(
    _ b: inout LoopBuilder, from start: Index, to end: Index,
    _ build: (inout LoopBuilder, Index) -> Void
  ) {
    let turns = b.position(end - start)
    b.loop(
      "column", atMost: Dim(ReflectionBlocks.width), turns: turns, lanes: element.rowLanes
    ) { b, j in build(&b, start + j) }
  }

  /// Copies the columns of a block, from its first row on, to the panel or back.
  private func copyPanel(_ b: inout LoopBuilder, _ block: Block, isBack: Bool) {
    b.each("row", from: block.start, to: Index(rows), within: rows) { b, i in
      eachColumn(&b, from: Index(Dim(0)), to: Index(block.width)) { b, j in
        if isBack {
          b.store(b.load(panel, [i, j]), to: work, [i, block.start + j])
        } else {
          b.store(b.load(work, [i, block.start + j]), to: panel, [i, j])
        }
      }
    }
  }

  /// Reflects column after column, and those behind it in the block.
  private func reflectPanel(_ b: inout LoopBuilder, _ block: Block) {
    let width = Index(block.width)
    b.each("pivot", to: width, within: Dim(ReflectionBlocks.width)) { b, j in
      let (pivot, next) = (block.start + j, j + Dim(1))
      let below = pivot + Dim(1)
      let reflection = b.reflect(
        panel, pivot: [pivot, j], from: below, to: Index(rows), within: rows
      ) { [$0, j] }
      b.store(reflection.pivot, to: panel, [pivot, j])
      b.store(reflection.factor, to: factors, [j])
      eachColumn(&b, from: next, to: width) { b, l in
        b.store(b.load(panel, [pivot, l]), to: sums, [l])
      }
      b.each("row", from: below, to: Index(rows), within: rows) { b, i in
        let share = b.load(panel, [i, j])
        eachColumn(&b, from: next, to: width) { b, l in
          let sum = b.multiplyAdd(share, b.load(panel, [i, l]), b.load(sums, [l]))
          b.store(sum, to: sums, [l])
        }
      }
      eachColumn(&b, from: next, to: width) { b, l in
        let sum = b.multiply(reflection.factor, b.load(sums, [l]))
        b.store(sum, to: sums, [l])
        b.store(b.subtract(b.load(panel, [pivot, l]), sum), to: panel, [pivot, l])
      }
      b.each("row", from: below, to: Index(rows), within: rows) { b, i in
        let share = b.load(panel, [i, j])
        eachColumn(&b, from: next, to: width) { b, l in
          let before = b.load(panel, [i, l])
          let after = b.multiplySubtract(share, b.load(sums, [l]), from: before)
          b.store(after, to: panel, [i, l])
        }
      }
    }
  }

  /// Writes out the ones and zeros of the vectors, where the triangular factor stands.
  private func completeVectors(_ b: inout LoopBuilder, _ block: Block) {
    let (zero, one) = (b.constant(element, .float(0)), b.constant(element, .float(1)))
    b.each("row", to: Index(block.width), within: Dim(ReflectionBlocks.width)) { b, i in
      b.store(one, to: panel, [block.start + i, i])
      eachColumn(&b, from: i + Dim(1), to: Index(block.width)) { b, j in
        b.store(zero, to: panel, [block.start + i, j])
      }
    }
  }

  /// Finds the triangle column by column: `t_j = -factor_j t (vᵀ v_j)` above the diagonal.
  private func findTriangle(_ b: inout LoopBuilder, _ block: Block) {
    let zero = b.constant(element, .float(0))
    b.each("column", to: Index(block.width), within: Dim(ReflectionBlocks.width)) { b, j in
      eachColumn(&b, from: Index(Dim(0)), to: j) { b, l in b.store(zero, to: sums, [l]) }
      b.each("row", from: block.start + j, to: Index(rows), within: rows) { b, i in
        let share = b.load(panel, [i, j])
        eachColumn(&b, from: Index(Dim(0)), to: j) { b, l in
          let sum = b.multiplyAdd(share, b.load(panel, [i, l]), b.load(sums, [l]))
          b.store(sum, to: sums, [l])
        }
      }
      let factor = b.load(factors, [j])
      b.each("row", to: j, within: Dim(ReflectionBlocks.width)) { b, i in
        let sum = b.sum(
          "depth", from: i, to: j, within: Dim(ReflectionBlocks.width), startingAt: zero
        ) { b, k in b.multiply(b.load(triangles, [block.start + i, k]), b.load(sums, [k])) }
        b.store(b.negate(b.multiply(factor, sum)), to: triangles, [block.start + i, j])
      }
      b.store(factor, to: triangles, [block.start + j, j])
    }
  }

  // MARK: What is left

  /// Reflects some columns of a matrix, by the product of the reflections or by its transpose.
  private func apply(
    _ b: inout LoopBuilder, _ block: Block, to matrix: MatrixView, from first: Index, end: Dim,
    isTransposed: Bool
  ) {
    let count = b.position(Index(end) - first)
    let left = b.position(Index(rows) - block.start)
    let (origin, vectors) = (Index(Dim(0)), MatrixView(panel, []))
    let target = MatrixView(product, [])
    multiplyVectors(&b, block, matrix, first, count, left)
    multiplyTriangle(&b, block, count, isTransposed: isTransposed)
    update.emit(
      &b,
      BlockUpdate.Operands(
        left: vectors, leftRow: block.start, leftColumn: origin, right: target, rightRow: origin,
        rightColumn: origin, target: matrix, targetRow: block.start, targetColumn: first),
      BlockUpdate.Extents(
        rows: left, columns: count, depth: block.width, rowLimit: rows, columnLimit: columns))
  }

  /// Makes `-vᵀ c` of some columns `c`.
  private func multiplyVectors(
    _ b: inout LoopBuilder, _ block: Block, _ matrix: MatrixView, _ first: Index,
    _ count: ScalarID, _ left: ScalarID
  ) {
    let zero = b.constant(element, .float(0))
    let origin = Index(Dim(0))
    b.each("row", to: Index(block.width), within: Dim(ReflectionBlocks.width)) { b, i in
      b.loop("column", atMost: columns, turns: count, lanes: element.rowLanes) { b, j in
        b.store(zero, to: product, [i, j])
      }
    }
    var turned = MatrixView(panel, [])
    turned.isTransposed = true
    let parts = b.parts(left, of: BlockUpdate.depth)
    let limit = (rows + (BlockUpdate.depth - 1)).quotient(BlockUpdate.depth)
    b.loop("part", atMost: limit, turns: parts) { b, part in
      let row = block.start + part * Dim(BlockUpdate.depth)
      let depth = b.minimum(BlockUpdate.depth, b.position(Index(rows) - row))
      update.emit(
        &b,
        BlockUpdate.Operands(
          left: turned, leftRow: origin, leftColumn: row, right: matrix, rightRow: row,
          rightColumn: first, target: MatrixView(product, []), targetRow: origin,
          targetColumn: origin),
        BlockUpdate.Extents(
          rows: block.width, columns: count, depth: depth,
          rowLimit: Dim(ReflectionBlocks.width), columnLimit: columns))
    }
  }

  /// Multiplies the product with the negative triangle or its transpose, in place: a row at a time,
  /// in the order in which those that it needs are still there.
  private func multiplyTriangle(
    _ b: inout LoopBuilder, _ block: Block, _ count: ScalarID, isTransposed: Bool
  ) {
    let (limit, width) = (Dim(ReflectionBlocks.width), Index(block.width))
    b.loop("column", atMost: columns, turns: count, lanes: element.rowLanes) { b, column in
      b.each("row", to: width, within: limit, isReversed: isTransposed) { b, i in
        let diagonal = b.negate(b.load(triangles, [block.start + i, i]))
        let own = b.multiply(diagonal, b.load(product, [i, column]))
        let (start, end) = isTransposed ? (Index(Dim(0)), i) : (i + Dim(1), width)
        let sums = b.fold("depth", from: start, to: end, within: limit, [own]) { b, k, sum in
          let place = isTransposed ? [block.start + k, i] : [block.start + i, k]
          let factor = b.load(triangles, place)
          return [b.multiplySubtract(factor, b.load(product, [k, column]), from: sum[0])]
        }
        b.store(sums[0], to: product, [i, column])
      }
    }
  }
}
