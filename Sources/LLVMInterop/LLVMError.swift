import CLLVM

/// What LLVM refused, in words that a user can read.
package struct LLVMError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The step that failed.
  package enum Step: Hashable, Sendable {
    /// The triple, the CPU or a feature is not known; the user chose it.
    case target
    /// The IR is malformed: a bug of whoever built it.
    case verification
    /// The pass pipeline was refused.
    case passes
    /// No machine code could be made.
    case emission
    /// Machine code could not be linked into this process.
    case jit
  }

  /// What failed.
  package var step: Step
  /// Why it failed.
  package var message: String

  /// An error of a step.
  package init(_ step: Step, _ message: String) {
    self.step = step
    self.message = message
  }

  /// The message.
  package var description: String { message }

  /// Takes over an error of LLVM's; nil is success.
  static func check(_ error: LLVMErrorRef?, _ step: Step) throws(LLVMError) {
    guard let error else { return }
    guard let text = LLVMGetErrorMessage(error) else { throw LLVMError(step, "unknown error") }
    defer { LLVMDisposeErrorMessage(text) }
    throw LLVMError(step, String(cString: text))
  }
}

extension String {
  /// Copies and frees a message that LLVM has allocated.
  init(takingMessage message: UnsafeMutablePointer<CChar>?) {
    guard let message else {
      self = ""
      return
    }
    self = String(cString: message)
    LLVMDisposeMessage(message)
  }
}
