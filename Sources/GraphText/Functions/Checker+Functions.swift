extension Checker {
  /// The names of the functions that the language has.
  package static var functions: [String] { Builtin.all.keys.sorted() }
}
