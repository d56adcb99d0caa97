/// How close the right side of a rule stays to the left, on floating numbers.
///
/// On integers and `bool` every rule is exact. A rule that is not `.exact` is off under
/// `--math=strict`; none but a stable one makes a number of a NaN or an infinity, or the reverse.
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
  /// The right side is within a few units in the last place of what the left side is without any
  /// rounding or overflow, also where the left side itself is far off.
  case stable
}

extension Exactness: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exact: "exact"
    case .zeroSign: "exact but for the sign of zero"
    case .within(let ulps): "within \(ulps) ulp"
    case .reordered: "reordered"
    case .stable: "stable"
    }
  }
}
