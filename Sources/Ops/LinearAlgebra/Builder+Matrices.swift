package import GraphIR
import Support

/// Shorthands for stacks of matrices, which are the last two axes.
extension Builder {
  /// The matrices with rows and columns swapped.
  package mutating func matrixTranspose(_ x: Value) -> Value {
    let rank = shape(x).count
    return transpose(x, Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// The products of the matrices of two equal stacks.
  package mutating func matrixProduct(_ a: Value, _ b: Value) -> Value {
    let rank = shape(a).count
    let batch = Array(0..<(rank - 2))
    return contract(
      a, b,
      Contraction(
        leftBatch: batch, rightBatch: batch, leftSummed: [rank - 1], rightSummed: [rank - 2]))
  }

  /// A stack of identity matrices like some square ones.
  package mutating func identity(like x: Value) -> Value {
    let type = self.type(x)
    let isDiagonal = places(.equal, of: type)
    let one = literal(1.0, like: x)
    return broadcast(select(isDiagonal, one, literal(0.0, like: x)), to: type.shape)
  }

  /// The matrices with 0 above the diagonal; in the strict case also on it.
  package mutating func lowerTriangle(_ x: Value, isStrict: Bool = false) -> Value {
    let isKept = places(isStrict ? .greater : .greaterEqual, of: type(x))
    return select(isKept, x, literal(0.0, like: x))
  }

  /// The matrices with 0 below the diagonal; in the strict case also on it.
  package mutating func upperTriangle(_ x: Value, isStrict: Bool = false) -> Value {
    let isKept = places(isStrict ? .less : .lessEqual, of: type(x))
    return select(isKept, x, literal(0.0, like: x))
  }

  /// The lower triangle with half the diagonal: `Φ` of Murray 2016.
  package mutating func halvedLowerTriangle(_ x: Value) -> Value {
    let isDiagonal = places(.equal, of: type(x))
    let half = multiply(x, literal(0.5, like: x))
    return select(isDiagonal, half, lowerTriangle(x, isStrict: true))
  }

  /// The diagonals of square matrices, along the last axis.
  package mutating func matrixDiagonal(_ x: Value) -> Value {
    let shape = self.shape(x)
    let isDiagonal = places(.equal, of: type(x))
    return reduceSum(select(isDiagonal, x, literal(0.0, like: x)), axes: [shape.count - 1])
  }

  /// The traces of products `aᵀ b` of the matrices of two equal stacks.
  package mutating func matrixInner(_ a: Value, _ b: Value) -> Value {
    let rank = shape(a).count
    return reduceSum(multiply(a, b), axes: [rank - 2, rank - 1])
  }

  /// Whether the row of each place of a matrix compares so with its column.
  package mutating func places(_ comparison: Operation, of type: TensorType) -> Value {
    let rows = expandDims(arange(type.shape[type.rank - 2]), axes: [1])
    return emit(comparison, [rows, arange(type.shape[type.rank - 1])])
  }
}
