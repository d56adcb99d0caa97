/// How a derivative compares with differences of the function.
package struct Agreement: Sendable {
  /// An element that differs.
  package struct Difference: Sendable {
    package var index: Int
    /// What the compiler gives.
    package var given: Double
    /// What differences give.
    package var expected: Double
  }

  /// The greatest difference, relative to the derivative.
  package private(set) var error = 0.0
  package private(set) var difference: Difference?
  /// Whether some element is at a kink, where no slope is the right one.
  package private(set) var hasKink = false
  /// Whether differences are too rough to tell, or the function is not defined around the point.
  package private(set) var isUnclear = false

  /// Relative differences up to this one are the rounding of differences.
  private static let tolerance = 1e-6
  /// Where the step widths begin, relative to the point: where the function bends or breaks close
  /// by, the narrow ones tell.
  package static let firstSteps = [0x1p-4, 0x1p-9, 0x1p-14]

  /// Compares a derivative along a line with differences.
  ///
  /// - Parameters:
  ///   - given: the derivative of each element of the function.
  ///   - width: how large the point is.
  ///   - steps: where the step widths begin.
  package init(
    _ given: [Double], width: Double, steps: [Double] = firstSteps,
    _ function: (Double) -> [Double]?
  ) {
    guard let center = function(0), center.count == given.count, center.allSatisfy(\.isFinite)
    else {
      isUnclear = true
      return
    }
    var best: Agreement?
    for first in steps {
      let step = first * width
      guard let tableau = Tableau(step: step, center: center, function) else { continue }
      let agreement = Agreement(given, tableau, center, width)
      best = agreement
      if agreement.isGood { break }
    }
    if let best { self = best } else { isUnclear = true }
  }

  /// Compares with one tableau.
  private init(_ given: [Double], _ tableau: Tableau, _ center: [Double], _ width: Double) {
    let height = center.reduce(0) { max($0, $1.magnitude) } / width
    let steepest = tableau.slopes.reduce(0) { max($0, $1.magnitude) }
    for index in given.indices {
      let (slope, doubt) = (tableau.slopes[index], tableau.uncertainties[index])
      let scale = max(slope.magnitude, given[index].magnitude, 1e-3 * steepest)
      let difference = (given[index] - slope).magnitude
      let allowed = Agreement.tolerance * scale + 4 * doubt + 1e-9 * height
      if tableau.kinks[index] {
        hasKink = true
      } else if doubt > 1e-3 * max(slope.magnitude, 1e-3 * steepest) + 1e-9 * height {
        isUnclear = true
      } else if given[index].isFinite && difference <= allowed {
        let relative = difference / max(scale, 1e-3 * height)
        if relative > error { error = relative }
      } else {
        fail(Difference(index: index, given: given[index], expected: slope), difference / scale)
      }
    }
  }

  /// Whether everything agrees.
  package var isGood: Bool { difference == nil && !hasKink && !isUnclear }

  /// Notes an element that differs.
  private mutating func fail(_ difference: Difference, _ relative: Double) {
    let relative = relative.isNaN ? .infinity : relative
    if self.difference == nil || relative > error {
      self.difference = difference
      error = max(error, relative)
    }
  }

  /// Takes in how another part compares, its elements numbered from `start`.
  mutating func add(_ other: Agreement, from start: Int = 0) {
    if var difference = other.difference, self.difference == nil || other.error > error {
      difference.index += start
      self.difference = difference
    }
    error = max(error, other.error)
    hasKink = hasKink || other.hasKink
    isUnclear = isUnclear || other.isUnclear
  }

  /// Nothing compared yet.
  init() {}

  /// Compares a derivative with the zero that it has to be.
  init(zero given: [Double]) {
    for (index, value) in given.enumerated() where value != 0 {
      fail(Difference(index: index, given: value, expected: 0), .infinity)
    }
  }
}
