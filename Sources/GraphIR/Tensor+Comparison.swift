import Support

extension Tensor {
  /// The elements as `Double`, whatever the type.
  package var doubles: [Double] {
    switch elements {
    case .floats(let values): values
    case .integers(let values): values.map(Double.init)
    }
  }

  /// The greatest magnitude of an element, 0 if there is none; the elements are floats.
  package var greatest: Double { floats.reduce(0) { max($0, $1.magnitude) } }

  /// The tensor plus a multiple of another, rounded to the type.
  package func moved(by step: Double, along direction: Tensor) -> Tensor {
    let sums = zip(floats, direction.floats).map { dtype.rounded($0 + step * $1) }
    return Tensor(dtype, shape, floats: sums)
  }

  /// The sum of the products of elements.
  package func dot(_ other: Tensor) -> Double {
    zip(floats, other.floats).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The greatest difference from another tensor, relative to the greatest element where that is
  /// above 1; infinite for another shape, or where one has a NaN or an infinity that the other has
  /// not.
  package func difference(from other: Tensor) -> Double {
    shape == other.shape ? Tensor.difference(doubles, other.doubles) : .infinity
  }

  /// The greatest difference of two lists, as `difference(from:)` counts it.
  package static func difference(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    var worst = 0.0
    var scale = 1.0
    for (x, y) in zip(a, b) {
      if x == y || (x.isNaN && y.isNaN) { continue }
      guard x.isFinite, y.isFinite else { return .infinity }
      worst = max(worst, (x - y).magnitude)
      scale = max(scale, x.magnitude, y.magnitude)
    }
    return worst / scale
  }
}
