import CLLVM

/// How much LLVM's instruction selection and register allocation shall try.
package enum OptimizationLevel: Int, Hashable, Sendable {
  /// As in `-O0` to `-O3`.
  case o0, o1, o2, o3

  /// LLVM's word for it.
  var raw: LLVMCodeGenOptLevel {
    switch self {
    case .o0: LLVMCodeGenLevelNone
    case .o1: LLVMCodeGenLevelLess
    case .o2: LLVMCodeGenLevelDefault
    case .o3: LLVMCodeGenLevelAggressive
    }
  }
}

/// Where code may stand in memory.
package enum Relocation: Hashable, Sendable {
  /// Anywhere, except on machines without an operating system, where it is fixed.
  case automatic
  /// Anywhere.
  case pic
  /// Where the linker puts it.
  case fixed
}

/// The target as the user has asked for it.
package struct TargetRequest: Hashable, Sendable {
  /// A target triple; nil is this machine.
  package var triple: String?
  /// A CPU of that target; nil is this machine's CPU if the triple is this machine's, or else a
  /// CPU that all of that architecture's machines understand. `native` is this machine's.
  package var cpu: String?
  /// Features to add and to leave out, as `+avx2,-fma`.
  package var features: String
  /// How hard LLVM tries.
  package var optimization: OptimizationLevel
  /// Where the code may stand in memory.
  package var relocation: Relocation

  /// A request; this machine where nothing is said.
  package init(
    triple: String? = nil, cpu: String? = nil, features: String = "",
    optimization: OptimizationLevel = .o3, relocation: Relocation = .automatic
  ) {
    self.triple = triple
    self.cpu = cpu
    self.features = features
    self.optimization = optimization
    self.relocation = relocation
  }
}

/// The target as it was resolved.
package struct Target: Hashable, Sendable {
  /// The triple, normalised.
  package var triple: String
  /// The CPU, by LLVM's name; empty for LLVM's own default.
  package var cpu: String
  /// Features beyond those of the CPU, as `+avx2,-fma`.
  package var features: String
  /// Whether triple and CPU are those of this machine.
  package var isHost: Bool

  /// The architecture: the first part of the triple.
  package var architecture: Substring {
    triple.prefix { $0 != "-" }
  }

  /// Whether there is no operating system, as on a microcontroller.
  package var isBareMetal: Bool {
    let parts = triple.split(separator: "-", omittingEmptySubsequences: false).dropFirst()
    let systems = ["linux", "darwin", "macosx", "ios", "windows", "bsd", "wasi", "cuda", "android"]
    return !parts.contains { part in systems.contains { part.contains($0) } }
  }
}
