/// How gradc ends.
package enum ExitCode: Int32, Sendable {
  case success = 0
  /// The input has a mistake that a diagnostic tells.
  case diagnosed = 1
  case usage = 2
  /// A bug of gradc.
  case bug = 70
}
