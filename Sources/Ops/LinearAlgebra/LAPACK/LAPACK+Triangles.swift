import GraphIR
import LoopIR
import Support

/// What is made of triangular factors.
extension LAPACK {
  /// The factors of transposes, which are columns to LAPACK: nothing is moved.
  static func lu(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let packed = b.body[c.results[0]]
    let size = packed.shape[packed.shape.count - 1]
    let pivots = b.scratch("pivots", .i32, [size])
    b.loops(over: Array(packed.shape.dropLast(2))) { b, prefix in
      let matrix = MatrixView(c.results[0], prefix)
      b.copy(MatrixView(c.operands[0], prefix), to: matrix, rows: size, columns: size)
      ifCountable(&b, [size]) { b in
        let (count, leading) = (b.dim(size), b.leading(size))
        b.callLAPACK(
          "getrf", packed.element,
          [.size(count), .size(count), b.start(of: matrix), .size(leading),
            .memory(pivots, [Index(Dim(0))])])
        permute(&b, c, pivots, size, prefix)
      }
    }
  }

  /// Follows the exchanges of rows: where each row comes from, and the sign of all together.
  private static func permute(
    _ b: inout LoopBuilder, _ c: RoutineContext, _ pivots: BufferID, _ size: Dim, _ prefix: [Index]
  ) {
    let permutation = c.results[1]
    b.each("row", size) { b, i in b.store(b.position(i), to: permutation, prefix + [i]) }
    let one = b.constant(b.body[c.results[2]].element, .float(1))
    let sign = b.fold("row", to: Index(size), within: size, [one]) { b, i, sign in
      let pivot = b.convert(b.load(pivots, [i]), to: .i64)
      // Among numbers that are none, a pivot may be no place at all.
      let place = b.binary(.minimum, b.subtract(pivot, b.index(1)), b.dim(size - 1))
      let other = Index(b.binary(.maximum, place, b.position(i)))
      let (x, y) = (b.load(permutation, prefix + [i]), b.load(permutation, prefix + [other]))
      b.store(y, to: permutation, prefix + [i])
      b.store(x, to: permutation, prefix + [other])
      let isMoved = b.compare(.notEqual, b.position(other), b.position(i))
      return [b.select(isMoved, b.negate(sign[0]), sign[0])]
    }[0]
    b.store(sign, to: c.results[2], prefix)
  }

  /// The lower factors of symmetric matrices, whose lower triangle is LAPACK's upper one.
  static func cholesky(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let factor = b.body[c.results[0]]
    let size = factor.shape[factor.shape.count - 1]
    let message = "not positive definite"
    b.loops(over: Array(factor.shape.dropLast(2))) { b, prefix in
      let matrix = MatrixView(c.results[0], prefix)
      b.copy(MatrixView(c.operands[0], prefix), to: matrix, rows: size, columns: size)
      ifCountable(&b, [size]) { b in
        let (count, leading) = (b.dim(size), b.leading(size))
        b.callLAPACK(
          "potrf", factor.element,
          [.letter("U"), .size(count), b.start(of: matrix), .size(leading)], failing: .singular,
          message: message)
      }
      let zero = b.constant(factor.element, .float(0))
      b.each("row", size) { b, i in
        // Not every LAPACK says that a number is none.
        let isPositive = b.compare(.greater, b.load(matrix, i, i), zero)
        b.check(isPositive, .singular, message: message)
        b.each("column", from: i + Dim(1), to: Index(size), within: size) { b, j in
          b.store(zero, to: matrix, i, j)
        }
      }
    }
  }

  /// The solutions of triangular systems, by BLAS, which also knows rows.
  static func triangularSolve(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let form = c.attributes.matrixForm
    let sides = b.body[c.results[0]]
    let (rank, element) = (sides.shape.count, sides.element)
    let (size, columns) = (sides.shape[rank - 2], sides.shape[rank - 1])
    let shape: [Argument] = [
      .code(form.isLower ? 122 : 121), .code(form.isTransposed ? 112 : 111),
      .code(form.hasUnitDiagonal ? 132 : 131),
    ]
    b.loops(over: Array(sides.shape.dropLast(2))) { b, prefix in
      let matrix = MatrixView(c.operands[0], prefix)
      let solution = MatrixView(c.results[0], prefix)
      b.copy(MatrixView(c.operands[1], prefix), to: solution, rows: size, columns: columns)
      if !form.hasUnitDiagonal {
        let zero = b.constant(element, .float(0))
        b.each("row", size) { b, i in
          b.check(b.compare(.notEqual, b.load(matrix, i, i), zero), .singular)
        }
      }
      ifCountable(&b, [size, columns]) { b in
        let (count, leading) = (b.dim(size), b.leading(size))
        if columns == Dim(1) {
          return b.callBLAS(
            "trsv", element,
            shape + [
              .size(count), b.reading(matrix), .size(leading), b.start(of: solution), .code(1),
            ])
        }
        let (width, next) = (b.dim(columns), b.leading(columns))
        let left = Argument.code(141)
        b.callBLAS(
          "trsm", element,
          [left] + shape + [
            .size(count), .size(width), .number(1), b.reading(matrix), .size(leading),
            b.start(of: solution), .size(next),
          ])
      }
    }
  }
}

extension LoopBuilder {
  /// The address of the first element of a matrix that is only read.
  func reading(_ matrix: MatrixView) -> LAPACK.Argument {
    .input(matrix.buffer, matrix.at(Index(Dim(0)), Index(Dim(0))))
  }

  /// The address of the first element of a matrix that is written.
  func start(of matrix: MatrixView) -> LAPACK.Argument {
    .memory(matrix.buffer, matrix.at(Index(Dim(0)), Index(Dim(0))))
  }
}
