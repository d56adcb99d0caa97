import LoopIR
import Support

/// Eigenvalues and eigenvectors of small symmetric matrices by Jacobi's method with a fixed number
/// of sweeps, all elements in registers; of a stack several matrices go at once, one in each lane.
///
/// The matrix is scaled so that its greatest element is near 1. What is below an eighth of the unit
/// roundoff is not rotated away, so that equal eigenvalues end the method too.
struct SmallEigh {
  private let size: Int
  private let element: DType
  /// The lower triangle.
  private var matrix: [[ScalarID]]
  /// The eigenvectors as columns; nil where nobody wants them.
  private var vectors: [[ScalarID]]?

  /// A single matrix of more rows is faster by the QL method, whose work is not fixed.
  private static let singleLimit = 4
  /// The method converges in fewer sweeps by one or two.
  private static func sweeps(_ size: Int) -> Int { size == 2 ? 2 : size + 4 }

  /// The number of rows, where matrices of that size in such a stack are factored this way.
  static func rows(_ size: Dim, stack: [Dim]) -> Int? {
    guard let rows = SmallMatrices.rows(size), rows > 0 else { return nil }
    return rows <= singleLimit || !stack.isEmpty ? rows : nil
  }

  /// Appends the loops of the routine for matrices of that many rows.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext, rows: Int) {
    let operand = b.body[c.operands[0]]
    let element = b.body[c.results[0]].element
    SmallMatrices.loops(&b, over: Array(operand.shape.dropLast(2)), element) { b, prefix in
      var (eigh, scale) = SmallEigh.loaded(
        &b, MatrixView(c.operands[0], prefix), rows, element, hasVectors: c.isUsed[1])
      eigh.iterate(&b)
      eigh.sort(&b)
      for i in 0..<rows {
        let value = b.multiply(eigh.matrix[i][i], scale)
        b.store(value, to: c.results[0], prefix + [Index(Dim(i))])
      }
      eigh.store(&b, to: MatrixView(c.results[1], prefix))
    }
  }

  /// A matrix over a power of two, and that.
  private static func loaded(
    _ b: inout LoopBuilder, _ source: MatrixView, _ size: Int, _ element: DType, hasVectors: Bool
  ) -> (SmallEigh, ScalarID) {
    var matrix: [[ScalarID]] = []
    for i in 0..<size {
      matrix.append((0...i).map { b.load(source, Index(Dim(i)), Index(Dim($0))) })
    }
    var largest = b.unary(.abs, matrix[0][0])
    let most = b.constant(element.greatestFinite, like: largest)
    for value in matrix.joined() {
      let magnitude = b.unary(.abs, value)
      // A NaN is no maximum.
      b.check(b.compare(.lessEqual, magnitude, most), .noConvergence)
      largest = b.binary(.maximum, largest, magnitude)
    }
    let scale = b.powerOfTwo(below: largest)
    matrix = matrix.map { row in row.map { b.divide($0, scale) } }
    var vectors: [[ScalarID]]?
    if hasVectors {
      let (zero, one) = (b.constant(element, .float(0)), b.constant(element, .float(1)))
      vectors = (0..<size).map { i in (0..<size).map { i == $0 ? one : zero } }
    }
    return (SmallEigh(size: size, element: element, matrix: matrix, vectors: vectors), scale)
  }

  // MARK: Sweeps

  private mutating func iterate(_ b: inout LoopBuilder) {
    if size == 1 { return }
    let lanes = b.type(matrix[0][0]).lanes
    func spread(_ b: inout LoopBuilder, _ id: ScalarID) -> ScalarID {
      b.type(id).lanes == lanes
        ? id : b.scalar(ScalarType(element, lanes: lanes), .splat(id))
    }
    let start = (Array(matrix.joined()) + Array((vectors ?? []).joined())).map { spread(&b, $0) }
    var sweep = self
    let end = b.loop("sweep", Dim(SmallEigh.sweeps(size)), carrying: start) { b, _, entering in
      sweep.take(entering)
      for p in 0..<sweep.size {
        for q in (p + 1)..<max(sweep.size, p + 1) { sweep.rotate(&b, p, q) }
      }
      let next = Array(sweep.matrix.joined()) + Array((sweep.vectors ?? []).joined())
      return next.map { spread(&b, $0) }
    }
    take(end)
    let bound = b.constant(4 * element.epsilon, like: matrix[0][0])
    for i in 1..<size {
      for j in 0..<i {
        b.check(b.compare(.lessEqual, b.unary(.abs, matrix[i][j]), bound), .noConvergence)
      }
    }
  }

  /// Puts scalars in the places of the elements, row by row.
  private mutating func take(_ scalars: [ScalarID]) {
    var rest = scalars[...]
    for i in matrix.indices { for j in matrix[i].indices { matrix[i][j] = rest.removeFirst() } }
    guard vectors != nil else { return }
    for i in 0..<size { for j in 0..<size { vectors?[i][j] = rest.removeFirst() } }
  }

  /// Rotates an element beside the diagonal away (Rutishauser 1966).
  private mutating func rotate(_ b: inout LoopBuilder, _ p: Int, _ q: Int) {
    let coupling = matrix[q][p]
    let (one, zero) = (b.constant(1, like: coupling), b.constant(0, like: coupling))
    let bound = b.constant(element.epsilon / 8, like: coupling)
    let isOpen = b.compare(.greater, b.unary(.abs, coupling), bound)
    let divisor = b.select(isOpen, b.add(coupling, coupling), one)
    let ratio = b.divide(b.subtract(matrix[q][q], matrix[p][p]), divisor)
    let root = b.unary(.sqrt, b.multiplyAdd(ratio, ratio, one))
    let tangent = b.divide(one, b.add(ratio, b.binary(.copysign, root, ratio)))
    let t = b.select(isOpen, tangent, zero)
    let c = b.divide(one, b.unary(.sqrt, b.multiplyAdd(t, t, one)))
    let s = b.multiply(t, c)
    let tau = b.divide(s, b.add(one, c))
    matrix[p][p] = b.multiplySubtract(t, coupling, from: matrix[p][p])
    matrix[q][q] = b.multiplyAdd(t, coupling, matrix[q][q])
    matrix[q][p] = b.select(isOpen, zero, coupling)
    for r in 0..<size {
      if r != p, r != q {
        let (i, j) = ((max(r, p), min(r, p)), (max(r, q), min(r, q)))
        (matrix[i.0][i.1], matrix[j.0][j.1]) = turned(
          &b, matrix[i.0][i.1], matrix[j.0][j.1], s, tau)
      }
      guard let row = vectors?[r] else { continue }
      let (x, y) = turned(&b, row[p], row[q], s, tau)
      vectors?[r][p] = x
      vectors?[r][q] = y
    }
  }

  /// `(x - s (y + τ x), y + s (x - τ y))`.
  private func turned(
    _ b: inout LoopBuilder, _ x: ScalarID, _ y: ScalarID, _ s: ScalarID, _ tau: ScalarID
  ) -> (ScalarID, ScalarID) {
    let left = b.multiplySubtract(s, b.multiplyAdd(tau, x, y), from: x)
    let right = b.multiplyAdd(s, b.multiplySubtract(tau, y, from: x), y)
    return (left, right)
  }

  // MARK: Results

  /// Puts the eigenvalues in ascending order by exchanges of neighbours.
  private mutating func sort(_ b: inout LoopBuilder) {
    for end in stride(from: size - 1, to: 0, by: -1) {
      for i in 0..<end {
        let (x, y) = (matrix[i][i], matrix[i + 1][i + 1])
        let isGreater = b.compare(.greater, x, y)
        matrix[i][i] = b.select(isGreater, y, x)
        matrix[i + 1][i + 1] = b.select(isGreater, x, y)
        for r in 0..<size {
          guard let row = vectors?[r] else { break }
          vectors?[r][i] = b.select(isGreater, row[i + 1], row[i])
          vectors?[r][i + 1] = b.select(isGreater, row[i], row[i + 1])
        }
      }
    }
  }

  /// Writes the eigenvectors with their signs.
  private func store(_ b: inout LoopBuilder, to target: MatrixView) {
    guard let vectors else { return }
    for j in 0..<size {
      let column = vectors.map { $0[j] }
      let sign = SmallMatrices.sign(&b, of: column)
      for (i, value) in column.enumerated() {
        b.store(b.multiply(value, sign), to: target, Index(Dim(i)), Index(Dim(j)))
      }
    }
  }
}
