import CLLVM
import Glibc
import Synchronization

/// The LLVM that this process has loaded.
package enum LLVMLibrary {
  /// Its version, such as `22.1.8`.
  package static var version: String {
    var major: UInt32 = 0
    var minor: UInt32 = 0
    var patch: UInt32 = 0
    LLVMGetVersion(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// The exit status for a bug of the compiler's own (`EX_SOFTWARE`).
  package static let internalErrorStatus: Int32 = 70

  /// What the user has asked for and LLVM is just trying, so that its failure is the user's.
  private static let trial = Mutex<String?>(nil)

  /// What ends the process after an error of LLVM's that is a bug.
  private static let end = Mutex<@Sendable (String) -> Never>({ _ in _exit(internalErrorStatus) })

  /// Has the errors that LLVM cannot return end the process by `report`; during a trial with a line
  /// that says so and status 1. LLVM itself would ask for a bug report of its own.
  package static func installFatalErrorHandler(_ report: @escaping @Sendable (String) -> Never) {
    end.withLock { $0 = report }
    LLVMInstallFatalErrorHandler { reason in
      let text = reason.map { String(cString: $0) } ?? "unknown error"
      guard let tried = LLVMLibrary.trial.withLock({ $0 }) else {
        let report = LLVMLibrary.end.withLock { $0 }
        report(text)
      }
      LLVMLibrary.printError("gradc: error: " + LLVMLibrary.refusal(of: tried, text))
      _exit(1)
    }
  }

  /// What a user is told of an error of LLVM's during a trial.
  static func refusal(of tried: String, _ reason: String) -> String {
    // Behind its first line LLVM prints what only its authors can read.
    "LLVM refuses \(tried): \(reason.prefix { !$0.isNewline })"
  }

  /// Prints a line on standard error.
  static func printError(_ line: String) {
    _ = (line + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  /// Calls `body`, during which a fatal error of LLVM's means that it refuses `what`.
  static func trying<Result: ~Copyable, Failure: Error>(
    _ what: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    trial.withLock { $0 = what }
    defer { trial.withLock { $0 = nil } }
    return try body()
  }
}
