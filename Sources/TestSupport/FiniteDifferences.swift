package import GraphIR

/// Derivatives from values alone.
package enum FiniteDifferences {
  /// The derivative of a function at a point along a direction: central differences of sixth order.
  ///
  /// - Requires: the function is smooth within three steps to each side.
  package static func along<Failure: Error>(
    _ direction: [Tensor], at point: [Tensor], step: Double = 1e-3,
    of function: ([Tensor]) throws(Failure) -> [Double]
  ) throws(Failure) -> [Double] {
    var sums: [Double] = []
    for (distance, weight) in [(1.0, 45.0), (2.0, -9.0), (3.0, 1.0)] {
      for sign in [1.0, -1.0] {
        let moved = zip(point, direction).map { point, direction in
          point.moved(by: sign * distance * step, along: direction)
        }
        let values = try function(moved)
        if sums.isEmpty { sums = Array(repeating: 0, count: values.count) }
        for index in values.indices { sums[index] += sign * weight * values[index] }
      }
    }
    return sums.map { $0 / (60 * step) }
  }
}
