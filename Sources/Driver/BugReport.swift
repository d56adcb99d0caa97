import Glibc
import LLVMInterop
import Support

/// How gradc ends when it finds a mistake of its own, or crashes.
enum BugReport {
  /// Says what is wrong, what the compiler was at work on and how to tell the authors, and ends the
  /// process.
  static func exit(_ message: String, at site: Site? = nil) -> Never {
    complain(message, at: site)
    Glibc.exit(ExitCode.bug.rawValue)
  }

  /// The same for errors that LLVM does not return, and for traps and other signals that would end
  /// the process without a word.
  static func catchCrashes() {
    LLVMLibrary.installFatalErrorHandler { reason in
      complain("LLVM: \(reason)", at: nil)
      _exit(ExitCode.bug.rawValue)
    }
    // What has used up the stack has none left for the report.
    let size = 1 << 18
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    var stack = stack_t(ss_sp: memory, ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    // A signal that comes while memory is being allocated may leave the report waiting for ever.
    signal(SIGALRM) { _ in _exit(ExitCode.bug.rawValue) }
    for (number, _) in crashes {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in BugReport.endAfterCrash(number) }
      action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
  }

  /// The signals that tell of a bug, with words for them.
  private static let crashes: [(number: Int32, words: String)] = [
    (SIGILL, "the compiler has stopped itself"), (SIGTRAP, "the compiler has stopped itself"),
    (SIGABRT, "the compiler has stopped itself"), (SIGFPE, "arithmetic error"),
    (SIGSEGV, "access to memory that is not there, or no stack left"),
    (SIGBUS, "access to memory that is not there"),
  ]

  /// The seconds that the report of a crash may take.
  private static let patience: UInt32 = 5

  /// Reports a signal, and ends the process.
  private static func endAfterCrash(_ number: Int32) -> Never {
    // Who has started gradc may have blocked it.
    var waking = sigset_t()
    sigemptyset(&waking)
    sigaddset(&waking, SIGALRM)
    sigprocmask(SIG_UNBLOCK, &waking, nil)
    alarm(patience)
    complain(crashes.first { $0.number == number }?.words ?? "signal \(number)", at: nil)
    _exit(ExitCode.bug.rawValue)
  }

  private static func complain(_ message: String, at site: Site?) {
    FileSystem.complain("gradc: bug: \(message)\n")
    let command = CommandLine.arguments.joined(separator: " ")
    FileSystem.complain(
      Progress.text(at: site)
        + "gradc: please report this with the file and the command: \(command)\n")
  }
}
