import CLLVM
import Support

/// From what the user asked for to a target that LLVM knows.
extension Target {
  /// Finds the target; throws where the triple is unknown.
  package static func resolve(_ request: TargetRequest) throws(LLVMError) -> Target {
    let triple = request.triple.map(Host.normalize) ?? Host.triple
    var target = Target(triple: triple, cpu: "", features: request.features, isHost: false)
    guard Backend.lookUp(triple) != nil else {
      throw LLVMError(.target, "unknown target '\(request.triple ?? triple)'")
    }
    try target.chooseCPU(request)
    return target
  }

  /// Chooses CPU and features; throws where `native` is asked for another architecture.
  private mutating func chooseCPU(_ request: TargetRequest) throws(LLVMError) {
    let wantsHost = request.cpu == "native" || (request.cpu == nil && matches(Host.triple))
    if wantsHost {
      let hostArchitecture = Host.triple.prefix { $0 != "-" }
      guard architecture == hostArchitecture else {
        throw LLVMError(
          .target, "the CPU 'native' is for \(hostArchitecture), not for '\(architecture)'")
      }
      cpu = Host.cpu
      features = Self.join(Host.features, request.features)
      isHost = true
    } else if let name = request.cpu {
      cpu = name
    } else {
      let base = baseline
      cpu = base.cpu
      features = Self.join(base.features, request.features)
    }
  }

  /// The CPU whose code all machines of the triple run.
  private var baseline: (cpu: String, features: String) {
    // What operating systems on RISC-V take for granted; on bare metal, no floating point is.
    let riscv = isBareMetal ? "+m,+a,+c" : "+m,+a,+f,+d,+c"
    return switch Backend(architecture: architecture) {
    case .x86: (architecture.hasPrefix("x86_64") ? "x86-64" : "i686", "")
    case .aarch64, .arm, .webAssembly: ("generic", "")
    case .riscv: (architecture.hasPrefix("riscv64") ? "generic-rv64" : "generic-rv32", riscv)
    case .nvptx: ("sm_70", "")
    case .other: ("", "")
    }
  }

  /// Whether two triples agree in all but the vendor, which changes nothing.
  private func matches(_ other: String) -> Bool {
    /// The parts of a triple but the second.
    func withoutVendor(_ triple: String) -> [Substring] {
      var parts = triple.split(separator: "-", omittingEmptySubsequences: false)
      if parts.count > 2 { parts.remove(at: 1) }
      return parts
    }
    return withoutVendor(triple) == withoutVendor(other)
  }

  /// Two lists of features as one.
  private static func join(_ a: String, _ b: String) -> String {
    [a, b].filter { !$0.isEmpty }.joined(separator: ",")
  }
}

/// Names that LLVM does not know.
extension Target {
  /// Throws where LLVM does not know the CPU or a feature.
  static func checkNames(_ target: Target) throws(LLVMError) {
    let printed = StandardErrorCapture.run {
      if let machine = target.makeMachine() { LLVMDisposeTargetMachine(machine) }
    }.printed
    for line in (printed ?? "").split(separator: "\n") {
      let name = quoted(line) ?? ""
      if line.contains("is not a recognized processor") {
        throw LLVMError(.target, target.unknownCPU(name))
      }
      if line.contains("is not a recognized feature") {
        throw LLVMError(.target, "unknown feature '\(name)' for target '\(target.triple)'")
      }
      // Not LLVM's, so it was caught by accident.
      LLVMLibrary.printError(String(line))
    }
  }

  /// The name in single quotes at the beginning of a complaint of LLVM's.
  private static func quoted(_ line: Substring) -> String? {
    let parts = line.split(separator: "'", omittingEmptySubsequences: false)
    return parts.count >= 3 ? String(parts[1]) : nil
  }

  /// The message for an unknown CPU, with the nearest known one.
  private func unknownCPU(_ name: String) -> String {
    let message = "unknown CPU '\(name)' for target '\(triple)'"
    guard let near = NearestName.of(name, in: knownCPUs()) else { return message }
    return message + "; did you mean '\(near)'?"
  }

  /// The CPUs that LLVM knows for this target. LLVM prints its list only once in a process, so this
  /// is empty the second time.
  func knownCPUs() -> [String] {
    var asking = self
    asking.cpu = "help"
    asking.features = ""
    let printed = StandardErrorCapture.run {
      if let machine = asking.makeMachine() { LLVMDisposeTargetMachine(machine) }
    }.printed
    let lines = (printed ?? "").split(separator: "\n")
    return lines.filter { $0.hasPrefix("  ") && $0.hasSuffix(" processor.") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }
}
