import LoopIR
import Support

/// Singular values and vectors by rotations of one side (Hestenes 1958; Demmel & Veselić 1992):
/// columns are rotated in pairs until all are orthogonal.
///
/// A matrix that is not square is reduced to its triangular factor first; one with more columns than
/// rows is taken as its transpose. What the rotations leave is the left vectors times the singular
/// values; a last factorisation makes these orthonormal, also where singular values are 0. Columns
/// stand in rows while they are rotated.
struct SVDLoops {
  /// A factorisation with room for its factors.
  private struct Factors {
    let qr: QRLoops
    let q: MatrixView
    let r: MatrixView

    init(_ b: inout LoopBuilder, _ element: DType, rows: Dim, columns: Dim) {
      qr = QRLoops(&b, element, rows: rows, columns: columns, rank: columns)
      q = MatrixView(b.scratch("orthogonal", element, [rows, columns]), [])
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
  /// The factors of what the rotations leave.
  private let basis: Factors
  /// The columns that are rotated, as rows.
  private let columns: BufferID
  /// The right vectors as rows.
  private let vectors: BufferID
  private let lengths: BufferID
  private let order: BufferID

  /// Turns over all pairs of columns; mostly less than 10 are needed.
  private static let turnLimit = 60

  /// Appends the loops of the routine.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let type = b.body[c.operands[0]]
    let (m, n) = (type.shape[type.shape.count - 2], type.shape[type.shape.count - 1])
    if LAPACK.serves(b, rows: m, columns: n) { return LAPACK.svd(&b, c) }
    let rank = b.body[c.results[1]].shape[type.shape.count - 2]
    let isWide = rank != n
    let svd = SVDLoops(&b, type.element, rows: isWide ? n : m, rank: rank)
    b.loops(over: Array(type.shape.dropLast(2))) { b, prefix in
      var matrix = MatrixView(c.operands[0], prefix)
      matrix.isTransposed = isWide
      let u = MatrixView(c.results[0], prefix)
      var v = MatrixView(c.results[2], prefix)
      v.isTransposed = true
      let scale = svd.start(&b, matrix)
      svd.orthogonalize(&b)
      svd.finish(&b, left: isWide ? v : u, right: isWide ? u : v)
      b.each("value", rank) { b, j in
        let length = b.load(svd.lengths, [j])
        b.store(b.multiply(scale, length), to: c.results[1], prefix + [j])
        let sign = b.sign(of: m, type.element) { b, i in b.load(u, i, j) }
        b.scaleColumn(u, j, rows: m, by: sign)
        b.scaleColumn(v, j, rows: n, by: sign)
      }
    }
  }

  private init(_ b: inout LoopBuilder, _ element: DType, rows: Dim, rank: Dim) {
    self.rows = rows
    self.rank = rank
    self.element = element
    reduction = rows == rank ? nil : Factors(&b, element, rows: rows, columns: rank)
    basis = Factors(&b, element, rows: rank, columns: rank)
    columns = b.scratch("columns", element, [rank, rank])
    vectors = b.scratch("vectors", element, [rank, rank])
    lengths = b.scratch("lengths", element, [rank])
    order = b.scratch("order", .i64, [rank])
  }

  /// Puts the columns that are to be rotated in their place; gives what they were divided by.
  private func start(_ b: inout LoopBuilder, _ matrix: MatrixView) -> ScalarID {
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
    b.each("column", rank) { b, j in
      b.each("row", rank) { b, i in
        let value = b.load(source, i, j)
        b.store(b.divide(value, scale), to: columns, [j, i])
      }
    }
    b.fillIdentity(MatrixView(vectors, []), rows: rank, columns: rank)
    return scale
  }

  // MARK: Rotations

  /// Rotates until all columns are orthogonal.
  private func orthogonalize(_ b: inout LoopBuilder) {
    let going = b.constant(.bool, .bool(true))
    let never = b.constant(.bool, .bool(false))
    let size = b.unary(.sqrt, b.convert(b.dim(rank), to: element))
    let tolerance = b.multiply(b.constant(2 * element.epsilon, like: size), size)
    let left = b.loop("turn", Dim(SVDLoops.turnLimit), carrying: [going]) { b, id, _ in
      b.body[id].going = 0
      return b.fold("first", to: Index(rank), within: rank, [never]) { b, p, entering in
        b.fold("second", from: p + Dim(1), to: Index(rank), within: rank, entering) {
          b, q, entering in
          let isOpen = orthogonalize(&b, p, q, tolerance)
          return [b.binary(.or, isOpen, entering[0])]
        }
      }
    }[0]
    b.check(b.unary(.not, left), .noConvergence)
  }

  /// Rotates two columns unless they are orthogonal; tells whether they were not.
  private func orthogonalize(
    _ b: inout LoopBuilder, _ p: Index, _ q: Index, _ tolerance: ScalarID
  ) -> ScalarID {
    let zero = b.constant(element, .float(0))
    let sums = b.fold("row", to: Index(rank), within: rank, [zero, zero, zero]) {
      b, i, entering in
      let (x, y) = (b.load(columns, [p, i]), b.load(columns, [q, i]))
      return zip(entering, [(x, x), (y, y), (x, y)]).map { sum, factors in
        let product = b.multiply(factors.0, factors.1)
        return b.scalar(b.type(sum), .accumulate(.add, sum, product))
      }
    }
    let product = b.multiply(b.unary(.sqrt, sums[0]), b.unary(.sqrt, sums[1]))
    let bound = b.multiply(tolerance, product)
    // What is shorter is nothing beside the longest column, and its square has no digits.
    let least = b.constant(element == .f32 ? 0x1p-112 : 0x1p-930, like: bound)
    let shorter = b.binary(.minimum, sums[0], sums[1])
    let isOpen = b.binary(
      .and, b.compare(.greater, b.unary(.abs, sums[2]), bound),
      b.compare(.greater, shorter, least))
    b.branch(isOpen) { b in
      let (sine, ratio) = rotation(&b, sums)
      rotate(&b, columns, p, q, sine, ratio)
      rotate(&b, vectors, p, q, sine, ratio)
    }
    return isOpen
  }

  /// The sine that makes columns orthogonal, and its ratio to one and the cosine, from the squares
  /// of the columns and their product.
  private func rotation(_ b: inout LoopBuilder, _ sums: [ScalarID]) -> (ScalarID, ScalarID) {
    let one = b.constant(element, .float(1))
    let twice = b.add(sums[2], sums[2])
    let ratio = b.divide(b.subtract(sums[1], sums[0]), twice)
    let size = b.unary(.abs, ratio)
    // From here on the square of the ratio hides the 1, and might overflow.
    let isLarge = b.compare(.greater, size, b.constant(0x1p30, like: size))
    let root = b.unary(.sqrt, b.multiplyAdd(size, size, one))
    let divisor = b.add(size, b.select(isLarge, size, root))
    let tangent = b.binary(.copysign, b.divide(one, divisor), ratio)
    let secant = b.unary(.sqrt, b.multiplyAdd(tangent, tangent, one))
    return (b.divide(tangent, secant), b.divide(tangent, b.add(one, secant)))
  }

  /// Rotates two rows: `x` becomes `c x - s y`, and `y` becomes `c y + s x`.
  ///
  /// Written by their changes (Rutishauser 1966), as the rounding of a cosine near 1 would add up.
  private func rotate(
    _ b: inout LoopBuilder, _ matrix: BufferID, _ p: Index, _ q: Index, _ sine: ScalarID,
    _ ratio: ScalarID
  ) {
    b.each("row", rank) { b, i in
      let (x, y) = (b.load(matrix, [p, i]), b.load(matrix, [q, i]))
      let first = b.multiplyAdd(ratio, x, y)
      let second = b.multiplySubtract(ratio, y, from: x)
      b.store(b.multiplySubtract(sine, first, from: x), to: matrix, [p, i])
      b.store(b.multiplyAdd(sine, second, y), to: matrix, [q, i])
    }
  }

  // MARK: Results

  /// Puts the singular values in order, and writes out the vectors.
  private func finish(_ b: inout LoopBuilder, left: MatrixView, right: MatrixView) {
    b.each("column", rank) { b, j in
      let length = b.norm(columns, j, count: rank)
      b.store(length, to: lengths, [j])
    }
    b.sort(lengths, order, count: rank, .greater)
    b.each("column", rank) { b, j in
      let place = Index(b.load(order, [j]))
      b.each("row", rank) { b, i in
        let value = b.load(columns, [place, i])
        b.store(value, to: basis.r, i, j)
        let other = b.load(vectors, [place, i])
        b.store(other, to: right, i, j)
      }
    }
    basis.find(&b, basis.r)
    b.each("column", rank) { b, j in
      let one = b.constant(element, .float(1))
      let sign = b.binary(.copysign, one, b.load(basis.r, j, j))
      b.scaleColumn(basis.q, j, rows: rank, by: sign)
    }
    if let reduction {
      b.multiply(
        reduction.q, basis.q, to: left, rows: rows, depth: rank, columns: rank)
    } else {
      b.copy(basis.q, to: left, rows: rank, columns: rank)
    }
  }
}

extension LoopBuilder {
  /// Multiplies a column of a matrix.
  fileprivate mutating func scaleColumn(
    _ matrix: MatrixView, _ column: Index, rows: Dim, by factor: ScalarID
  ) {
    each("row", rows) { b, i in
      let value = b.load(matrix, i, column)
      b.store(b.multiply(factor, value), to: matrix, i, column)
    }
  }

  /// The length of a row, whose squares may underflow.
  fileprivate mutating func norm(_ matrix: BufferID, _ row: Index, count: Dim) -> ScalarID {
    let element = body[matrix].element
    let zero = constant(element, .float(0))
    let largest = greatest(to: Index(count), within: count, startingAt: zero) { b, i in
      b.load(matrix, [row, i])
    }
    let isZero = compare(.equal, largest, zero)
    let divisor = select(isZero, constant(element, .float(1)), largest)
    let squares = sum("element", to: Index(count), within: count, startingAt: zero) { b, i in
      let share = b.divide(b.load(matrix, [row, i]), divisor)
      return b.multiply(share, share)
    }
    return multiply(divisor, unary(.sqrt, squares))
  }

  /// Writes the product of two matrices.
  fileprivate mutating func multiply(
    _ x: MatrixView, _ y: MatrixView, to target: MatrixView, rows: Dim, depth: Dim, columns: Dim
  ) {
    let zero = constant(body[target.buffer].element, .float(0))
    each("row", rows) { b, i in
      b.each("column", columns) { b, j in
        let sum = b.sum("depth", to: Index(depth), within: depth, startingAt: zero) { b, k in
          b.multiply(b.load(x, i, k), b.load(y, k, j))
        }
        b.store(sum, to: target, i, j)
      }
    }
  }
}
