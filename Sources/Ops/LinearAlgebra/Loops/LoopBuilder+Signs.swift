import LoopIR
import Support

/// The signs of vectors, and what is done on the way to the results.
extension LoopBuilder {
  /// Appends what runs where all elements of a matrix are finite; else the call fails, as nothing
  /// would converge.
  ///
  /// - Parameter end: where the elements of a row end that count.
  mutating func ifFinite(
    rows: Dim, columns end: (Index) -> Index, within extent: Dim, _ matrix: MatrixView,
    _ build: (inout LoopBuilder) -> Void
  ) {
    let zero = constant(body[matrix.buffer].element, .float(0))
    let largest = fold("row", to: Index(rows), within: rows, [zero]) { b, i, entering in
      [
        b.greatest(to: end(i), within: extent, startingAt: entering[0]) { b, j in
          b.load(matrix, i, j)
        }
      ]
    }[0]
    let most = constant(type(largest).element.greatestFinite, like: largest)
    let isFinite = compare(.lessEqual, largest, most)
    check(isFinite, .noConvergence)
    branch(isFinite, build)
  }

  /// Writes the rows of a square buffer as the columns of a matrix, each with its sign.
  ///
  /// - Parameter order: which row each column comes from; nil for the order that they have.
  mutating func writeColumns(
    _ rows: BufferID, in order: BufferID? = nil, size: Dim, to target: MatrixView
  ) {
    let element = body[rows].element
    let signs = scratch("signs", element, [size])
    func row(_ b: inout LoopBuilder, _ column: Index) -> Index {
      order.map { Index(b.load($0, [column])) } ?? column
    }
    each("column", size) { b, j in
      let row = row(&b, j)
      b.store(b.sign(of: size, element) { b, i in b.load(rows, [row, i]) }, to: signs, [j])
    }
    // As many rows at once as share lines of memory in the columns.
    let width = element.rowLanes
    loop("part", (size + (width - 1)).quotient(width)) { b, part in
      let first = Index(part) * Dim(width)
      let count = b.minimum(width, b.position(Index(size) - first))
      b.each("row", size) { b, i in
        b.loop("column", atMost: Dim(width), turns: count) { b, j in
          let value = b.load(rows, [row(&b, first + j), i])
          b.store(b.multiply(value, b.load(signs, [first + j])), to: target, i, first + j)
        }
      }
    }
  }

  /// Gives pairs of vectors the signs that the columns of `u` are to have.
  ///
  /// All columns at once, row by row, as memory runs.
  mutating func chooseSigns(
    _ u: MatrixView, _ v: MatrixView, rows: Dim, columns: Dim, rank: Dim
  ) {
    let element = body[u.buffer].element
    let (greatest, signs) = (
      scratch("greatest", element, [rank]), scratch("signs", element, [rank])
    )
    let (zero, one) = (constant(element, .float(0)), constant(element, .float(1)))
    func eachElement(
      _ b: inout LoopBuilder, _ step: (inout LoopBuilder, Index, Index) -> Void
    ) {
      b.each("row", rows) { b, i in
        b.loop("column", rank, lanes: element.rowLanes) { b, j in step(&b, i, Index(j)) }
      }
    }
    loop("column", rank) { b, j in
      b.store(zero, to: greatest, [Index(j)])
      b.store(zero, to: signs, [Index(j)])
    }
    eachElement(&self) { b, i, j in
      let size = b.unary(.abs, b.load(u, i, j))
      b.store(b.binary(.maximum, b.load(greatest, [j]), size), to: greatest, [j])
    }
    eachElement(&self) { b, i, j in
      let (value, known) = (b.load(u, i, j), b.load(signs, [j]))
      let bound = b.multiply(b.constant(element, .float(0.7)), b.load(greatest, [j]))
      let isNear = b.compare(.greaterEqual, b.unary(.abs, value), bound)
      let isFirst = b.binary(.and, isNear, b.compare(.equal, known, zero))
      b.store(b.select(isFirst, b.binary(.copysign, one, value), known), to: signs, [j])
    }
    eachElement(&self) { b, i, j in
      b.store(b.multiply(b.load(u, i, j), b.load(signs, [j])), to: u, i, j)
    }
    each("row", rank) { b, i in
      let sign = b.load(signs, [i])
      b.loop("column", columns, lanes: element.rowLanes) { b, j in
        b.store(b.multiply(b.load(v, i, Index(j)), sign), to: v, i, Index(j))
      }
    }
  }
}
