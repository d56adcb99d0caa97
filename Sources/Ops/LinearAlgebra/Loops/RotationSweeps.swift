import LoopIR
import Support

/// Sweeps of rotations of neighbouring rows, one row after the other, that are kept and then applied
/// at once: columns stay in the nearer caches while many sweeps go over them, and a row in registers
/// between the two rotations of a sweep that it takes part in.
struct RotationSweeps {
  /// Sweeps that are kept.
  private static let limit = 16

  private let size: Dim
  private let element: DType
  /// The rows that are rotated.
  private let rows: BufferID
  private let isReversed: Bool
  private let cosines: BufferID
  private let sines: BufferID
  /// The first and the last row of each sweep.
  private let ends: BufferID
  /// The number of sweeps that are kept.
  private let count: BufferID

  /// Makes room for the rotations of the rows of a square buffer.
  ///
  /// - Parameter isReversed: whether a sweep goes from its last row to its first.
  init(_ b: inout LoopBuilder, of rows: BufferID, isReversed: Bool) {
    self.rows = rows
    self.isReversed = isReversed
    size = b.body[rows].shape[0]
    element = b.body[rows].element
    let limit = Dim(RotationSweeps.limit)
    cosines = b.scratch("cosines", element, [limit, size])
    sines = b.scratch("sines", element, [limit, size])
    ends = b.scratch("ends", .i64, [limit, Dim(2)])
    count = b.scratch("sweeps", .i64, [])
  }

  /// Appends the start of the first sweep.
  func begin(_ b: inout LoopBuilder) { b.store(b.index(0), to: count, []) }

  /// Appends what keeps the rotation of row `i` with the next one: `x` becomes `c x + s y`, and `y`
  /// becomes `c y - s x`.
  ///
  /// - Parameter sweep: the number of the sweep.
  func store(
    _ b: inout LoopBuilder, in sweep: ScalarID, at i: Index, _ c: ScalarID, _ s: ScalarID
  ) {
    b.store(c, to: cosines, [Index(sweep), i])
    b.store(s, to: sines, [Index(sweep), i])
  }

  /// The number of the sweep that comes next.
  func current(_ b: inout LoopBuilder) -> ScalarID { b.load(count, []) }

  /// Appends the end of a sweep; when there is no room for another, all are applied.
  func finish(_ b: inout LoopBuilder, _ sweep: ScalarID, from first: Index, to last: Index) {
    b.store(b.position(first), to: ends, [Index(sweep), Index(Dim(0))])
    b.store(b.position(last), to: ends, [Index(sweep), Index(Dim(1))])
    let next = b.add(sweep, b.index(1))
    b.store(next, to: count, [])
    let isFull = b.compare(.equal, next, b.index(RotationSweeps.limit))
    b.branch(isFull) { b in apply(&b) }
  }

  /// Applies the sweeps that are kept.
  func apply(_ b: inout LoopBuilder) {
    let sweeps = b.load(count, [])
    // Four vectors, as each alone would wait for its last rotation.
    let isNarrow = size.constant.map { $0 <= element.rowLanes } ?? false
    b.loop("column", size, lanes: isNarrow ? element.rowLanes : 4 * element.rowLanes) { b, column in
      b.loop("sweep", atMost: Dim(RotationSweeps.limit), turns: sweeps) { b, sweep in
        rotate(&b, sweep, Index(column))
      }
    }
    b.store(b.index(0), to: count, [])
  }

  /// Applies one sweep to some columns.
  private func rotate(_ b: inout LoopBuilder, _ sweep: Index, _ j: Index) {
    let first = Index(b.load(ends, [sweep, Index(Dim(0))]))
    let last = Index(b.load(ends, [sweep, Index(Dim(1))]))
    let edge = b.load(rows, [isReversed ? last : first, j])
    let carried = b.fold(
      "rotation", from: first, to: last, within: size, isReversed: isReversed, [edge]
    ) { b, i, entering in
      let (c, s) = (b.load(cosines, [sweep, i]), b.load(sines, [sweep, i]))
      let next = i + Dim(1)
      let other = b.load(rows, [isReversed ? i : next, j])
      let (x, y) = isReversed ? (other, entering[0]) : (entering[0], other)
      let upper = b.multiplyAdd(c, x, b.multiply(s, y))
      let lower = b.multiplySubtract(s, x, from: b.multiply(c, y))
      b.store(isReversed ? lower : upper, to: rows, [isReversed ? next : i, j])
      return [isReversed ? upper : lower]
    }
    b.store(carried[0], to: rows, [isReversed ? first : last, j])
  }
}
