import LLVMInterop
import Support

/// What `cpuid` tells of the CPU that runs the code, and `xgetbv` of the registers that the
/// operating system keeps.
struct CPUFeatures {
  private let object: ObjectEmitter
  /// ECX of leaf 1.
  private let basic: IRValue
  /// EBX of leaf 7.
  private let structured: IRValue
  /// ECX of leaf 8000_0001h.
  private let extended: IRValue
  /// XCR0: the registers that are saved when another thread runs.
  private let saved: IRValue

  /// Emits the questions; afterwards the builder stands behind the answers.
  init(_ object: ObjectEmitter) {
    self.object = object
    basic = object.cpuid(leaf: 1, .c)
    structured = object.cpuid(leaf: 7, .b)
    extended = object.cpuid(leaf: 0x8000_0001, .c)
    saved = object.savedRegisters(basic)
  }

  /// Whether the CPU has what a level has beyond the one below it.
  func has(_ level: CPULevel) -> IRValue {
    let needed = level.features
    let pairs = [
      (basic, needed.basic), (structured, needed.structured), (extended, needed.extended),
      (saved, needed.saved),
    ]
    var all = object.context.true
    for (word, bits) in pairs where bits != 0 {
      let mask = object.context.i32.constant(bits)
      let hasBits = object.builder.icmp(.eq, object.builder.and(word, mask), mask)
      all = object.builder.and(all, hasBits)
    }
    return all
  }
}

extension CPULevel {
  /// The bits of the features of a level.
  fileprivate typealias Features = (
    basic: UInt32, structured: UInt32, extended: UInt32, saved: UInt32
  )

  /// What a level has beyond the one below it (System V ABI, AMD64 supplement, table "Micro-
  /// Architecture Levels"), with the state that vectors need the operating system to save.
  fileprivate var features: Features {
    switch self {
    case .v1: (0, 0, 0, 0)
    case .v2:
      // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT; LAHF.
      (.bits(0, 9, 13, 19, 20, 23), 0, .bits(0), 0)
    case .v3:
      // FMA, MOVBE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT; XMM, YMM.
      (.bits(12, 22, CPULevel.osxsave, 28, 29), .bits(3, 5, 8), .bits(5), .bits(1, 2))
    case .v4:
      // AVX512F, DQ, CD, BW, VL; XMM, YMM, masks, upper halves of ZMM 0 to 15, ZMM 16 to 31.
      (0, .bits(16, 17, 28, 30, 31), 0, .bits(1, 2, 5, 6, 7))
    }
  }

  /// The bit of leaf 1 that says that programs may execute `xgetbv`.
  fileprivate static let osxsave = 27
}

extension UInt32 {
  /// The word with some bits set.
  fileprivate static func bits(_ numbers: Int...) -> UInt32 {
    numbers.reduce(0) { $0 | 1 << UInt32($1) }
  }
}

extension ObjectEmitter {
  /// A register that `cpuid` writes, by its place among the results.
  fileprivate enum Register: Int {
    case a, b, c, d
  }

  /// A word of a leaf of `cpuid`; 0 where the CPU has no such leaf and would tell anything.
  fileprivate func cpuid(leaf: UInt32, _ register: Register) -> IRValue {
    let highest = cpuid(leaf & 0x8000_0000, .a)
    let word = cpuid(leaf, register)
    let isThere = builder.icmp(.uge, highest, context.i32.constant(leaf))
    return builder.select(isThere, word, context.i32.zero)
  }

  /// Executes `cpuid`. It writes RBX, which LLVM may need for itself.
  private func cpuid(_ leaf: UInt32, _ register: Register) -> IRValue {
    let number = context.i32
    let type = context.function(
      [number, number], returning: context.structure([number, number, number, number]))
    let assembly = builder.inlineAssembly(
      "movq %rbx, ${1:q}\n\tcpuid\n\txchgq %rbx, ${1:q}",
      constraints: "={ax},=&r,={cx},={dx},0,2,~{dirflag},~{fpsr},~{flags}", type: type,
      sideEffects: false)
    let words = builder.call(assembly, type: type, [number.constant(leaf), number.zero])
    return builder.extractValue(words, register.rawValue)
  }

  /// The lower half of XCR0; 0 where the operating system does not let programs ask.
  fileprivate func savedRegisters(_ basic: IRValue) -> IRValue {
    let number = context.i32
    let bit = number.constant(UInt32(1) << UInt32(CPULevel.osxsave))
    let start = builder.block
    let ask = builder.appendBlock("ask")
    let done = builder.appendBlock("done")
    builder.condBr(
      builder.icmp(.ne, builder.and(basic, bit), number.zero), then: ask, else: done)
    position(atEnd: ask)
    let type = context.function([number], returning: context.structure([number, number]))
    let assembly = builder.inlineAssembly(
      "xgetbv", constraints: "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}", type: type,
      sideEffects: true)
    let asked = builder.extractValue(builder.call(assembly, type: type, [number.zero]), 0)
    builder.br(done)
    position(atEnd: done)
    let saved = builder.phi(number, name: "saved")
    saved.add(number.zero, from: start)
    saved.add(asked, from: ask)
    return saved.value
  }
}
