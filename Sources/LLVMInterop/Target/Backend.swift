import CLLVM
import Synchronization

/// A part of LLVM that makes code for one family of architectures.
///
/// Only the one that is needed is initialised: all of them together cost milliseconds.
enum Backend {
  /// The families that are initialised alone, and all the others.
  case x86, aarch64, arm, riscv, webAssembly, nvptx, other

  /// The back end for the first part of a triple.
  init(architecture: some StringProtocol) {
    let table: [(prefix: String, backend: Backend)] = [
      ("x86_64", .x86), ("i386", .x86), ("i486", .x86), ("i586", .x86), ("i686", .x86),
      ("aarch64", .aarch64), ("arm64", .aarch64), ("arm", .arm), ("thumb", .arm),
      ("riscv", .riscv), ("wasm", .webAssembly), ("nvptx", .nvptx),
    ]
    self = table.first { architecture.hasPrefix($0.prefix) }?.backend ?? .other
  }

  /// Whether it has all that programs need, so that a failure is a bug.
  var isComplete: Bool {
    switch self {
    case .x86, .aarch64, .arm, .riscv, .webAssembly: true
    case .nvptx, .other: false
    }
  }

  /// Those that LLVM knows by now. LLVM's registry is a list without a lock, so that all use of it
  /// goes through this one.
  private static let registered = Mutex<Set<Backend>>([])

  /// LLVM's target for a triple, with its back end ready for use; nil where there is none.
  static func lookUp(_ triple: String) -> LLVMTargetRef? {
    let backend = Backend(architecture: triple.prefix { $0 != "-" })
    return registered.withLock { known in
      if known.insert(backend).inserted { backend.register() }
      var found: LLVMTargetRef?
      var message: UnsafeMutablePointer<CChar>?
      let failed = LLVMGetTargetFromTriple(triple, &found, &message) != 0
      LLVMDisposeMessage(message)
      return failed ? nil : found
    }
  }

  /// Makes the back end known to LLVM.
  private func register() {
    switch self {
    case .x86:
      LLVMInitializeX86TargetInfo()
      LLVMInitializeX86Target()
      LLVMInitializeX86TargetMC()
      LLVMInitializeX86AsmPrinter()
      LLVMInitializeX86AsmParser()
    case .aarch64:
      LLVMInitializeAArch64TargetInfo()
      LLVMInitializeAArch64Target()
      LLVMInitializeAArch64TargetMC()
      LLVMInitializeAArch64AsmPrinter()
      LLVMInitializeAArch64AsmParser()
    case .arm:
      LLVMInitializeARMTargetInfo()
      LLVMInitializeARMTarget()
      LLVMInitializeARMTargetMC()
      LLVMInitializeARMAsmPrinter()
      LLVMInitializeARMAsmParser()
    case .riscv:
      LLVMInitializeRISCVTargetInfo()
      LLVMInitializeRISCVTarget()
      LLVMInitializeRISCVTargetMC()
      LLVMInitializeRISCVAsmPrinter()
      LLVMInitializeRISCVAsmParser()
    case .webAssembly:
      LLVMInitializeWebAssemblyTargetInfo()
      LLVMInitializeWebAssemblyTarget()
      LLVMInitializeWebAssemblyTargetMC()
      LLVMInitializeWebAssemblyAsmPrinter()
      LLVMInitializeWebAssemblyAsmParser()
    case .nvptx:
      LLVMInitializeNVPTXTargetInfo()
      LLVMInitializeNVPTXTarget()
      LLVMInitializeNVPTXTargetMC()
      LLVMInitializeNVPTXAsmPrinter()
    case .other:
      LLVMInitializeAllTargetInfos()
      LLVMInitializeAllTargets()
      LLVMInitializeAllTargetMCs()
      LLVMInitializeAllAsmPrinters()
      LLVMInitializeAllAsmParsers()
    }
  }
}
