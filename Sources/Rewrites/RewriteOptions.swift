package import Support

/// One application of a rule, as `--print-changed` tells it.
package struct RewriteEvent: Sendable {
  /// Counted from 1 over the whole compilation: what `--rewrite-limit` compares with.
  package let number: Int
  package let rule: String
  /// Where the rewritten node came from.
  package let site: Site
  /// The node before, and the value that took its place, each as a line of a dump.
  package let before: String
  package let after: String
}

/// What the user says about rewriting.
package struct RewriteOptions: Sendable {
  /// Whether only exact rules are applied: `--math=strict`.
  package var strict: Bool
  /// The names of rules that are switched off.
  package var disabled: Set<String>
  /// How many applications there may be in one compilation; nil for any number.
  package var limit: Int?
  /// Is told of every application.
  package var trace: (@Sendable (RewriteEvent) -> Void)?

  package init(
    strict: Bool = false, disabled: Set<String> = [], limit: Int? = nil,
    trace: (@Sendable (RewriteEvent) -> Void)? = nil
  ) {
    self.strict = strict
    self.disabled = disabled
    self.limit = limit
    self.trace = trace
  }
}
