import Glibc
import LLVMInterop
import Testing

/// Targets: what is known, what is refused, and what comes out for each.
@Suite struct TargetTests {
  /// Ends a process of its own as gradc does.
  @Sendable static func end(_ reason: String) -> Never {
    _ = reason.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    _exit(LLVMLibrary.internalErrorStatus)
  }

  /// A target and what the object for it begins with.
  struct Case: CustomTestStringConvertible {
    var request: TargetRequest
    var magic: [UInt8]
    var pointerBits: Int
    /// Byte 18 of an ELF file: the machine.
    var machine: UInt8?
    var testDescription: String { request.triple ?? "host" }

    /// A target whose objects are ELF files.
    static func elf(
      _ triple: String, _ cpu: String? = nil, bits: Int, machine: UInt8
    ) -> Case {
      Case(
        request: TargetRequest(triple: triple, cpu: cpu), magic: [0x7F, 0x45, 0x4C, 0x46],
        pointerBits: bits, machine: machine)
    }
  }

  static let cases: [Case] = [
    .elf("x86_64-linux-gnu", bits: 64, machine: 62),
    .elf("aarch64-linux-gnu", "cortex-a72", bits: 64, machine: 183),
    .elf("riscv64-linux-gnu", bits: 64, machine: 243),
    .elf("armv7-linux-gnueabihf", bits: 32, machine: 40),
    Case(
      request: TargetRequest(triple: "wasm32-unknown-unknown", features: "+simd128"),
      magic: [0x00, 0x61, 0x73, 0x6D], pointerBits: 32, machine: nil),
  ]

  @Test(arguments: cases) func emits(_ sample: Case) throws {
    let machine = try TargetMachine(sample.request)
    #expect(machine.pointerBits == sample.pointerBits)
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine)
    try module.verify()
    try module.run("default<O3>", on: machine)
    let assembly = try machine.emit(module.clone(), as: .assembly).text
    #expect(assembly.contains("scale:"))
    let object = try machine.emit(module, as: .object).bytes
    #expect(Array(object.prefix(4)) == sample.magic)
    if let expected = sample.machine { #expect(object[18] == expected) }
  }

  @Test func riscvOnLinuxPassesDoublesInRegisters() throws {
    let machine = try TargetMachine(TargetRequest(triple: "riscv64-linux-gnu"))
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine)
    let object = try machine.emit(module, as: .object).bytes
    // The flags of the ELF header: bits 1 and 2 are 2 for the double-float ABI.
    #expect((object[48] >> 1) & 3 == 2)
  }

  @Test func hostIsTheDefault() throws {
    let machine = try TargetMachine()
    #expect(machine.target.isHost)
    #expect(machine.target.triple == Host.triple)
    #expect(machine.target.cpu == Host.cpu)
    #expect(machine.target.features == Host.features)
  }

  @Test func anotherVendorIsStillTheHost() throws {
    var parts = Host.triple.split(separator: "-").map(String.init)
    parts[1] = "unknown"
    let machine = try TargetMachine(TargetRequest(triple: parts.joined(separator: "-")))
    #expect(machine.target.isHost)
    #expect(machine.target.cpu == Host.cpu)
  }

  @Test func anotherArchitectureGetsItsBaseline() throws {
    let machine = try TargetMachine(TargetRequest(triple: "aarch64-apple-darwin"))
    #expect(!machine.target.isHost)
    #expect(machine.target.cpu == "generic")
    #expect(machine.target.features == "")
  }

  @Test(arguments: ["", "nonsense", "pdp11-dec-ultrix", "x87_64-linux-gnu", "-", "\u{1F600}-linux"])
  func unknownTripleIsRefused(_ triple: String) {
    let error = #expect(throws: LLVMError.self) {
      _ = try TargetMachine(TargetRequest(triple: triple))
    }
    #expect(error == LLVMError(.target, "unknown target '\(triple)'"))
  }

  @Test func unknownCPUIsRefused() {
    let error = #expect(throws: LLVMError.self) {
      _ = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", cpu: "pentium17"))
    }
    #expect(error?.step == .target)
    #expect(
      error?.message.hasPrefix("unknown CPU 'pentium17' for target 'x86_64-unknown-linux-gnu'")
        == true)
  }

  @Test func nearestCPUIsProposed() async {
    // In a process of its own: LLVM tells its CPUs only once in each.
    await #expect(processExitsWith: .success) {
      let error = #expect(throws: LLVMError.self) {
        _ = try TargetMachine(TargetRequest(triple: "aarch64-linux-gnu", cpu: "cortex-a27"))
      }
      #expect(error?.message.hasSuffix("; did you mean 'cortex-a57'?") == true)
    }
  }

  @Test func fatalErrorEndsTheProcessWithItsOwnStatus() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(LLVMLibrary.internalErrorStatus),
      observing: [\.standardErrorContent]
    ) {
      LLVMLibrary.installFatalErrorHandler(TargetTests.end)
      let request = TargetRequest(triple: "x86_64-linux-gnu", cpu: "x86-64")
      let machine = try TargetMachine(request)
      let module = Module("fatal", in: Context())
      module.setTarget(machine)
      Sample.addScale(to: module, on: machine).add(.targetCPU("i386"))
      _ = try machine.emit(module, as: .object)
    }
    let printed = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(printed.hasPrefix("64-bit code requested"))
  }

  @Test func unknownFeatureIsRefused() {
    let error = #expect(throws: LLVMError.self) {
      _ = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", features: "+avx1024"))
    }
    let message = "unknown feature '+avx1024' for target 'x86_64-unknown-linux-gnu'"
    #expect(error == LLVMError(.target, message))
  }

  @Test(arguments: [
    ("x86_64-linux-gnu", "i386", "64-bit code requested"),
    ("riscv64-linux-gnu", "generic-rv32", "RV64 target requires an RV64 CPU"),
  ])
  func cpuOfAnotherWidthIsTheUsersMistake(
    _ triple: String, _ cpu: String, _ reason: String
  ) async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) { [triple, cpu] in
      LLVMLibrary.installFatalErrorHandler(TargetTests.end)
      _ = try TargetMachine(TargetRequest(triple: triple, cpu: cpu))
    }
    let printed = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(printed.contains("gradc: error: LLVM refuses the CPU '\(cpu)' for target"))
    #expect(printed.contains(reason))
  }

  @Test func nativeIsForTheHostAlone() throws {
    let native = try TargetMachine(TargetRequest(cpu: "native")).target
    #expect(native.cpu == Host.cpu)
    let other = Host.triple.hasPrefix("riscv64") ? "x86_64-linux-gnu" : "riscv64-linux-gnu"
    let error = #expect(throws: LLVMError.self) {
      _ = try TargetMachine(TargetRequest(triple: other, cpu: "native"))
    }
    #expect(error?.message.contains("'native'") == true)
  }

  @Test func vectorWidthFollowsCPUAndFeatures() throws {
    let pc = "x86_64-linux-gnu"
    let wasm = "wasm32-unknown-unknown"
    let expected: [(triple: String, cpu: String?, features: String, bits: Int)] = [
      (pc, "x86-64", "", 128), (pc, "haswell", "", 256), (pc, "skylake", "", 256),
      (pc, "skylake-avx512", "", 512), (pc, "znver3", "", 256), (pc, "znver5", "", 512),
      (pc, "znver5", "-avx512f", 256), (pc, "x86-64", "+avx512f", 512),
      (pc, "x86-64-v4", "-avx", 128), ("aarch64-linux-gnu", "cortex-a72", "", 128),
      (wasm, nil, "", 0), (wasm, nil, "+simd128", 128),
    ]
    for sample in expected {
      let machine = try TargetMachine(
        TargetRequest(triple: sample.triple, cpu: sample.cpu, features: sample.features))
      let bits = machine.vectorBits
      #expect(bits == sample.bits, "\(sample)")
    }
  }

  @Test func relocationIsFixedWithoutOperatingSystem() throws {
    for (triple, bare) in [
      ("thumbv7em-none-eabihf", true), ("riscv64-unknown-elf", true),
      ("x86_64-linux-gnu", false), ("aarch64-apple-macosx", false),
    ] {
      let target = try TargetMachine(TargetRequest(triple: triple)).target
      #expect(target.isBareMetal == bare, "\(triple)")
    }
  }

  @Test func versionIsThatOfTheHeaders() {
    #expect(LLVMLibrary.version.split(separator: ".").count == 3)
  }
}
