/// How wide the vectors of a CPU are.
extension TargetMachine {
  /// The bits of the widest vector registers that are worth using; 0 where there are none.
  package var vectorBits: Int { target.vectorBits }
}

extension Target {
  /// The bits of the widest vector registers that are worth using; 0 where there are none.
  ///
  /// LLVM's C API does not tell what a named CPU has, so the common ones stand in a table.
  package var vectorBits: Int {
    switch Backend(architecture: architecture) {
    case .x86: x86VectorBits
    case .aarch64: has("neon") == false ? 0 : 128
    case .arm: has("neon") == true || has("mve.fp") == true ? 128 : 0
    case .riscv: has("v") == true ? 128 : 0
    case .webAssembly: has("simd128") == true ? 128 : 0
    case .nvptx, .other: 0
    }
  }

  /// Whether an x86 CPU has vectors of 512 bits.
  package var hasAVX512: Bool { Backend(architecture: architecture) == .x86 && vectorBits == 512 }

  /// Whether it also has the later instructions for double words and quadwords, as all but Xeon Phi.
  package var hasAVX512DQ: Bool {
    guard hasAVX512 else { return false }
    return has("avx512dq")
      ?? (cpu.isIn(Target.cpusWithAVX512) && !cpu.isIn(["knl", "knm"]))
  }

  /// The bits on x86: by the CPU, then by what the features add and take away.
  private var x86VectorBits: Int {
    var bits = 128
    if cpu.isIn(Target.cpusWithAVX) { bits = 256 }
    if cpu.isIn(Target.cpusWithAVX512) { bits = 512 }
    switch has("avx") {
    case true?: bits = max(bits, 256)
    case false?: return 128
    case nil: break
    }
    switch has("avx512f") {
    case true?: bits = 512
    case false?: bits = min(bits, 256)
    case nil: break
    }
    return bits
  }

  /// Whether the features name one, with `+` or with `-`; the last one counts.
  private func has(_ feature: String) -> Bool? {
    let last = features.split(separator: ",").last { $0.dropFirst() == feature }
    return last.map { $0.hasPrefix("+") }
  }

  /// Beginnings of the names of x86 CPUs with 512-bit vectors.
  private static let cpusWithAVX512 = [
    "x86-64-v4", "skylake-avx512", "skx", "cascadelake", "cooperlake", "cannonlake", "icelake",
    "tigerlake", "rocketlake", "sapphirerapids", "emeraldrapids", "graniterapids",
    "diamondrapids", "novalake", "knl", "knm", "znver4", "znver5", "znver6",
  ]

  /// Beginnings of the names of x86 CPUs with 256-bit vectors, beside those with more.
  private static let cpusWithAVX = [
    "x86-64-v3", "sandybridge", "corei7-avx", "ivybridge", "core-avx", "haswell", "broadwell",
    "skylake", "alderlake", "raptorlake", "meteorlake", "gracemont", "arrowlake", "lunarlake",
    "pantherlake", "wildcatlake", "sierraforest", "grandridge", "clearwaterforest", "bdver",
    "btver2", "znver",
  ]
}

extension String {
  /// Whether it begins with one of `beginnings`.
  fileprivate func isIn(_ beginnings: [String]) -> Bool {
    beginnings.contains { hasPrefix($0) }
  }
}
