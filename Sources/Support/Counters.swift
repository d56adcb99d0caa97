/// Named counts of what passes did, for `--stats`.
package struct Counters: Sendable {
  package private(set) var counts: [String: Int] = [:]

  package init() {}

  /// Adds to the count of `name`.
  package mutating func add(_ name: String, _ amount: Int = 1) {
    counts[name, default: 0] += amount
  }

  /// Adds all counts of `other`.
  package mutating func add(_ other: Counters) {
    counts.merge(other.counts, uniquingKeysWith: +)
  }

  /// A table with a line for each count, by name.
  package var table: String {
    counts.sorted { $0.key < $1.key }
      .map { "\(String(repeating: " ", count: max(0, 8 - String($0.value).count)))\($0.value)  \($0.key)\n" }
      .joined()
  }
}
