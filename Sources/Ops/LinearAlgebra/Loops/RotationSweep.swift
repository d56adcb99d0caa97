import LoopIR
import Support

/// Rotations of neighbouring rows, one after the other, that are kept and then applied at once: a
/// row stays in registers between the two rotations that it takes part in.
struct RotationSweep {
  private let size: Dim
  private let element: DType
  private let cosines: BufferID
  private let sines: BufferID

  /// Makes room for the rotations of so many rows.
  init(_ b: inout LoopBuilder, _ element: DType, size: Dim) {
    self.size = size
    self.element = element
    cosines = b.scratch("cosines", element, [size])
    sines = b.scratch("sines", element, [size])
  }

  /// Keeps the rotation of row `i` with the next one: `x` becomes `c x + s y`, and `y` becomes
  /// `c y - s x`.
  func store(_ b: inout LoopBuilder, at i: Index, _ c: ScalarID, _ s: ScalarID) {
    b.store(c, to: cosines, [i])
    b.store(s, to: sines, [i])
  }

  /// Applies the rotations from `first` up to `last`, or from the last one down.
  func apply(
    _ b: inout LoopBuilder, to matrix: BufferID, from first: Index, to last: Index,
    isReversed: Bool = false
  ) {
    // Four vectors, as each alone would wait for its last rotation.
    let isNarrow = size.constant.map { $0 <= element.rowLanes } ?? false
    b.loop("column", size, lanes: isNarrow ? element.rowLanes : 4 * element.rowLanes) { b, column in
      let j = Index(column)
      let edge = isReversed ? last : first
      let rows = b.fold(
        "rotation", from: first, to: last, within: size, isReversed: isReversed,
        [b.load(matrix, [edge, j])]
      ) { b, i, entering in
        let (c, s) = (b.load(cosines, [i]), b.load(sines, [i]))
        let next = i + Dim(1)
        let other = b.load(matrix, [isReversed ? i : next, j])
        let (x, y) = isReversed ? (other, entering[0]) : (entering[0], other)
        let upper = b.multiplyAdd(c, x, b.multiply(s, y))
        let lower = b.multiplySubtract(s, x, from: b.multiply(c, y))
        b.store(isReversed ? lower : upper, to: matrix, [isReversed ? next : i, j])
        return [isReversed ? upper : lower]
      }
      b.store(rows[0], to: matrix, [isReversed ? first : last, j])
    }
  }
}
