import LLVMInterop

/// Why no code could be made.
package enum CodeGenError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The user asked for a target, a CPU or a feature that does not exist.
  case unknownTarget(String)
  /// LLVM refused what it was given: a bug of the compiler.
  case bug(String)

  init(_ error: LLVMError) {
    switch error.step {
    case .target: self = .unknownTarget(error.message)
    case .verification, .passes, .emission, .jit: self = .bug(error.message)
    }
  }

  package var description: String {
    switch self {
    case .unknownTarget(let message), .bug(let message): message
    }
  }
}
