import Glibc

/// How gradc ends when it finds a mistake of its own.
enum BugReport {
  /// Says how to tell the authors, and ends the process.
  static func exit(_ message: String? = nil) -> Never {
    if let message { FileSystem.complain("gradc: bug: \(message)\n") }
    let command = CommandLine.arguments.joined(separator: " ")
    FileSystem.complain("gradc: please report this with the file and the command: \(command)\n")
    Glibc.exit(ExitCode.bug.rawValue)
  }
}
