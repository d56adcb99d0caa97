import LoopIR
import Mathematics
import Support

/// The singular values and vectors of a square matrix: Householder's reduction to two diagonals
/// (Golub & Kahan 1965), then the implicit QR method, with shifts chosen after Demmel & Kahan 1990.
///
/// Vectors are rows while they are rotated. They are not computed where nobody wants them.
struct BidiagonalLoops {
  private let size: Dim
  private let element: DType
  /// The matrix; then the reflections from the left in the columns, those from the right in the rows.
  private let work: BufferID
  /// The diagonal, then the singular values.
  let values: BufferID
  /// What stands beside the diagonal.
  private let beside: BufferID
  /// A vector.
  private let sums: BufferID
  private let sides: Sides?

  /// What belongs to the vectors of both sides.
  struct Sides {
    /// The vectors as rows.
    let left: BufferID
    let right: BufferID
    /// The factors of the reflections.
    let leftFactors: BufferID
    let rightFactors: BufferID
    /// The vector of a reflection.
    let vector: BufferID
    let leftSweeps: RotationSweeps
    let rightSweeps: RotationSweeps

    init(_ b: inout LoopBuilder, _ element: DType, size: Dim) {
      left = b.scratch("left", element, [size, size])
      right = b.scratch("right", element, [size, size])
      leftFactors = b.scratch("factors", element, [size])
      rightFactors = b.scratch("factors", element, [size])
      vector = b.scratch("vector", element, [size])
      leftSweeps = RotationSweeps(&b, of: left, isReversed: false)
      rightSweeps = RotationSweeps(&b, of: right, isReversed: false)
    }
  }

  /// Turns of the QR method for one singular value, beside one for each row: a 0 on the diagonal
  /// moves by one place in a turn. Mostly two or three are needed.
  private static let turnLimit = 60

  /// Numbers too small to rotate by: quotients by them would lose digits. What stands beside the
  /// diagonal counts as 0 long before, as the greatest element is near 1.
  private static func nothing(_ element: DType) -> Double { element.leastNormal / element.epsilon }

  /// Makes the buffers.
  init(_ b: inout LoopBuilder, _ element: DType, size: Dim, hasVectors: Bool) {
    self.size = size
    self.element = element
    work = b.scratch("reflections", element, [size, size])
    values = b.scratch("values", element, [size])
    beside = b.scratch("beside", element, [size])
    sums = b.scratch("sums", element, [size])
    sides = hasVectors ? Sides(&b, element, size: size) : nil
  }

  /// The vectors as rows, unsorted.
  var vectors: (left: BufferID, right: BufferID)? { sides.map { ($0.left, $0.right) } }

  /// Finds the singular values, not sorted and not negative, and the vectors of a matrix over a
  /// scale.
  func find(_ b: inout LoopBuilder, _ matrix: MatrixView, scale: ScalarID) {
    b.each("row", size) { b, i in
      b.each("column", size) { b, j in
        b.store(b.divide(b.load(matrix, i, j), scale), to: work, [i, j])
      }
    }
    reduce(&b)
    if let sides {
      accumulate(&b, sides.left, sides.leftFactors, sides.vector, from: 0) { [$1, $0] }
      accumulate(&b, sides.right, sides.rightFactors, sides.vector, from: 1) { [$0, $1] }
    }
    iterate(&b)
    b.each("value", size) { b, i in
      let value = b.load(values, [i])
      b.store(b.unary(.abs, value), to: values, [i])
      guard let sides else { return }
      let sign = b.binary(.copysign, b.constant(element, .float(1)), value)
      b.each("column", size) { b, j in
        b.store(b.multiply(sign, b.load(sides.right, [i, j])), to: sides.right, [i, j])
      }
    }
  }

  // MARK: Two diagonals

  /// Reflects column and row after column and row.
  private func reduce(_ b: inout LoopBuilder) {
    let one = b.constant(element, .float(1))
    let zero = b.constant(element, .float(0))
    b.each("pivot", size) { b, j in
      let next = j + Dim(1)
      let left = b.reflect(work, pivot: [j, j], from: next, to: Index(size), within: size) {
        [$0, j]
      }
      b.store(left.pivot, to: values, [j])
      b.store(one, to: work, [j, j])
      if let sides { b.store(left.factor, to: sides.leftFactors, [j]) }
      applyLeft(&b, j, left.factor)
      b.store(zero, to: beside, [j])
      let hasNext = b.compare(.less, b.position(next), b.dim(size))
      b.branch(hasNext) { b in
        let right = b.reflect(
          work, pivot: [j, next], from: j + Dim(2), to: Index(size), within: size
        ) { [j, $0] }
        b.store(right.pivot, to: beside, [j])
        b.store(one, to: work, [j, next])
        if let sides { b.store(right.factor, to: sides.rightFactors, [next]) }
        applyRight(&b, j, right.factor)
      }
    }
  }

  /// Applies the reflection of a column to the columns behind it, row by row.
  private func applyLeft(_ b: inout LoopBuilder, _ pivot: Index, _ factor: ScalarID) {
    let zero = b.constant(element, .float(0))
    let (next, end) = (pivot + Dim(1), Index(size))
    b.each("column", from: next, to: end, within: size) { b, l in b.store(zero, to: sums, [l]) }
    b.each("row", from: pivot, to: end, within: size) { b, i in
      let share = b.load(work, [i, pivot])
      b.each("column", from: next, to: end, within: size) { b, l in
        let sum = b.multiplyAdd(share, b.load(work, [i, l]), b.load(sums, [l]))
        b.store(sum, to: sums, [l])
      }
    }
    b.each("row", from: pivot, to: end, within: size) { b, i in
      let share = b.multiply(factor, b.load(work, [i, pivot]))
      b.each("column", from: next, to: end, within: size) { b, l in
        let before = b.load(work, [i, l])
        b.store(b.multiplySubtract(share, b.load(sums, [l]), from: before), to: work, [i, l])
      }
    }
  }

  /// Applies the reflection of a row to the rows below it.
  private func applyRight(_ b: inout LoopBuilder, _ pivot: Index, _ factor: ScalarID) {
    let next = pivot + Dim(1)
    b.each("row", from: next, to: Index(size), within: size) { b, i in
      reflect(&b, work, i, from: next, factor) { b, l in b.load(work, [pivot, l]) }
    }
  }

  /// Reflects one row: `x -= factor (x v) v`.
  private func reflect(
    _ b: inout LoopBuilder, _ matrix: BufferID, _ row: Index, from start: Index,
    _ factor: ScalarID, _ vector: (inout LoopBuilder, Index) -> ScalarID
  ) {
    let zero = b.constant(element, .float(0))
    let sum = b.sum("column", from: start, to: Index(size), within: size, startingAt: zero) {
      b, l in b.multiply(b.load(matrix, [row, l]), vector(&b, l))
    }
    let share = b.multiply(factor, sum)
    b.each("column", from: start, to: Index(size), within: size) { b, l in
      let before = b.load(matrix, [row, l])
      b.store(b.multiplySubtract(share, vector(&b, l), from: before), to: matrix, [row, l])
    }
  }

  /// Multiplies the reflections of one side, from the last one on; a reflection and all behind it
  /// touch the same rows and columns.
  ///
  /// - Parameter place: where an element of the vector of a reflection stands.
  private func accumulate(
    _ b: inout LoopBuilder, _ target: BufferID, _ factors: BufferID, _ vector: BufferID,
    from first: Int, _ place: (Index, Index) -> [Index]
  ) {
    b.fillIdentity(MatrixView(target, []), rows: size, columns: size)
    b.each(
      "reflection", from: Index(Dim(first)), to: Index(size), within: size, isReversed: true
    ) { b, i in
      let factor = b.load(factors, [i])
      b.each("element", from: i, to: Index(size), within: size) { b, l in
        b.store(b.load(work, place(i - Dim(first), l)), to: vector, [l])
      }
      b.each("row", from: i, to: Index(size), within: size) { b, r in
        reflect(&b, target, r, from: i, factor) { b, l in b.load(vector, [l]) }
      }
    }
  }

  // MARK: The QR method

  /// Turns two diagonals into one, from the last value on.
  private func iterate(_ b: inout LoopBuilder) {
    sides?.leftSweeps.begin(&b)
    sides?.rightSweeps.begin(&b)
    defer {
      sides?.leftSweeps.apply(&b)
      sides?.rightSweeps.apply(&b)
    }
    b.each("value", size, isReversed: true) { b, last in
      let going = b.constant(.bool, .bool(true))
      let left = b.loop("turn", size + BidiagonalLoops.turnLimit, carrying: [going]) { b, id, _ in
        b.body[id].going = 0
        let first = blockStart(&b, last)
        let isOpen = b.compare(.notEqual, first, b.position(last))
        b.branch(isOpen) { b in turn(&b, Index(first), last) }
        return [isOpen]
      }[0]
      b.check(b.unary(.not, left), .noConvergence)
    }
  }

  /// The place behind the last number beside the diagonal, in front of `last`, that is nothing
  /// against its neighbours on the diagonal; 0 if there is none.
  private func blockStart(_ b: inout LoopBuilder, _ last: Index) -> ScalarID {
    let turns = b.position(last)
    let start = [b.constant(.bool, .bool(true)), b.position(last)]
    return b.loop("element", size, carrying: start) { b, id, entering in
      b.body[id].bound = turns
      b.body[id].going = 0
      let before = Index(entering[1]) - Dim(1)
      let here = b.unary(.abs, b.load(values, [before]))
      let next = b.unary(.abs, b.load(values, [before + Dim(1)]))
      let bound = b.multiply(b.constant(element.epsilon, like: here), b.add(here, next))
      let least = b.constant(element.leastNormal.squareRoot(), like: here)
      let size = b.unary(.abs, b.load(beside, [before]))
      let isOpen = b.compare(.greater, size, b.binary(.maximum, bound, least))
      return [isOpen, b.select(isOpen, b.position(before), entering[1])]
    }[1]
  }

  /// One turn between two places: two rotations for each pair of neighbours, from the first to the
  /// last.
  private func turn(_ b: inout LoopBuilder, _ first: Index, _ last: Index) {
    let start = b.load(values, [first])
    let coupling = b.load(beside, [first])
    let shift = self.shift(&b, first, last)
    // What the first rotation takes the first column of bᵀ b - shift² to, over its first element.
    let zero = b.constant(element, .float(0))
    let isZero = b.compare(.equal, shift, zero)
    let one = b.constant(element, .float(1))
    let divisor = b.select(isZero, one, start)
    let sign = b.binary(.copysign, one, start)
    let shifted = b.multiply(
      b.subtract(b.unary(.abs, start), shift), b.add(sign, b.divide(shift, divisor)))
    let f = b.select(isZero, start, shifted)
    // Both sides keep as many sweeps.
    let sweep = sides?.leftSweeps.current(&b)
    let results = b.fold("rotation", from: first, to: last, within: size, [f, coupling]) {
      b, i, entering in rotate(&b, i, first, last, sweep, entering)
    }
    b.store(results[0], to: beside, [last - Dim(1)])
    guard let sides, let sweep else { return }
    sides.rightSweeps.finish(&b, sweep, from: first, to: last)
    sides.leftSweeps.finish(&b, sweep, from: first, to: last)
  }

  /// One pair of rotations; takes what the first of them is to make a number and 0 of, and gives it
  /// for the next pair.
  private func rotate(
    _ b: inout LoopBuilder, _ i: Index, _ first: Index, _ last: Index, _ sweep: ScalarID?,
    _ entering: [ScalarID]
  ) -> [ScalarID] {
    let next = i + Dim(1)
    let (c, s, r) = rotation(&b, entering[0], entering[1])
    let isInner = b.compare(.greater, b.position(i), b.position(first))
    b.branch(isInner) { b in b.store(r, to: beside, [i - Dim(1)]) }
    let (d, e, below) = (b.load(values, [i]), b.load(beside, [i]), b.load(values, [next]))
    let f = b.multiplyAdd(c, d, b.multiply(s, e))
    let coupling = b.multiplySubtract(s, d, from: b.multiply(c, e))
    let g = b.multiply(s, below)
    let lower = b.multiply(c, below)
    let (leftC, leftS, value) = rotation(&b, f, g)
    b.store(value, to: values, [i])
    let f2 = b.multiplyAdd(leftC, coupling, b.multiply(leftS, lower))
    let changed = b.multiplySubtract(leftS, coupling, from: b.multiply(leftC, lower))
    b.store(changed, to: values, [next])
    // The last of these stands outside of the block, and is not written back.
    let behind = b.load(beside, [next])
    let g2 = b.multiply(leftS, behind)
    let isLast = b.compare(.equal, b.position(next), b.position(last))
    b.store(b.select(isLast, behind, b.multiply(leftC, behind)), to: beside, [next])
    if let sides, let sweep {
      sides.rightSweeps.store(&b, in: sweep, at: i, c, s)
      sides.leftSweeps.store(&b, in: sweep, at: i, leftC, leftS)
    }
    return [f2, g2]
  }

  /// The rotation that makes `[r, 0]` of `[f, g]`.
  private func rotation(
    _ b: inout LoopBuilder, _ f: ScalarID, _ g: ScalarID
  ) -> (c: ScalarID, s: ScalarID, r: ScalarID) {
    let length = b.mathHypot(f, g)
    let (one, zero) = (b.constant(element, .float(1)), b.constant(element, .float(0)))
    let least = b.constant(element, .float(BidiagonalLoops.nothing(element)))
    let isNothing = b.compare(.lessEqual, length, least)
    let divisor = b.select(isNothing, one, length)
    let (c, s) = (b.divide(f, divisor), b.divide(g, divisor))
    return (b.select(isNothing, one, c), b.select(isNothing, zero, s), length)
  }

  /// A shift near the least singular value of a block: the lesser one of its last two columns. It is
  /// 0 where it would be lost beside the first value, and where the block is nearly singular.
  private func shift(_ b: inout LoopBuilder, _ first: Index, _ last: Index) -> ScalarID {
    let zero = b.constant(element, .float(0))
    let epsilon = b.constant(element, .float(element.epsilon))
    let start = b.unary(.abs, b.load(values, [first]))
    // A bound of the least singular value, and the greatest element.
    let bounds = b.fold("element", from: first, to: last, within: size, [start, start, start]) {
      b, i, entering in
      let next = b.unary(.abs, b.load(values, [i + Dim(1)]))
      let coupling = b.unary(.abs, b.load(beside, [i]))
      let share = b.divide(entering[0], b.add(entering[0], coupling))
      let least = b.multiply(next, share)
      let greatest = b.binary(.maximum, b.binary(.maximum, entering[2], next), coupling)
      return [least, b.binary(.minimum, entering[1], least), greatest]
    }
    let isSingular = b.compare(.lessEqual, bounds[1], b.multiply(epsilon, bounds[2]))
    let shift = lesserValue(&b, last)
    let ratio = b.divide(shift, start)
    let isLost = b.compare(.less, b.multiply(ratio, ratio), epsilon)
    return b.select(b.binary(.or, isSingular, isLost), zero, shift)
  }

  /// The lesser singular value of the triangle of two columns that ends in a place.
  private func lesserValue(_ b: inout LoopBuilder, _ last: Index) -> ScalarID {
    let one = b.constant(element, .float(1))
    let zero = b.constant(element, .float(0))
    let f = b.unary(.abs, b.load(values, [last - Dim(1)]))
    let h = b.unary(.abs, b.load(values, [last]))
    let g = b.unary(.abs, b.load(beside, [last - Dim(1)]))
    let (low, high) = (b.binary(.minimum, f, h), b.binary(.maximum, f, h))
    // f h over the greater value (s + t) / 2 with s, t = √((f ± h)² + g²); all over the greatest.
    let greatest = b.binary(.maximum, high, g)
    let divisor = b.select(b.compare(.equal, greatest, zero), one, greatest)
    let (x, y, z) = (b.divide(low, divisor), b.divide(high, divisor), b.divide(g, divisor))
    let square = b.multiply(z, z)
    let (sum, difference) = (b.add(x, y), b.subtract(y, x))
    let s = b.unary(.sqrt, b.multiplyAdd(sum, sum, square))
    let t = b.unary(.sqrt, b.multiplyAdd(difference, difference, square))
    let whole = b.add(s, t)
    let safe = b.select(b.compare(.equal, whole, zero), one, whole)
    let twice = b.add(low, low)
    return b.divide(b.multiply(twice, y), safe)
  }
}
