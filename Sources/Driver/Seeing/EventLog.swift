import Rewrites
import Synchronization

/// The applications of rules in the order in which they happened.
final class EventLog: Sendable {
  private let log = Mutex<[RewriteEvent]>([])

  /// Notes an application.
  func add(_ event: RewriteEvent) { log.withLock { $0.append(event) } }

  /// What has happened so far.
  var events: [RewriteEvent] { log.withLock { $0 } }
}
