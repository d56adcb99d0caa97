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
      LLVMLibrary.printError("gradc: error: LLVM refuses \(tried): \(text)")
      _exit(1)
    }
  }

  /// Prints a line on standard error.
  static func printError(_ line: String) {
    _ = (line + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  /// Calls `body`, during which a fatal error of LLVM's means that it refuses `what`.
  static func trying<Failure: Error>(
    _ what: String, _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    trial.withLock { $0 = what }
    defer { trial.withLock { $0 = nil } }
    try body()
  }
}
