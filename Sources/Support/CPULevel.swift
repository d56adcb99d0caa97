/// A level of x86-64: what all of its CPUs can do, as the psABI fixes it.
package enum CPULevel: String, CaseIterable, Hashable, Sendable, Comparable {
  case v1 = "x86-64"
  case v2 = "x86-64-v2"
  case v3 = "x86-64-v3"
  case v4 = "x86-64-v4"

  /// The levels of code that is to be fast on every CPU that is not very old.
  package static let usual: [CPULevel] = [.v2, .v3, .v4]

  /// Its number, from 1 on.
  package var number: Int {
    switch self {
    case .v1: 1
    case .v2: 2
    case .v3: 3
    case .v4: 4
    }
  }

  package static func < (a: CPULevel, b: CPULevel) -> Bool { a.number < b.number }
}
