import CodeGen
package import Support

/// What `gradc FILE` is asked to write.
package enum EmitKind: String, CaseIterable, Sendable {
  case obj, asm, llvmIR = "llvm-ir", llvmBC = "llvm-bc", header, modulemap, manifest, loops
  case graph, adjoint, dot

  /// What stands behind the stem of the output's name.
  package var suffix: String {
    switch self {
    case .obj: ".o"
    case .asm: ".s"
    case .llvmIR: ".ll"
    case .llvmBC: ".bc"
    case .header: ".h"
    case .modulemap: ".modulemap"
    case .manifest: ".json"
    case .loops: ".loops"
    // Names that are not the input's.
    case .graph: ".rewritten.graph"
    case .adjoint: ".adjoint.graph"
    case .dot: ".dot"
    }
  }

  /// Whether it is text that may go to a terminal.
  package var isText: Bool {
    switch self {
    case .obj, .llvmBC: false
    case .asm, .llvmIR, .header, .modulemap, .manifest, .loops, .graph, .adjoint, .dot: true
    }
  }
}

extension EmitKind {
  /// Whether it shows the graph, for which no loops are made.
  var isGraph: Bool { self == .graph || self == .adjoint }

  /// What code generation makes for it; nil for what is made without.
  var generated: CodeGen.OutputKind? { CodeGen.OutputKind(rawValue: rawValue) }
}

/// The machine to make code for, as the user says it.
package struct TargetChoice: Sendable {
  /// A target triple; nil is this machine's.
  package var triple: String?
  /// A CPU; nil is this machine's for its own triple.
  package var cpu: String?
  /// The levels of x86-64 that code is made for, in ascending order; none for one CPU.
  package var levels: [CPULevel] = []
  /// How much the code is optimised, 0 to 3.
  package var optimization: Int

  package init(triple: String? = nil, cpu: String? = nil, optimization: Int = 3) {
    self.triple = triple
    self.cpu = cpu
    self.optimization = optimization
  }

  /// Whether the target has the levels of x86-64, or is one that is refused anyway.
  package var hasLevels: Bool { CodeGenOptions(triple: triple).hasLevels }
}

/// What has to be known to make code from a file.
package struct CompileOptions: Sendable {
  package var input: String
  /// The output's path, `-` for standard output; nil for the input's name with another suffix.
  package var output: String?
  package var emit: [EmitKind] = []
  package var target = TargetChoice()
  package var hasDebugInfo = false
  package var sanitizers: Set<Sanitizer> = []
  package var budgets = Budgets()
  /// Sizes that symbols are fixed to.
  package var dims: [String: Int] = [:]
  /// What `real` stands for.
  package var real = DType.f64
  package var isStrict = false
  /// Whether the code calls LAPACK where matrices may be large.
  package var usesLAPACK = false
  /// Whether the code calls BLAS for products of large matrices, unless it is strict.
  package var usesBLAS = false
  /// Whether threads of OpenMP share the turns of loops.
  package var usesThreads = false
  package var disabledRules: Set<String> = []
  package var rewriteLimit: Int?
  /// Passes whose result is shown on standard error; `all` for every one.
  package var printAfter: Set<String> = []
  /// Whether what each pass and each rule changes is shown on standard error.
  package var printsChanges = false
  package var showsStatistics = false
  package var showsTimes = false
  package var writesDependencies = false
  package var hasColour: Bool?
  /// Shared libraries with the C functions that graphs call, for what runs in this process.
  package var libraries: [String] = []

  package init(input: String) { self.input = input }
}
