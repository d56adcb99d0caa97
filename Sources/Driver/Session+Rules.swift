import Rewrites

extension Session {
  /// Every rewrite rule, one on a line.
  package static var rules: String { String(Catalogue.text.dropLast()) }
}
