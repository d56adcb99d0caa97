/// What watches the emitted code while it runs, by its name in `-fsanitize=`.
package enum Sanitizer: String, Hashable, Sendable, CaseIterable {
  /// Accesses out of bounds.
  case address
  /// Threads that get in each other's way.
  case thread
  /// Promises that the code or its caller does not keep.
  case undefined
}
