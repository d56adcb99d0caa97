package import LLVMInterop
import LoopIR
package import Support

/// How to compile.
package struct CodeGenOptions: Sendable {
  /// How much LLVM shall try, as `-O0` to `-O3` say.
  package enum Optimization: Int, Sendable {
    case none, less, normal, aggressive
  }

  package var optimization: Optimization
  /// A target triple; nil is this machine.
  package var triple: String?
  /// A CPU; nil is this machine's for its own triple, else one that all machines understand.
  package var cpu: String?
  /// Features to add and to leave out, as `+avx2,-fma`.
  package var features: String
  /// Where the code may stand in memory.
  package var relocation: Relocation
  /// Whether a debugger finds the lines of the source.
  package var debugInfo = false
  /// What watches the code while it runs.
  package var sanitizers: Set<Sanitizer> = []
  /// Whether a product and the sum that it goes into may be rounded once.
  package var contracts = true
  /// Whether functions of libm may give way to code of our own.
  package var replacesLibrary = true
  /// The steps of a loop from which on threads share it, if they may.
  package var leastSharedWork = Sharing.leastWork
  /// Whether the IR is checked before LLVM's passes run.
  package var verifies = false

  package init(
    optimization: Optimization = .aggressive, triple: String? = nil, cpu: String? = nil,
    features: String = "", relocation: Relocation = .automatic
  ) {
    self.optimization = optimization
    self.triple = triple
    self.cpu = cpu
    self.features = features
    self.relocation = relocation
  }

  /// The bytes of the target's vector registers, and their number; what x86-64 always has for a
  /// target that does not exist.
  package var vectorRegisters: (bytes: Int, count: Int) {
    // ThreadSanitizer sees no accesses that are longer.
    if sanitizers.contains(.thread) { return (16, 16) }
    guard let target = try? Target.resolve(targetRequest) else { return (16, 16) }
    let bytes = max(target.vectorBits / 8, 16)
    let isX86 = target.architecture == "x86_64"
    return (bytes, isX86 && bytes < 64 ? 16 : 32)
  }

  /// Whether the target has the levels of x86-64; so it is for one that does not exist.
  package var hasLevels: Bool {
    guard let target = try? Target.resolve(targetRequest) else { return true }
    return target.architecture == "x86_64"
  }

  /// What LLVM is asked for.
  var targetRequest: TargetRequest {
    TargetRequest(
      triple: triple, cpu: cpu, features: features,
      optimization: OptimizationLevel(rawValue: optimization.rawValue) ?? .o3,
      relocation: relocation)
  }
}
