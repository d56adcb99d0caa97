/// How bad it is.
package enum Severity: String, Sendable {
  case error, warning, note
}

/// A replacement of source text that would mend an error.
package struct Fix: Hashable, Sendable {
  package var site: Site
  package var replacement: String

  package init(site: Site, replacement: String) {
    self.site = site
    self.replacement = replacement
  }
}

/// What the compiler has to say about a place in the user's text.
package struct Diagnostic: Error, Hashable, Sendable {
  package var severity: Severity
  package var site: Site
  package var message: String
  /// Further places that explain the message.
  package var notes: [Diagnostic]
  package var fix: Fix?

  package init(
    _ severity: Severity, at site: Site, _ message: String, notes: [Diagnostic] = [],
    fix: Fix? = nil
  ) {
    self.severity = severity
    self.site = site
    self.message = message
    self.notes = notes
    self.fix = fix
  }

  /// An error at `site`.
  package static func error(
    _ message: String, at site: Site, notes: [Diagnostic] = [], fix: Fix? = nil
  ) -> Diagnostic {
    Diagnostic(.error, at: site, message, notes: notes, fix: fix)
  }

  /// A note at `site`.
  package static func note(_ message: String, at site: Site) -> Diagnostic {
    Diagnostic(.note, at: site, message)
  }
}

/// The diagnostics of one compilation, in the order in which they were found.
package struct Diagnostics: Sendable {
  package private(set) var all: [Diagnostic] = []
  package private(set) var errorCount = 0
  private var seen: Set<Diagnostic> = []

  /// After so many errors no further one is kept.
  package static let errorLimit = 100

  package init() {}

  package var hasErrors: Bool { errorCount > 0 }

  /// Keeps a diagnostic, unless the same one was told before.
  package mutating func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error {
      guard errorCount < Diagnostics.errorLimit else { return }
      guard seen.insert(diagnostic).inserted else { return }
      errorCount += 1
    } else {
      guard seen.insert(diagnostic).inserted else { return }
    }
    all.append(diagnostic)
  }

  /// Keeps an error.
  package mutating func error(
    _ message: String, at site: Site, notes: [Diagnostic] = [], fix: Fix? = nil
  ) {
    report(.error(message, at: site, notes: notes, fix: fix))
  }

  /// Keeps a warning.
  package mutating func warning(_ message: String, at site: Site, notes: [Diagnostic] = []) {
    report(Diagnostic(.warning, at: site, message, notes: notes))
  }
}
