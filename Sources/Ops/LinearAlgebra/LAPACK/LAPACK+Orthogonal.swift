import LoopIR
import Support

/// What is made of orthogonal factors.
extension LAPACK {
  /// Columns that LAPACK reflects at once.
  private static let block = 32

  /// The factors of `a = q r`, as those of `aᵀ = rᵀ qᵀ`: what are our rows, LAPACK reads as
  /// columns, and its `l q` is our `q r` with the same reflections.
  static func qr(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let shape = b.body[c.operands[0]].shape
    let element = b.body[c.results[0]].element
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let rank = b.body[c.results[0]].shape[shape.count - 1]
    let isWide = rank != columns
    let factors = b.scratch("factors", element, [rank])
    let length = block * columns + 1
    let work = b.scratch("work", element, [length])
    let workspace: [Argument] = [.memory(work, [Index(Dim(0))]), .size(b.dim(length))]
    let tau = Argument.memory(factors, [Index(Dim(0))])
    b.loops(over: Array(shape.dropLast(2))) { b, prefix in
      let (q, r) = (MatrixView(c.results[0], prefix), MatrixView(c.results[1], prefix))
      // The wider of both holds the matrix, then the reflections with the triangle.
      let packed = isWide ? r : q
      b.copy(MatrixView(c.operands[0], prefix), to: packed, rows: rows, columns: columns)
      ifCountable(&b, [rows, length]) { b in
        let (height, width, next) = (b.dim(rows), b.dim(columns), b.leading(columns))
        b.callLAPACK(
          "gelqf", element,
          [.size(width), .size(height), b.start(of: packed), .size(next), tau] + workspace)
        separate(&b, q: q, r: r, rank: rank, columns: columns, isWide: isWide)
        guard c.isUsed[0] else { return }
        let (count, leading) = (b.dim(rank), b.leading(rank))
        b.callLAPACK(
          "orglq", element,
          [.size(count), .size(height), .size(count), b.start(of: q), .size(leading), tau]
            + workspace)
      }
    }
  }

  /// Takes the triangle out of what it is packed in, and leaves the reflections to `q`.
  private static func separate(
    _ b: inout LoopBuilder, q: MatrixView, r: MatrixView, rank: Dim, columns: Dim, isWide: Bool
  ) {
    let zero = b.constant(b.body[r.buffer].element, .float(0))
    b.each("row", rank) { b, i in
      b.each("column", to: i, within: rank) { b, j in
        if isWide { b.store(b.load(r, i, j), to: q, i, j) }
        b.store(zero, to: r, i, j)
      }
      guard !isWide else { return }
      b.each("column", from: i, to: Index(columns), within: columns) { b, j in
        b.store(b.load(q, i, j), to: r, i, j)
      }
    }
  }

  /// Eigenvalues, and eigenvectors where they are used: the lower triangle is LAPACK's upper one,
  /// and its columns are our rows.
  static func eigh(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let shape = b.body[c.operands[0]].shape
    let (size, element) = (shape[shape.count - 1], b.body[c.results[0]].element)
    let hasVectors = c.isUsed[1]
    let vectors = b.scratch("vectors", element, [size, size])
    // As LAPACK's manual says; without vectors, enough to reduce many columns at once.
    let length = hasVectors ? 2 * size * size + 6 * size + 1 : (block + 2) * size + 1
    let count = hasVectors ? 5 * size + 3 : Dim(1)
    let work = b.scratch("work", element, [length])
    let places = b.scratch("places", .i32, [count])
    b.loops(over: Array(shape.dropLast(2))) { b, prefix in
      let matrix = MatrixView(c.operands[0], prefix)
      b.ifFinite(rows: size, columns: { $0 + Dim(1) }, within: size, matrix) { b in
        b.each("row", size) { b, i in
          b.each("column", to: i + Dim(1), within: size) { b, j in
            b.store(b.load(matrix, i, j), to: vectors, [i, j])
          }
        }
        ifCountable(&b, [length]) { b in
          let (order, leading) = (b.dim(size), b.leading(size))
          let (reals, integers) = (b.dim(length), b.dim(count))
          b.callLAPACK(
            "syevd", element,
            [.letter(hasVectors ? "V" : "N"), .letter("U"), .size(order),
              b.start(of: MatrixView(vectors, [])), .size(leading),
              .memory(c.results[0], prefix + [Index(Dim(0))]), .memory(work, [Index(Dim(0))]),
              .size(reals), .memory(places, [Index(Dim(0))]), .size(integers)],
            failing: .noConvergence)
        }
        if hasVectors {
          b.writeColumns(vectors, size: size, to: MatrixView(c.results[1], prefix))
        }
      }
    }
  }

  /// Singular values, and vectors where they are used: of the transpose, so that our `vᵀ` is
  /// LAPACK's `u`, and our `u` its `vᵀ`.
  static func svd(_ b: inout LoopBuilder, _ c: RoutineContext) {
    let type = b.body[c.operands[0]]
    let (stack, element) = (Array(type.shape.dropLast(2)), type.element)
    let (rows, columns) = (type.shape[stack.count], type.shape[stack.count + 1])
    let rank = b.body[c.results[1]].shape[stack.count]
    let hasVectors = c.isUsed[0] || c.isUsed[2]
    let matrix = b.scratch("matrix", element, [rows, columns])
    // As LAPACK's manual says, and enough to reduce many columns at once.
    let blocks = 2 * block * (rows + columns) + 1
    let length = (hasVectors ? 4 * rank * rank + 7 * rank : 10 * rank) + blocks
    let work = b.scratch("work", element, [length])
    let places = b.scratch("places", .i32, [8 * rank + 1])
    b.loops(over: stack) { b, prefix in
      let source = MatrixView(c.operands[0], prefix)
      let (u, v) = (MatrixView(c.results[0], prefix), MatrixView(c.results[2], prefix))
      b.ifFinite(rows: rows, columns: { _ in Index(columns) }, within: columns, source) { b in
        b.copy(source, to: MatrixView(matrix, []), rows: rows, columns: columns)
        ifCountable(&b, [length]) { b in
          let start = [Index(Dim(0))]
          let (height, width, next) = (b.dim(rows), b.dim(columns), b.leading(columns))
          let (leading, reals) = (b.leading(rank), b.dim(length))
          b.callLAPACK(
            "gesdd", element,
            [.letter(hasVectors ? "S" : "N"), .size(width), .size(height),
              b.start(of: MatrixView(matrix, [])), .size(next),
              .memory(c.results[1], prefix + start),
              hasVectors ? b.start(of: v) : .memory(work, start), .size(next),
              hasVectors ? b.start(of: u) : .memory(work, start), .size(leading),
              .memory(work, start), .size(reals), .memory(places, start)],
            failing: .noConvergence)
        }
        if hasVectors { b.chooseSigns(u, v, rows: rows, columns: columns, rank: rank) }
      }
    }
  }
}
