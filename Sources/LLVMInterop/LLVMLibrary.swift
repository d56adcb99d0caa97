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

  /// Makes the errors that LLVM cannot return end the process with a line that says so and status
  /// 70 (1 during a trial), instead of LLVM's own status 1 and request for a bug report.
  package static func installFatalErrorHandler() {
    LLVMInstallFatalErrorHandler { reason in
      let text = reason.map { String(cString: $0) } ?? "unknown error"
      let tried = LLVMLibrary.trial.withLock { $0 }
      let cause = tried.map { "error: LLVM refuses \($0)" } ?? "internal error: LLVM"
      LLVMLibrary.printError("gradc: \(cause): \(text)")
      _exit(tried == nil ? LLVMLibrary.internalErrorStatus : 1)
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
