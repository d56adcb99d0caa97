import CLLVM
import Foundation

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

  /// Makes the errors that LLVM cannot return end the process with a line that says so and status
  /// 70, instead of LLVM's own status 1 and request for a bug report.
  package static func installFatalErrorHandler() {
    LLVMInstallFatalErrorHandler { reason in
      let text = reason.map { String(cString: $0) } ?? "unknown error"
      let line = "gradc: internal error: LLVM: \(text)\n"
      _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      _exit(LLVMLibrary.internalErrorStatus)
    }
  }
}
