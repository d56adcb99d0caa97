extension Builtin {
  /// Functions of the language that are refused for now.
  static let deferred: [Builtin] = [
    // Linear algebra.
    "qr", "eigh", "svd",
  ].map { Builtin(deferred: $0) }
}
