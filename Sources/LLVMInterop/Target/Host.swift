import CLLVM

/// The machine that this process runs on.
package enum Host {
  /// Its triple, normalised.
  package static let triple = normalize(String(takingMessage: LLVMGetDefaultTargetTriple()))

  /// Its CPU, by LLVM's name.
  package static let cpu = String(takingMessage: LLVMGetHostCPUName())

  /// What the CPU can do, as `+avx2,-fma,…`.
  package static let features = String(takingMessage: LLVMGetHostCPUFeatures())

  /// A triple with all its parts in their places.
  static func normalize(_ triple: String) -> String {
    String(takingMessage: LLVMNormalizeTargetTriple(triple))
  }
}
