import LoopIR
import Support

/// Householder's factorisation of small matrices, all elements in registers; of a stack several
/// matrices go at once, one in each lane. Signs are those of `QRLoops`.
struct SmallQR {
  /// The rows of the matrix; once factored, the triangle with the reflections below the diagonal.
  private(set) var rows: [[ScalarID]]
  private let columnCount: Int
  /// The factors of the reflections.
  private var factors: [ScalarID] = []

  /// The lesser of the numbers of rows and columns.
  private var rank: Int { min(rows.count, columnCount) }

  /// The numbers of rows and columns, where matrices of that size are factored this way.
  static func size(_ rows: Dim, _ columns: Dim) -> (rows: Int, columns: Int)? {
    guard let rows = SmallMatrices.rows(rows), let columns = SmallMatrices.rows(columns),
      rows > 0, columns > 0
    else { return nil }
    return (rows, columns)
  }

  /// Appends the loops of the routine for matrices of that size.
  static func emit(_ b: inout LoopBuilder, _ c: RoutineContext, _ size: (rows: Int, columns: Int)) {
    let operand = b.body[c.operands[0]]
    SmallMatrices.loops(&b, over: Array(operand.shape.dropLast(2)), operand.element) { b, prefix in
      let source = MatrixView(c.operands[0], prefix)
      var qr = SmallQR(
        (0..<size.rows).map { i in
          (0..<size.columns).map { b.load(source, Index(Dim(i)), Index(Dim($0))) }
        })
      qr.factor(&b)
      if c.isUsed[0] {
        let q = qr.orthogonal(&b)
        SmallMatrices.store(&b, q, to: MatrixView(c.results[0], prefix))
      }
      let zero = b.constant(operand.element, .float(0))
      let r = (0..<qr.rank).map { i in
        (0..<size.columns).map { $0 < i ? zero : qr.rows[i][$0] }
      }
      SmallMatrices.store(&b, r, to: MatrixView(c.results[1], prefix))
    }
  }

  init(_ rows: [[ScalarID]]) {
    self.rows = rows
    columnCount = rows[0].count
  }

  /// Factors the matrix.
  mutating func factor(_ b: inout LoopBuilder) {
    for j in 0..<rank {
      reflect(&b, j)
      for l in (j + 1)..<max(columnCount, j + 1) { apply(&b, j, to: &rows, column: l) }
    }
  }

  /// Finds the reflection of a column, as `LoopBuilder.reflect` does; the scale is a power of two,
  /// so that dividing by it is a product without rounding.
  private mutating func reflect(_ b: inout LoopBuilder, _ j: Int) {
    let first = rows[j][j]
    let (zero, one) = (b.constant(0, like: first), b.constant(1, like: first))
    var largest = zero
    for i in (j + 1)..<max(rows.count, j + 1) {
      largest = b.binary(.maximum, largest, b.unary(.abs, rows[i][j]))
    }
    let isTrivial = b.compare(.equal, largest, zero)
    let larger = b.binary(.maximum, largest, b.unary(.abs, first))
    let scale = b.select(isTrivial, one, b.powerOfTwo(nextBelow: larger))
    let inverse = b.divide(one, scale)
    let alpha = b.multiply(first, inverse)
    var squares = b.multiply(alpha, alpha)
    for i in (j + 1)..<max(rows.count, j + 1) {
      rows[i][j] = b.multiply(rows[i][j], inverse)
      squares = b.multiplyAdd(rows[i][j], rows[i][j], squares)
    }
    let beta = b.negate(b.binary(.copysign, b.unary(.sqrt, squares), alpha))
    let share = b.divide(one, b.select(isTrivial, one, b.subtract(alpha, beta)))
    for i in (j + 1)..<max(rows.count, j + 1) { rows[i][j] = b.multiply(rows[i][j], share) }
    let safe = b.select(isTrivial, one, beta)
    let factor = b.divide(b.subtract(beta, alpha), safe)
    factors.append(b.select(isTrivial, zero, factor))
    rows[j][j] = b.select(isTrivial, first, b.multiply(scale, beta))
  }

  /// Applies the reflection of a pivot to a column of a matrix.
  private func apply(
    _ b: inout LoopBuilder, _ j: Int, to matrix: inout [[ScalarID]], column l: Int
  ) {
    var sum = matrix[j][l]
    for i in (j + 1)..<max(rows.count, j + 1) { sum = b.multiplyAdd(rows[i][j], matrix[i][l], sum) }
    let step = b.negate(b.multiply(factors[j], sum))
    matrix[j][l] = b.add(matrix[j][l], step)
    for i in (j + 1)..<max(rows.count, j + 1) {
      matrix[i][l] = b.multiplyAdd(rows[i][j], step, matrix[i][l])
    }
  }

  /// The first columns of the orthogonal factor: the reflections, in reverse, of the identity.
  func orthogonal(_ b: inout LoopBuilder) -> [[ScalarID]] {
    let like = rows[0][0]
    let (zero, one) = (b.constant(0, like: like), b.constant(1, like: like))
    var q = rows.indices.map { i in (0..<rank).map { $0 == i ? one : zero } }
    for j in (0..<rank).reversed() {
      for l in (j + 1)..<max(rank, j + 1) { apply(&b, j, to: &q, column: l) }
      let factor = b.negate(factors[j])
      q[j][j] = b.add(one, factor)
      for i in (j + 1)..<max(rows.count, j + 1) { q[i][j] = b.multiply(rows[i][j], factor) }
    }
    return q
  }
}

extension LoopBuilder {
  /// The power of two that is `value` or next below it, at least the least normal number; 1 for 0.
  /// What is not finite gives an infinity.
  mutating func powerOfTwo(nextBelow value: ScalarID) -> ScalarID {
    let element = type(value).element
    let (bits, mask): (DType, Int64) =
      element == .f32 ? (.i32, 0x7F80_0000) : (.i64, 0x7FF0_0000_0000_0000)
    let exponent = binary(.and, bitcast(value, to: bits), constant(bits, .int(mask)))
    let power = bitcast(exponent, to: element)
    let isZero = compare(.equal, value, constant(0, like: value))
    let least = constant(element.leastNormal, like: value)
    return select(isZero, constant(1, like: value), binary(.maximum, power, least))
  }
}
