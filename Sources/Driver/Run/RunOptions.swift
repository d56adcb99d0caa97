/// What `gradc run` is asked to do.
package struct RunOptions: Sendable {
  package var compile: CompileOptions
  /// The graph to run; nil for the only one.
  package var graph: String?
  /// Names and values as the user has written them.
  package var arguments: [(name: String, value: String)] = []
  /// Results to write to files.
  package var outputs: [(name: String, path: String)] = []
  package var json = false

  package init(compile: CompileOptions) { self.compile = compile }
}
