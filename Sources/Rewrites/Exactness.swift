/// How close the right side of a rule stays to the left, on floating numbers.
///
/// On integers and `bool` every rule is exact. A rule that is not `.exact` is off under
/// `--math=strict`; none but a stable one makes a number of a NaN or an infinity, or the reverse,
/// where nothing overflows.
package enum Exactness: Hashable, Sendable {
  /// Bit for bit: NaN, infinities, signs of zeros, and rounding.
  case exact
  /// A result of 0 may have the other sign.
  case zeroSign
  /// At most so many units in the last place further from the exact result than the left side is; a
  /// result of 0 may have the other sign.
  case within(ulps: Int)
  /// Sums in another order: each differs from the exact sum by the usual bound, a multiple of the
  /// unit roundoff times the sum of the magnitudes.
  case reordered
  /// Products and sums in another order: each differs from the exact result by the usual bound, a
  /// multiple of the unit roundoff times the sum of the products of the magnitudes. What overflows
  /// on the way on one side need not on the other.
  case reassociated
  /// The right side is within a few units in the last place of what the left side is without any
  /// rounding or overflow, also where the left side itself is far off, for the reason given.
  case stable(Hazard)

  /// Whether the left side may be far off.
  package var isStable: Bool {
    if case .stable = self { true } else { false }
  }
}

/// What goes wrong on the left side of a rule, but not on the right.
package enum Hazard: String, Hashable, Sendable, CaseIterable {
  /// What is computed on the way is infinite, where the result or its slope is not.
  case overflow
  /// What is computed on the way is 0 or 1, but for digits that the result would show.
  case underflow
  /// Nearly equal numbers are subtracted.
  case cancellation
  /// The formula of the slope is NaN where the slope is a number.
  case undefinedSlope = "an undefined slope"
}

extension Exactness: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exact: "exact"
    case .zeroSign: "exact but for the sign of zero"
    case .within(let ulps): "within \(ulps) ulp"
    case .reordered: "reordered"
    case .reassociated: "reassociated"
    case .stable(let hazard): "stable, against \(hazard.rawValue)"
    }
  }
}
