package import Support

/// A name where it stands in the text.
package struct Name: Hashable, Sendable {
  package var text: String
  package var site: Site

  /// What was read at `site`.
  package init(_ text: String, at site: Site) {
    self.text = text
    self.site = site
  }
}

/// A literal `"text"` where the grammar wants one: a path or a message.
package struct TextLiteral: Hashable, Sendable {
  /// What the literal says: without its quotes, escapes replaced.
  package var text: String
  package var site: Site

  /// What was read at `site`.
  package init(_ text: String, at site: Site) {
    self.text = text
    self.site = site
  }
}

/// The `##` lines above a declaration or a parameter.
package struct DocComment: Hashable, Sendable {
  /// The lines without `##` and one blank behind it, joined by line ends.
  package var text: String
  package var site: Site

  /// What was read at `site`.
  package init(_ text: String, at site: Site) {
    self.text = text
    self.site = site
  }
}
