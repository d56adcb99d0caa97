package import GraphIR
package import Support

/// Shorthands for operations that combine elements; axes are numbers from 0, ascending.
extension Builder {
  /// A reduction, which leaves the value as it is where there are no axes.
  package mutating func reduce(
    _ operation: Operation, _ value: Value, axes: [Int], keepDims: Bool = false
  ) -> Value {
    axes.isEmpty
      ? value : emit(operation, [value], .reduction(axes: axes, keepDims: keepDims))
  }

  /// The sum along axes.
  package mutating func reduceSum(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    reduce(.sum, x, axes: axes, keepDims: keepDims)
  }

  /// The product along axes.
  package mutating func reduceProduct(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    reduce(.product, x, axes: axes, keepDims: keepDims)
  }

  /// The greatest element along axes.
  package mutating func reduceMax(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    reduce(.greatest, x, axes: axes, keepDims: keepDims)
  }

  /// The least element along axes.
  package mutating func reduceMin(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    reduce(.least, x, axes: axes, keepDims: keepDims)
  }

  /// Whether an element along axes is true.
  package mutating func reduceAny(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    reduce(.any, x, axes: axes, keepDims: keepDims)
  }

  /// Whether all elements along axes are true.
  package mutating func reduceAll(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    reduce(.every, x, axes: axes, keepDims: keepDims)
  }

  /// For each element the product of all others along axes.
  package mutating func productOfOthers(_ x: Value, axes: [Int]) -> Value {
    emit(.productOfOthers, [x], .axes(axes))
  }

  /// The number of elements along axes as a scalar of a type.
  package mutating func count(of x: Value, axes: [Int], _ dtype: DType) -> Value {
    let shape = self.shape(x)
    return size(Dim.product(axes.map { shape[$0] }), dtype)
  }
}

/// Shorthands for reductions that are made of others.
extension Builder {
  /// The mean along axes.
  package mutating func mean(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    emit(.mean, [x], .reduction(axes: axes, keepDims: keepDims))
  }

  /// The mean square of the distances from the mean.
  package mutating func variance(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    emit(.variance, [x], .reduction(axes: axes, keepDims: keepDims))
  }

  /// The square root of the variance.
  package mutating func standardDeviation(
    _ x: Value, axes: [Int], keepDims: Bool = false
  ) -> Value {
    emit(.standardDeviation, [x], .reduction(axes: axes, keepDims: keepDims))
  }

  /// The square root of the sum of squares.
  package mutating func norm(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    emit(.norm, [x], .reduction(axes: axes, keepDims: keepDims))
  }

  /// The logarithm of the sum of exponentials.
  package mutating func logSumExp(_ x: Value, axes: [Int], keepDims: Bool = false) -> Value {
    emit(.logSumExp, [x], .reduction(axes: axes, keepDims: keepDims))
  }

  /// The exponentials over their sum.
  package mutating func softmax(_ x: Value, axes: [Int]) -> Value {
    along(.softmax, x, axes)
  }

  /// `1 - softmax(x)` with all its digits.
  package mutating func softmaxComplement(_ x: Value, axes: [Int]) -> Value {
    along(.softmaxComplement, x, axes)
  }

  /// The logarithm of softmax.
  package mutating func logSoftmax(_ x: Value, axes: [Int]) -> Value {
    along(.logSoftmax, x, axes)
  }

  /// A function along axes, in the spelling of one where it is one.
  private mutating func along(_ operation: Operation, _ x: Value, _ axes: [Int]) -> Value {
    emit(operation, [x], axes.count == 1 ? .axis(axes[0]) : .axes(axes))
  }
}
