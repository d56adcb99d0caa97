import LoopIR
import Mathematics
import Support

/// Eigenvalues and eigenvectors of symmetric matrices: Householder's reduction to three diagonals,
/// then the implicit QL method (Dubrulle, Martin and Wilkinson 1968).
///
/// Only the lower triangle is read. The matrix is scaled by a power of two first, so that its
/// greatest element is near 1. Eigenvectors are rows while they are rotated, and are not computed
/// where nobody wants them.
struct EighLoops {
  private let size: Dim
  private let element: DType
  /// The lower triangle, then in row `i` the vector of the reflection of that row.
  private let work: BufferID
  /// The eigenvectors as rows, with the rotations that they still have to make.
  private let vectors: (rows: BufferID, sweeps: RotationSweeps)?
  /// The diagonal, then the eigenvalues.
  private let diagonal: BufferID
  /// What stands beside the diagonal.
  private let beside: BufferID
  /// The factors of the reflections.
  private let factors: BufferID
  /// A vector.
  private let sums: BufferID
  /// The places of the eigenvalues in ascending order.
  private let order: BufferID

  /// Turns of the QL method for one eigenvalue; LAPACK allows 30.
  private static let turnLimit = 60

  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let shape = b.body[c.operands[0]].shape
    let size = shape[shape.count - 1]
    if let rows = SmallEigh.rows(size, stack: Array(shape.dropLast(2))) {
      return SmallEigh.emit(&b, c, rows: rows)
    }
    if LAPACK.serves(b, rows: size, columns: size) { return LAPACK.eigh(&b, c) }
    let eigh = EighLoops(&b, b.body[c.results[0]].element, size: size, hasVectors: c.isUsed[1])
    b.loops(over: Array(shape.dropLast(2))) { b, prefix in
      let scale = eigh.copyScaled(&b, MatrixView(c.operands[0], prefix))
      eigh.reduce(&b)
      eigh.accumulate(&b)
      eigh.iterate(&b)
      b.sort(eigh.diagonal, eigh.order, count: eigh.size, .less)
      eigh.extract(
        &b, scale, values: MatrixView(c.results[0], prefix),
        vectors: MatrixView(c.results[1], prefix))
    }
  }

  private init(_ b: inout LoopBuilder, _ element: DType, size: Dim, hasVectors: Bool) {
    self.size = size
    self.element = element
    work = b.scratch("reflections", element, [size, size])
    if hasVectors {
      let rows = b.scratch("vectors", element, [size, size])
      vectors = (rows, RotationSweeps(&b, of: rows, isReversed: true))
    } else {
      vectors = nil
    }
    diagonal = b.scratch("diagonal", element, [size])
    beside = b.scratch("beside", element, [size])
    factors = b.scratch("factors", element, [size])
    sums = b.scratch("sums", element, [size])
    order = b.scratch("order", .i64, [size])
  }

  // MARK: Three diagonals

  /// Copies the lower triangle; gives what it was divided by.
  private func copyScaled(_ b: inout LoopBuilder, _ matrix: MatrixView) -> ScalarID {
    let zero = b.constant(element, .float(0))
    let largest = b.fold("row", to: Index(size), within: size, [zero]) { b, i, entering in
      [
        b.greatest(to: i + Dim(1), within: size, startingAt: entering[0]) { b, j in
          b.load(matrix, i, j)
        }
      ]
    }[0]
    let scale = b.powerOfTwo(below: largest)
    b.each("row", size) { b, i in
      b.each("column", to: i + Dim(1), within: size) { b, j in
        let value = b.load(matrix, i, j)
        b.store(b.divide(value, scale), to: work, [i, j])
      }
    }
    return scale
  }

  /// Reflects row after row from the last one on, and the matrix above it from both sides, until
  /// three diagonals are left.
  private func reduce(_ b: inout LoopBuilder) {
    let one = b.constant(element, .float(1))
    b.each("row", from: Index(Dim(1)), to: Index(size), within: size, isReversed: true) { b, i in
      let pivot = i - Dim(1)
      let reflection = b.reflect(
        work, pivot: [i, pivot], from: Index(Dim(0)), to: pivot, within: size
      ) { [i, $0] }
      b.store(reflection.pivot, to: beside, [pivot])
      b.store(reflection.factor, to: factors, [i])
      b.store(one, to: work, [i, pivot])
      multiply(&b, row: i, reflection.factor)
      subtract(&b, row: i)
    }
    b.each("row", size) { b, i in
      let value = b.load(work, [i, i])
      b.store(value, to: diagonal, [i])
    }
  }

  /// Puts `q = p - factor/2 (pᵀ v) v` into the sums, where `p = factor a v`.
  private func multiply(_ b: inout LoopBuilder, row i: Index, _ factor: ScalarID) {
    let zero = b.constant(element, .float(0))
    b.each("column", to: i, within: size) { b, j in b.store(zero, to: sums, [j]) }
    b.each("column", to: i, within: size) { b, r in
      let share = b.load(work, [i, r])
      let start = b.multiply(share, b.load(work, [r, r]))
      let sum = b.sum("element", to: r, within: size, startingAt: start) { b, j in
        let value = b.load(work, [r, j])
        b.store(b.multiply(value, share), to: sums, [j], combining: .add)
        return b.multiply(value, b.load(work, [i, j]))
      }
      b.store(sum, to: sums, [r], combining: .add)
    }
    let inner = b.sum("element", to: i, within: size, startingAt: zero) { b, j in
      b.multiply(b.load(sums, [j]), b.load(work, [i, j]))
    }
    let half = b.multiply(b.constant(0.5, like: factor), factor)
    let share = b.multiply(half, inner)
    b.each("element", to: i, within: size) { b, j in
      let product = b.load(sums, [j])
      let rest = b.multiplySubtract(share, b.load(work, [i, j]), from: product)
      b.store(b.multiply(factor, rest), to: sums, [j])
    }
  }

  /// Takes `v qᵀ + q vᵀ` from the matrix above a row.
  private func subtract(_ b: inout LoopBuilder, row i: Index) {
    b.each("row", to: i, within: size) { b, r in
      let left = b.load(work, [i, r])
      let right = b.load(sums, [r])
      b.each("column", to: r + Dim(1), within: size) { b, j in
        let before = b.load(work, [r, j])
        let first = b.multiplySubtract(left, b.load(sums, [j]), from: before)
        let second = b.multiplySubtract(right, b.load(work, [i, j]), from: first)
        b.store(second, to: work, [r, j])
      }
    }
  }

  /// Multiplies the reflections, from the first row on.
  private func accumulate(_ b: inout LoopBuilder) {
    guard let vectors = vectors?.rows else { return }
    let zero = b.constant(element, .float(0))
    b.fillIdentity(MatrixView(vectors, []), rows: size, columns: size)
    b.each("reflection", from: Index(Dim(1)), to: Index(size), within: size) { b, i in
      let factor = b.load(factors, [i])
      b.each("row", to: i, within: size) { b, r in
        let sum = b.sum("column", to: i, within: size, startingAt: zero) { b, j in
          b.multiply(b.load(vectors, [r, j]), b.load(work, [i, j]))
        }
        let share = b.multiply(factor, sum)
        b.each("column", to: i, within: size) { b, j in
          let before = b.load(vectors, [r, j])
          let after = b.multiplySubtract(share, b.load(work, [i, j]), from: before)
          b.store(after, to: vectors, [r, j])
        }
      }
    }
  }

  // MARK: The QL method

  /// Turns three diagonals into one.
  private func iterate(_ b: inout LoopBuilder) {
    vectors?.sweeps.begin(&b)
    defer { vectors?.sweeps.apply(&b) }
    b.each("value", size) { b, first in
      let going = b.constant(.bool, .bool(true))
      let left = b.loop("turn", Dim(EighLoops.turnLimit), carrying: [going]) { b, id, _ in
        b.body[id].going = 0
        let last = blockEnd(&b, first)
        let isOpen = b.compare(.notEqual, last, b.position(first))
        b.branch(isOpen) { b in rotate(&b, first, Index(last)) }
        return [isOpen]
      }[0]
      b.check(b.unary(.not, left), .noConvergence)
    }
  }

  /// The place of the first number beside the diagonal, from `first` on, that is nothing against its
  /// neighbours on the diagonal; the last place if there is none.
  private func blockEnd(_ b: inout LoopBuilder, _ first: Index) -> ScalarID {
    let turns = b.position(Index(size) - first - Dim(1))
    let start = [b.constant(.bool, .bool(true)), b.position(first)]
    return b.loop("element", size, carrying: start) { b, id, entering in
      b.body[id].bound = turns
      b.body[id].going = 0
      let place = Index(entering[1])
      let here = b.unary(.abs, b.load(diagonal, [place]))
      let next = b.unary(.abs, b.load(diagonal, [place + Dim(1)]))
      let bound = b.multiply(b.constant(element.epsilon, like: here), b.add(here, next))
      let least = b.constant(element.leastNormal, like: here)
      let size = b.unary(.abs, b.load(beside, [place]))
      let isOpen = b.compare(.greater, size, b.binary(.maximum, bound, least))
      return [isOpen, b.select(isOpen, b.position(place + Dim(1)), entering[1])]
    }[1]
  }

  /// One turn between two places: a shift near the eigenvalue, then rotations from the last place to
  /// the first.
  private func rotate(_ b: inout LoopBuilder, _ first: Index, _ last: Index) {
    let start = b.load(diagonal, [first])
    let next = b.load(diagonal, [first + Dim(1)])
    let coupling = b.load(beside, [first])
    let one = b.constant(element, .float(1))
    let zero = b.constant(element, .float(0))
    let half = b.divide(b.subtract(next, start), b.add(coupling, coupling))
    let root = b.unary(.sqrt, b.multiplyAdd(half, half, one))
    let divisor = b.add(half, b.binary(.copysign, root, half))
    let end = b.subtract(b.load(diagonal, [last]), start)
    let sweep = vectors?.sweeps.current(&b)
    let shifted = b.add(end, b.divide(coupling, divisor))
    let results = b.fold(
      "rotation", from: first, to: last, within: size, isReversed: true,
      [one, one, zero, shifted]
    ) { b, i, entering in rotate(&b, i, sweep, entering) }
    b.store(b.subtract(b.load(diagonal, [first]), results[2]), to: diagonal, [first])
    b.store(results[3], to: beside, [first])
    b.store(zero, to: beside, [last])
    if let sweep { vectors?.sweeps.finish(&b, sweep, from: first, to: last) }
  }

  /// One rotation of two neighbours; carries sine, cosine, shift and what is to be rotated away.
  private func rotate(
    _ b: inout LoopBuilder, _ i: Index, _ sweep: ScalarID?, _ entering: [ScalarID]
  ) -> [ScalarID] {
    let (sine, cosine, shift, g) = (entering[0], entering[1], entering[2], entering[3])
    let next = i + Dim(1)
    let coupling = b.load(beside, [i])
    let f = b.multiply(sine, coupling)
    let h = b.multiply(cosine, coupling)
    let length = b.mathHypot(f, g)
    let one = b.constant(element, .float(1))
    let zero = b.constant(element, .float(0))
    let isZero = b.compare(.equal, length, zero)
    let divisor = b.select(isZero, one, length)
    let s = b.divide(f, divisor)
    let c = b.select(isZero, one, b.divide(g, divisor))
    b.store(length, to: beside, [next])
    let above = b.subtract(b.load(diagonal, [next]), shift)
    let twice = b.multiply(b.add(c, c), h)
    let sum = b.multiplyAdd(b.subtract(b.load(diagonal, [i]), above), s, twice)
    let moved = b.multiply(s, sum)
    b.store(b.add(above, moved), to: diagonal, [next])
    if let sweep { vectors?.sweeps.store(&b, in: sweep, at: i, c, b.negate(s)) }
    return [s, c, moved, b.multiplyAdd(c, sum, b.negate(h))]
  }

  // MARK: Results

  /// Writes out eigenvalues, and eigenvectors as columns.
  private func extract(
    _ b: inout LoopBuilder, _ scale: ScalarID, values: MatrixView, vectors target: MatrixView
  ) {
    b.each("column", size) { b, j in
      let value = b.load(diagonal, [j])
      b.store(b.multiply(value, scale), to: values.buffer, values.prefix + [j])
    }
    if let vectors { b.writeColumns(vectors.rows, in: order, size: size, to: target) }
  }
}
