import LoopIR
import Support

/// A reflection `1 - factor v vᵀ`, where `v` is 1 at the pivot.
struct Reflection {
  /// What becomes of the pivot; the other elements become 0.
  var pivot: ScalarID
  /// 0 where they are 0 already: then nothing is reflected.
  var factor: ScalarID
}

/// Householder's reflections, with the signs of LAPACK's `larfg`.
extension LoopBuilder {
  /// Finds the reflection that makes elements of a vector 0 but the pivot, and puts `v` in their
  /// place.
  ///
  /// Elements are divided by the greatest one before they are squared: nothing overflows, and even
  /// among subnormal numbers the reflection is orthogonal.
  ///
  /// - Parameters:
  ///   - pivot: the position of the pivot, which stays as it is.
  ///   - others: those of the other elements, by their numbers from `start` up to `end`.
  mutating func reflect(
    _ buffer: BufferID, pivot: [Index], from start: Index, to end: Index, within extent: Dim,
    others: (Index) -> [Index]
  ) -> Reflection {
    let first = load(buffer, pivot)
    let zero = constant(0, like: first)
    let one = constant(1, like: first)
    let largest = greatest(from: start, to: end, within: extent, startingAt: zero) { b, i in
      b.load(buffer, others(i))
    }
    let isTrivial = compare(.equal, largest, zero)
    let larger = binary(.maximum, largest, unary(.abs, first))
    let scale = select(isTrivial, one, larger)
    let alpha = divide(first, scale)
    let squares = sum(
      "element", from: start, to: end, within: extent, startingAt: multiply(alpha, alpha)
    ) { b, i in
      let share = b.divide(b.load(buffer, others(i)), scale)
      b.store(share, to: buffer, others(i))
      return b.multiply(share, share)
    }
    let beta = negate(binary(.copysign, unary(.sqrt, squares), alpha))
    let divisor = select(isTrivial, one, subtract(alpha, beta))
    each("element", from: start, to: end, within: extent) { b, i in
      let share = b.divide(b.load(buffer, others(i)), divisor)
      b.store(share, to: buffer, others(i))
    }
    let factor = divide(subtract(beta, alpha), beta)
    return Reflection(
      pivot: select(isTrivial, first, multiply(scale, beta)),
      factor: select(isTrivial, zero, factor))
  }

  /// The greatest magnitude among elements and `initial`; NaN if one is.
  mutating func greatest(
    from start: Index = Index(Dim(0)), to end: Index, within extent: Dim,
    startingAt initial: ScalarID, _ element: (inout LoopBuilder, Index) -> ScalarID
  ) -> ScalarID {
    accumulate(.maximum, "element", from: start, to: end, within: extent, startingAt: initial) {
      b, i in
      let value = element(&b, i)
      return b.unary(.abs, value)
    }
  }

  /// Puts the identity into a matrix.
  mutating func fillIdentity(_ matrix: MatrixView, rows: Dim, columns: Dim) {
    let element = body[matrix.buffer].element
    let zero = constant(element, .float(0))
    let one = constant(element, .float(1))
    each("row", rows) { b, i in
      b.each("column", columns) { b, j in
        let isDiagonal = b.compare(.equal, b.position(i), b.position(j))
        let value = b.select(isDiagonal, one, zero)
        b.store(value, to: matrix, i, j)
      }
    }
  }
}
