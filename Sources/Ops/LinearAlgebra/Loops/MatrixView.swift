package import LoopIR
package import Support

/// A matrix of a stack in a buffer, seen as it is or transposed, and in its order or backwards.
package struct MatrixView {
  package var buffer: BufferID
  /// The position in the stack.
  package var prefix: [Index]
  package var isTransposed = false
  /// The number of rows and of columns where both are counted from the end.
  package var rowsFromEnd: Dim?
  package var columnsFromEnd: Dim?

  package init(_ buffer: BufferID, _ prefix: [Index]) {
    self.buffer = buffer
    self.prefix = prefix
  }

  /// The position of an element in the buffer.
  package func at(_ row: Index, _ column: Index) -> [Index] {
    let i = rowsFromEnd.map { row.flipped($0) } ?? row
    let j = columnsFromEnd.map { column.flipped($0) } ?? column
    return prefix + (isTransposed ? [j, i] : [i, j])
  }
}

extension LoopBuilder {
  /// An element of a matrix.
  package mutating func load(_ matrix: MatrixView, _ row: Index, _ column: Index) -> ScalarID {
    load(matrix.buffer, matrix.at(row, column))
  }

  /// Writes an element of a matrix.
  package mutating func store(
    _ value: ScalarID, to matrix: MatrixView, _ row: Index, _ column: Index
  ) {
    store(value, to: matrix.buffer, matrix.at(row, column))
  }

  /// Copies a matrix of that size.
  package mutating func copy(
    _ source: MatrixView, to target: MatrixView, rows: Dim, columns: Dim
  ) {
    let lanes = columns == Dim(1) ? 1 : body[target.buffer].element.rowLanes
    loop("row", rows) { b, i in
      b.loop("column", columns, lanes: lanes) { b, j in
        let value = b.load(source, Index(i), Index(j))
        b.store(value, to: target, Index(i), Index(j))
      }
    }
  }
}
