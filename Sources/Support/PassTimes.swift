import Glibc

/// Times of the passes of one compilation, for `--time-passes`: CPU time, which other work on the
/// machine moves less than the time on the wall.
package struct PassTimes: Sendable {
  package private(set) var entries: [(name: String, seconds: Double)] = []

  package init() {}

  /// Runs `body`, which is what the compiler is now at work on, and notes how long it took.
  package mutating func time<T, E: Error>(
    _ name: String, _ body: () throws(E) -> T
  ) throws(E) -> T {
    Progress.enter(name)
    let start = PassTimes.now
    defer { entries.append((name, PassTimes.now - start)) }
    return try body()
  }

  /// The seconds that the process has run on a processor.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// A table with a line for each pass, in the order in which they ran, in milliseconds.
  package var table: String {
    var text = ""
    for entry in entries {
      let microseconds = Int((entry.seconds * 1e6).rounded())
      let whole = String(microseconds / 1000)
      let rest = String(microseconds % 1000)
      let padding = String(repeating: " ", count: max(0, 8 - whole.count))
      let zeros = String(repeating: "0", count: 3 - rest.count)
      text += "\(padding)\(whole).\(zeros)\(rest) ms  \(entry.name)\n"
    }
    return text
  }
}
