import CLLVM

/// The home of types, constants and metadata, shared by everything that is built in it.
///
/// A class, not a `~Copyable` owner: modules, builders and debug information each keep it alive, so
/// that it goes last whatever the order in which they do. Not for use by two threads at once.
package final class Context {
  /// The handle.
  let ref: LLVMContextRef
  /// Errors and warnings that LLVM has reported since they were last taken.
  private var reported: [LLVMReport] = []
  /// Numbers of kinds of metadata that were asked for.
  private var metadataKinds: [String: UInt32] = [:]

  /// An empty context.
  package init() {
    ref = LLVMContextCreate()
    let opaque = Unmanaged.passUnretained(self).toOpaque()
    LLVMContextSetDiagnosticHandler(ref, reportHandler, opaque)
  }

  deinit {
    LLVMContextDispose(ref)
  }

  /// Hands out, once, what LLVM has reported.
  package func takeReports() -> [LLVMReport] {
    defer { reported = [] }
    return reported
  }

  /// Keeps a report for later.
  fileprivate func keep(_ report: LLVMReport) {
    reported.append(report)
  }

  /// Throws the first error that LLVM has reported, if there is one.
  func throwReportedError(_ step: LLVMError.Step) throws(LLVMError) {
    guard let error = takeReports().first(where: \.isError) else { return }
    throw LLVMError(step, error.message)
  }

  /// The number of a kind of metadata, such as `alias.scope`.
  func metadataKind(_ name: String) -> UInt32 {
    if let known = metadataKinds[name] { return known }
    let kind = LLVMGetMDKindIDInContext(ref, name, UInt32(name.utf8.count))
    metadataKinds[name] = kind
    return kind
  }
}

/// An error or a warning that LLVM has reported while it optimised or emitted a module.
package struct LLVMReport: Hashable, Sendable {
  /// Whether it is an error rather than a warning.
  package var isError: Bool
  /// What LLVM says.
  package var message: String
}

/// Keeps errors and warnings in the context that is behind `opaque`; drops remarks and notes.
private func reportHandler(_ info: LLVMDiagnosticInfoRef?, _ opaque: UnsafeMutableRawPointer?) {
  guard let info, let opaque else { return }
  let severity = LLVMGetDiagInfoSeverity(info)
  guard severity == LLVMDSError || severity == LLVMDSWarning else { return }
  let message = String(takingMessage: LLVMGetDiagInfoDescription(info))
  Unmanaged<Context>.fromOpaque(opaque).takeUnretainedValue()
    .keep(LLVMReport(isError: severity == LLVMDSError, message: message))
}
