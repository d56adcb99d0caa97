/// Central differences of a function of one number at 0, for steps that are halved, extrapolated to
/// a step of 0 (Richardson); of each element the entry that agrees best with its neighbours (Ridders
/// 1982).
struct Tableau {
  /// The derivative of each element.
  private(set) var slopes: [Double]
  /// How far each may be off.
  private(set) var uncertainties: [Double]
  /// Whether the slopes to both sides of an element differ, as at a kink or a jump.
  private(set) var kinks: [Bool]

  /// How often the step is halved.
  private static let rows = 6

  /// Nil where the function is not defined within the first step.
  init?(step first: Double, center: [Double], _ function: (Double) -> [Double]?) {
    slopes = center.map { _ in 0 }
    uncertainties = center.map { _ in .infinity }
    kinks = []
    var step = first
    var previous: [[Double]] = []
    var bends: [[Double]] = []
    for _ in 0..<Tableau.rows {
      guard let right = function(step), let left = function(-step), right.count == center.count,
        left.count == center.count, (right + left).allSatisfy(\.isFinite)
      else { return nil }
      bends.append(
        center.indices.map { ((right[$0] - center[$0]) - (center[$0] - left[$0])).magnitude / step })
      var row = [zip(right, left).map { ($0 - $1) / (2 * step) }]
      for column in previous.indices {
        row.append(extrapolated(row[column], previous[column], order: column + 1))
      }
      previous = row
      step /= 2
    }
    let noise = 0x1p-48 / (2 * step)
    kinks = center.indices.map { index in
      let last = bends[Tableau.rows - 1][index]
      // Halving the step three times makes what bends smoothly eight times as straight.
      return last > 0.5 * bends[Tableau.rows - 4][index]
        && last > 1e-6 * slopes[index].magnitude + noise * center[index].magnitude
    }
  }

  /// The combination of a narrow and a wide entry without the error of an order; taken as the slope
  /// where it agrees better with both than what is known.
  private mutating func extrapolated(
    _ narrow: [Double], _ wide: [Double], order: Int
  ) -> [Double] {
    let factor = Double(1 << (2 * order))
    return narrow.indices.map { index in
      let entry = (factor * narrow[index] - wide[index]) / (factor - 1)
      let error = max((entry - narrow[index]).magnitude, (entry - wide[index]).magnitude)
      if error <= uncertainties[index] {
        uncertainties[index] = error
        slopes[index] = entry
      }
      return entry
    }
  }
}
