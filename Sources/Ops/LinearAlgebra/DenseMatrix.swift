package import GraphIR
package import Support

/// A matrix with its elements at hand: what the reference values of factorisations are computed
/// with, the plain way.
package struct DenseMatrix: Hashable, Sendable {
  package let rows: Int
  package let columns: Int
  /// In row-major order.
  package var elements: [Double]

  package init(_ rows: Int, _ columns: Int, _ elements: [Double]) {
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// Zeros.
  package init(_ rows: Int, _ columns: Int) {
    self.init(rows, columns, Array(repeating: 0, count: rows * columns))
  }

  /// The identity.
  package init(identity size: Int) {
    self.init(size, size)
    for i in 0..<size { self[i, i] = 1 }
  }

  package subscript(_ i: Int, _ j: Int) -> Double {
    get { elements[i * columns + j] }
    set { elements[i * columns + j] = newValue }
  }

  /// The matrices of a stack, one after the other.
  ///
  /// - Requires: The tensor has two axes or more.
  package static func stack(_ tensor: Tensor) -> [DenseMatrix] {
    let rank = tensor.shape.count
    let (rows, columns) = (tensor.shape[rank - 2], tensor.shape[rank - 1])
    let count = tensor.shape.dropLast(2).reduce(1, *)
    let values = tensor.floats
    return (0..<count).map { number in
      let first = number * rows * columns
      return DenseMatrix(rows, columns, Array(values[first..<(first + rows * columns)]))
    }
  }

  /// A stack of matrices as a tensor, rounded to the type.
  package static func tensor(_ stack: [DenseMatrix], _ dtype: DType, _ shape: [Int]) -> Tensor {
    Tensor(dtype, shape, floats: stack.flatMap { $0.elements.map { dtype.rounded($0) } })
  }

  package var transposed: DenseMatrix {
    var result = DenseMatrix(columns, rows)
    for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
    return result
  }

  package static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
    // The tables of derivatives multiply so many matrices that element access counts.
    let elements = a.elements.withUnsafeBufferPointer { left in
      b.elements.withUnsafeBufferPointer { right in
        var sums = [Double](repeating: 0, count: a.rows * b.columns)
        sums.withUnsafeMutableBufferPointer { sums in
          var place = 0
          for i in 0..<a.rows {
            for j in 0..<b.columns {
              var sum = 0.0
              var (x, y) = (i * a.columns, j)
              for _ in 0..<a.columns {
                sum += left[x] * right[y]
                x &+= 1
                y &+= b.columns
              }
              sums[place] = sum
              place &+= 1
            }
          }
        }
        return sums
      }
    }
    return DenseMatrix(a.rows, b.columns, elements)
  }

  /// Exchanges two rows.
  package mutating func exchangeRows(_ i: Int, _ j: Int) {
    for k in 0..<columns {
      (self[i, k], self[j, k]) = (self[j, k], self[i, k])
    }
  }

  /// The matrix without a row and a column.
  package func without(row: Int, column: Int) -> DenseMatrix {
    var result = DenseMatrix(rows - 1, columns - 1)
    for i in 0..<(rows - 1) {
      for j in 0..<(columns - 1) {
        result[i, j] = self[i < row ? i : i + 1, j < column ? j : j + 1]
      }
    }
    return result
  }

  /// The solution of `self x = b` by Gauss and Jordan, with the greatest element of all that is
  /// left as the pivot; nil where that is 0.
  package func solving(_ b: DenseMatrix) -> DenseMatrix? {
    var (a, x) = (self, b)
    var order = Array(0..<rows)
    for k in 0..<rows {
      let places = (k..<rows).flatMap { i in (k..<rows).map { (i, $0) } }
      guard
        let (p, q) = places.max(by: { a[$0.0, $0.1].magnitude < a[$1.0, $1.1].magnitude }),
        a[p, q] != 0
      else { return nil }
      a.exchangeRows(k, p)
      x.exchangeRows(k, p)
      for i in 0..<rows { (a[i, k], a[i, q]) = (a[i, q], a[i, k]) }
      order.swapAt(k, q)
      for i in 0..<rows where i != k {
        let factor = a[i, k] / a[k, k]
        for j in k..<rows { a[i, j] -= factor * a[k, j] }
        for j in 0..<x.columns { x[i, j] -= factor * x[k, j] }
      }
    }
    var result = DenseMatrix(rows, x.columns)
    for k in 0..<rows {
      for j in 0..<x.columns { result[order[k], j] = x[k, j] / a[k, k] }
    }
    return result
  }
}

/// A factorisation `p a = l u`, column by column.
package struct PlainLU {
  /// `l` without its diagonal, and `u`.
  package var packed: DenseMatrix
  /// The rows of `a` in the order of `p a`.
  package var rows: [Int]
  /// The sign of the permutation.
  package var sign = 1.0

  package init(_ a: DenseMatrix) {
    packed = a
    rows = Array(0..<a.rows)
    for k in 0..<a.rows {
      var best = k
      for i in k..<a.rows where packed[i, k].magnitude > packed[best, k].magnitude { best = i }
      if best != k {
        packed.exchangeRows(k, best)
        rows.swapAt(k, best)
        sign = -sign
      }
      // Beside a pivot of 0 stand zeros, which are left alone, or NaN, which spreads.
      let below = (k + 1)..<max(a.rows, k + 1)
      if packed[k, k] == 0, below.allSatisfy({ packed[$0, k] == 0 }) { continue }
      for i in below {
        packed[i, k] /= packed[k, k]
        for j in (k + 1)..<max(a.rows, k + 1) { packed[i, j] -= packed[i, k] * packed[k, j] }
      }
    }
  }

  /// The determinant.
  package var determinant: Double {
    (0..<packed.rows).reduce(sign) { $0 * packed[$1, $1] }
  }
}
