import LLVMInterop
import Support

/// What emission needs to know of the target.
struct TargetFacts {
  let pointerBits: Int
  let isLittleEndian: Bool
  let isBareMetal: Bool
  /// The attributes of every function.
  let attributes: [IRAttribute]
  /// Whether the product of two numbers of 64 bits can be had whole; WebAssembly would call a
  /// function of the compiler's run-time library.
  let multipliesWide: Bool
  /// Whether LLVM has the lesser and greater of two numbers of type `f64`: for 32-bit Arm, LLVM 22
  /// finds no instructions for what it makes of them.
  let ordersDoubles: Bool
  /// Whether the CPU multiplies vectors by powers of two, and orders them, in one step: AVX-512.
  let scalesVectors: Bool
  let ordersVectors: Bool
  /// Whether the CPU converts between `f16` and `f32` itself.
  let convertsHalves: Bool

  /// What is to be known of a machine; of one with CPUs of a level where that is given.
  init(
    _ machine: borrowing TargetMachine, _ options: CodeGenOptions, level: CPULevel? = nil
  ) {
    var target = machine.target
    if let level { target.cpu = level.rawValue }
    pointerBits = machine.pointerBits
    isLittleEndian = machine.dataLayout.hasPrefix("e")
    isBareMetal = target.isBareMetal
    multipliesWide = !target.architecture.hasPrefix("wasm")
    let isArm = target.architecture.hasPrefix("arm") || target.architecture.hasPrefix("thumb")
    ordersDoubles = !isArm || machine.pointerBits == 64
    scalesVectors = target.hasAVX512
    ordersVectors = target.hasAVX512DQ
    convertsHalves = TargetFacts.convertsHalves(target)
    var attributes = target.functionAttributes
    attributes += [.noUnwind, .mustProgress]
    if options.sanitizers.contains(.address) { attributes.append(.sanitizeAddress) }
    if options.sanitizers.contains(.thread) { attributes.append(.sanitizeThread) }
    attributes.append(.warnStackSize)
    let hasUnwinder = !target.isBareMetal && !target.architecture.hasPrefix("wasm")
    if hasUnwinder { attributes.append(.unwindTable) }
    self.attributes = attributes
  }

  /// `f16c` comes with AVX2 and a little earlier; what is not known is taken for missing, which is
  /// slower but right.
  private static func convertsHalves(_ target: Target) -> Bool {
    if target.architecture.hasPrefix("aarch64") || target.architecture.hasPrefix("arm64") {
      return true
    }
    guard target.architecture == "x86_64" else { return false }
    let named = target.features.split(separator: ",").last { $0.dropFirst() == "f16c" }
    if let named { return named.hasPrefix("+") }
    let withoutF16C = ["sandybridge", "corei7-avx", "bdver1"]
    return target.vectorBits >= 256 && !target.features.contains("avx")
      && !withoutF16C.contains(target.cpu)
  }

  /// The greatest size of an object in memory.
  var greatestSize: UInt64 { pointerBits == 64 ? UInt64(Int64.max) : UInt64(Int32.max) }
}
