import LoopIR
import Support

/// Singular values and vectors of small matrices by the one-sided Jacobi method (Hestenes 1958)
/// with a fixed number of sweeps, all elements in registers; of a stack several matrices go at once,
/// one in each lane.
///
/// Columns are turned in pairs until they are orthogonal; what they have become are the left
/// vectors times the singular values, and the product of the turns is the right vectors. Where a
/// singular value is 0, Householder's method finds a left vector to go with the others. The matrix
/// is scaled so that its greatest element is near 1.
struct SmallSVD {
  /// What is known of the matrix and the results.
  private struct Shape {
    var rows: Int
    var columns: Int
    var element: DType
    var hasVectors: Bool
  }

  private let shape: Shape
  /// The columns, each followed by its column of the product of turns, if vectors are wanted.
  private var columns: [[ScalarID]]
  /// Their squares.
  private var squares: [ScalarID] = []

  /// A single matrix of more elements is faster by the QR method, whose work is not fixed.
  private static let singleLimit = 16
  /// Clustered values take longest: 11 sweeps were seen for 8 columns.
  private static func sweeps(_ columns: Int) -> Int { columns == 2 ? 2 : columns + 6 }

  /// The numbers of rows and columns, where matrices of that size in such a stack are factored this
  /// way.
  static func size(_ rows: Dim, _ columns: Dim, stack: [Dim]) -> (rows: Int, columns: Int)? {
    guard let size = SmallQR.size(rows, columns) else { return nil }
    return size.rows * size.columns <= singleLimit || !stack.isEmpty ? size : nil
  }

  /// Appends the loops of the routine for matrices of that size.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext, _ size: (rows: Int, columns: Int)) {
    let operand = b.body[c.operands[0]]
    let isWide = size.columns > size.rows
    let shape = Shape(
      rows: max(size.rows, size.columns), columns: min(size.rows, size.columns),
      element: operand.element, hasVectors: c.isUsed[0] || c.isUsed[2])
    SmallMatrices.loops(&b, over: Array(operand.shape.dropLast(2)), operand.element) { b, prefix in
      var source = MatrixView(c.operands[0], prefix)
      source.isTransposed = isWide
      var (svd, scale) = SmallSVD.loaded(&b, source, shape)
      svd.iterate(&b)
      svd.finish(&b)
      let values = svd.squares.map { b.unary(.sqrt, $0) }
      svd.checkConvergence(&b, values)
      for (j, value) in values.enumerated() {
        b.store(b.multiply(value, scale), to: c.results[1], prefix + [Index(Dim(j))])
      }
      guard shape.hasVectors else { return }
      svd.store(
        &b, u: MatrixView(c.results[0], prefix), v: MatrixView(c.results[2], prefix),
        isWide: isWide)
    }
  }

  /// A matrix over a power of two, and that.
  private static func loaded(
    _ b: inout LoopBuilder, _ source: MatrixView, _ shape: Shape
  ) -> (SmallSVD, ScalarID) {
    var columns = (0..<shape.columns).map { j in
      (0..<shape.rows).map { b.load(source, Index(Dim($0)), Index(Dim(j))) }
    }
    var largest = b.unary(.abs, columns[0][0])
    let most = b.constant(shape.element.greatestFinite, like: largest)
    for value in columns.joined() {
      let magnitude = b.unary(.abs, value)
      // A NaN is no maximum.
      b.check(b.compare(.lessEqual, magnitude, most), .noConvergence)
      largest = b.binary(.maximum, largest, magnitude)
    }
    let scale = b.powerOfTwo(nextBelow: largest)
    let inverse = b.divide(b.constant(1, like: scale), scale)
    columns = columns.map { column in column.map { b.multiply($0, inverse) } }
    if shape.hasVectors {
      let (zero, one) = (
        b.constant(shape.element, .float(0)), b.constant(shape.element, .float(1))
      )
      for j in columns.indices { columns[j] += columns.indices.map { $0 == j ? one : zero } }
    }
    return (SmallSVD(shape: shape, columns: columns), scale)
  }

  private init(shape: Shape, columns: [[ScalarID]]) {
    self.shape = shape
    self.columns = columns
  }

  // MARK: Sweeps

  /// Turns all pairs, round by round as in a tournament: in a round each column meets one other,
  /// and between rounds all move on by one place but the first, which stays where their number is
  /// even.
  private mutating func iterate(_ b: inout LoopBuilder) {
    let count = columns.count
    if count == 1 { return }
    let ring = Array((count % 2 == 0 ? 1 : 0)..<count)
    let rounds = SmallSVD.sweeps(count) * (count % 2 == 0 ? count - 1 : count)
    loop(&b, "round", rounds) { svd, b in
      if count % 2 == 0 { svd.turn(&b, 0, ring[ring.count - 1]) }
      for i in 0..<(ring.count / 2) { svd.turn(&b, ring[i], ring[ring.count - 2 - i]) }
      let last = svd.columns[ring[ring.count - 1]]
      for place in ring.indices.dropFirst().reversed() {
        svd.columns[ring[place]] = svd.columns[ring[place - 1]]
      }
      svd.columns[ring[0]] = last
    }
  }

  /// Appends a loop that carries the columns, and their squares if they are known.
  private mutating func loop(
    _ b: inout LoopBuilder, _ name: String, _ turns: Int,
    _ build: (inout SmallSVD, inout LoopBuilder) -> Void
  ) {
    let lanes = b.type(columns[0][0]).lanes
    let element = shape.element
    func carried(_ b: inout LoopBuilder, _ svd: SmallSVD) -> [ScalarID] {
      (Array(svd.columns.joined()) + svd.squares).map { id in
        b.type(id).lanes == lanes
          ? id : b.scalar(ScalarType(element, lanes: lanes), .splat(id))
      }
    }
    var inner = self
    let end = b.loop(name, Dim(turns), carrying: carried(&b, self)) { b, _, entering in
      inner.take(entering)
      build(&inner, &b)
      return carried(&b, inner)
    }
    take(end)
  }

  /// Puts scalars in the places of the columns and their squares.
  private mutating func take(_ scalars: [ScalarID]) {
    var rest = scalars[...]
    for j in columns.indices { for i in columns[j].indices { columns[j][i] = rest.removeFirst() } }
    squares = Array(rest)
  }

  /// The inner product of two columns.
  private func product(_ b: inout LoopBuilder, _ p: Int, _ q: Int) -> ScalarID {
    var sum = b.multiply(columns[p][0], columns[q][0])
    for i in 1..<max(shape.rows, 1) { sum = b.multiplyAdd(columns[p][i], columns[q][i], sum) }
    return sum
  }

  /// Turns two columns so that they are orthogonal, if they are not up to rounding.
  private mutating func turn(_ b: inout LoopBuilder, _ p: Int, _ q: Int) {
    let (x, y, inner) = (product(&b, p, p), product(&b, q, q), product(&b, p, q))
    let (one, zero) = (b.constant(1, like: inner), b.constant(0, like: inner))
    let unit = shape.element.epsilon / 8
    let bound = b.multiply(b.constant(unit * unit, like: inner), b.binary(.maximum, x, y))
    let isOpen = b.compare(.greater, b.multiply(inner, inner), bound)
    let divisor = b.select(isOpen, b.add(inner, inner), one)
    let ratio = b.divide(b.subtract(y, x), divisor)
    let root = b.unary(.sqrt, b.multiplyAdd(ratio, ratio, one))
    let tangent = b.divide(one, b.add(ratio, b.binary(.copysign, root, ratio)))
    let t = b.select(isOpen, tangent, zero)
    let c = b.divide(one, b.unary(.sqrt, b.multiplyAdd(t, t, one)))
    let s = b.multiply(t, c)
    let negative = b.negate(s)
    for i in columns[p].indices {
      let (before, other) = (columns[p][i], columns[q][i])
      columns[p][i] = b.multiplyAdd(negative, other, b.multiply(c, before))
      columns[q][i] = b.multiplyAdd(s, before, b.multiply(c, other))
    }
  }

  // MARK: Results

  /// Puts the columns in descending order, by exchanges of neighbours.
  private mutating func finish(_ b: inout LoopBuilder) {
    squares = columns.indices.map { product(&b, $0, $0) }
    let count = columns.count
    if count == 1 { return }
    loop(&b, "order", (count + 1) / 2) { svd, b in
      for start in [0, 1] {
        for i in stride(from: start, to: count - 1, by: 2) { svd.exchange(&b, i) }
      }
    }
  }

  /// Exchanges a column with the next one where that is greater.
  private mutating func exchange(_ b: inout LoopBuilder, _ i: Int) {
    let (x, y) = (squares[i], squares[i + 1])
    let isLess = b.compare(.less, x, y)
    squares[i] = b.select(isLess, y, x)
    squares[i + 1] = b.select(isLess, x, y)
    for k in columns[i].indices {
      let (before, other) = (columns[i][k], columns[i + 1][k])
      columns[i][k] = b.select(isLess, other, before)
      columns[i + 1][k] = b.select(isLess, before, other)
    }
  }

  /// Fails where columns are not orthogonal.
  private func checkConvergence(_ b: inout LoopBuilder, _ values: [ScalarID]) {
    for i in columns.indices {
      let unit = b.constant(64 * shape.element.epsilon, like: values[i])
      let bound = b.multiply(unit, b.multiply(values[0], values[i]))
      for j in (i + 1)..<max(columns.count, i + 1) {
        let inner = b.unary(.abs, product(&b, i, j))
        b.check(b.compare(.lessEqual, inner, bound), .noConvergence)
      }
    }
  }

  /// Writes the vectors with their signs: of a matrix with more columns than rows, both exchanged.
  private func store(_ b: inout LoopBuilder, u: MatrixView, v: MatrixView, isWide: Bool) {
    let rows = shape.rows
    var qr = SmallQR((0..<rows).map { i in columns.map { $0[i] } })
    qr.factor(&b)
    let q = qr.orthogonal(&b)
    let one = b.constant(1, like: columns[0][0])
    for j in columns.indices {
      // The reflections may have turned a column round.
      let turn = b.binary(.copysign, one, qr.rows[j][j])
      let long = q.map { b.multiply($0[j], turn) }
      let short = Array(columns[j][rows...])
      let (left, right) = isWide ? (short, long) : (long, short)
      let sign = SmallMatrices.sign(&b, of: left)
      for (i, value) in left.enumerated() {
        b.store(b.multiply(value, sign), to: u, Index(Dim(i)), Index(Dim(j)))
      }
      for (i, value) in right.enumerated() {
        b.store(b.multiply(value, sign), to: v, Index(Dim(j)), Index(Dim(i)))
      }
    }
  }
}
