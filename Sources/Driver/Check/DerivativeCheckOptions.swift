/// What `gradc check` is asked to do.
package struct DerivativeCheckOptions: Sendable {
  package var compile: CompileOptions
  /// The graph to check; nil for all.
  package var graph: String?
  /// Parameters and sizes that are not to be drawn, as the user has written them.
  package var arguments: [(name: String, value: String)] = []
  /// What the random numbers begin with.
  package var seed: UInt64 = 0
  package var json = false

  package init(compile: CompileOptions) { self.compile = compile }
}
