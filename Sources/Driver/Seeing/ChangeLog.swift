import Rewrites
import Support
import Synchronization

/// The rules that a pass applies, as `--print-changed` tells them.
final class ChangeLog: Sendable {
  private let log = Mutex<[(number: Int, line: String)]>([])

  /// Rules that only write the same in the one spelling that others know.
  private static let respellings: Set<String> = ["canonical-literal", "constants-first"]

  /// Notes an application, unless it only respells something.
  func add(_ event: RewriteEvent, _ files: SourceFiles) {
    if ChangeLog.respellings.contains(event.rule) { return }
    let place = files.spelling(event.site).map { " at \($0)" } ?? ""
    let line =
      "  rewrite \(event.number) by \(event.rule)\(place)\n"
      + "    \(event.before)\n    => \(event.after)\n"
    log.withLock { $0.append((event.number, line)) }
  }

  /// What was noted since the last time, in the order in which it was counted.
  func take() -> String {
    log.withLock { entries in
      let text = entries.sorted { $0.number < $1.number }.map(\.line).joined()
      entries = []
      return text
    }
  }
}
