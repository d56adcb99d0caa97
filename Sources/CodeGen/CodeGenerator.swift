import LLVMInterop
package import LoopIR
package import Support

/// A kind of output.
package enum OutputKind: String, Hashable, Sendable, CaseIterable {
  case object = "obj"
  case assembly = "asm"
  case llvmIR = "llvm-ir"
  case bitcode = "llvm-bc"
  case header
  case moduleMap = "modulemap"
  case manifest
}

/// Makes the files of one object.
///
/// The module map needs no LLVM module; header and manifest state how much stack a call takes, for
/// which an object is made.
package struct CodeGenerator: ~Copyable {
  package let interface: ObjectInterface
  package let options: CodeGenOptions
  private let machine: TargetMachine

  /// Resolves the target; throws where the user asked for one that does not exist.
  ///
  /// - Requires: The functions are verified, and no two have the same name.
  package init(
    _ functions: [LoopFunction], outputName: String, files: SourceFiles, options: CodeGenOptions
  ) throws(CodeGenError) {
    do { machine = try TargetMachine(options.targetRequest) } catch { throw CodeGenError(error) }
    interface = ObjectInterface(
      functions, outputName: outputName, files: files, target: machine.target)
    self.options = options
  }

  /// Throws where threads are to share loops on a machine that has none.
  private func checkThreads() throws(CodeGenError) {
    let isWeb = machine.target.architecture.hasPrefix("wasm")
    guard interface.isShared, isWeb || machine.target.isBareMetal else { return }
    throw .unknownTarget(
      "'--threads=openmp' needs a runtime of OpenMP, and there is none for "
        + "\(machine.target.triple); leave the option out")
  }

  /// Makes some kinds of output; LLVM's optimisations run once for all.
  package func make(
    _ kinds: Set<OutputKind>, times: inout PassTimes
  ) throws(CodeGenError) -> [OutputKind: [UInt8]] {
    var size = CodeSize()
    return try make(kinds, times: &times, size: &size)
  }

  /// The same, with the size of the code where an object is made.
  package func make(
    _ kinds: Set<OutputKind>, times: inout PassTimes, size: inout CodeSize
  ) throws(CodeGenError) -> [OutputKind: [UInt8]] {
    try checkThreads()
    var outputs: [OutputKind: [UInt8]] = [:]
    if kinds.contains(.moduleMap) { outputs[.moduleMap] = Array(interface.moduleMap.utf8) }
    guard kinds != [.moduleMap], !kinds.isEmpty else { return outputs }
    let needsObject = !kinds.isDisjoint(with: [.object, .header, .manifest])
    let emitter = times.time("emit LLVM IR") { makeModule() }
    do {
      try optimize(emitter, times: &times)
      if kinds.contains(.llvmIR) { outputs[.llvmIR] = Array(emitter.module.text.utf8) }
      if kinds.contains(.bitcode) { outputs[.bitcode] = emitter.module.bitcode.bytes }
      // Making code spoils the module, so the first of two kinds gets a copy.
      if needsObject, kinds.contains(.assembly) {
        let copy = emitter.module.clone()
        outputs[.assembly] = try code(of: copy, .assembly, times: &times)
      } else if kinds.contains(.assembly) {
        outputs[.assembly] = try code(of: emitter.module, .assembly, times: &times)
      }
      if needsObject {
        let object = try object(of: emitter.module, times: &times, size: &size)
        if kinds.contains(.object) { outputs[.object] = object }
      }
    } catch {
      throw CodeGenError(error)
    }
    if kinds.contains(.header) { outputs[.header] = Array(interface.header(size).utf8) }
    if kinds.contains(.manifest) { outputs[.manifest] = Array(interface.manifest(size).utf8) }
    return outputs
  }

  /// What keeps LLVM's measures of frames from being all that a call takes of the stack; nil where
  /// they are. Sanitizers add to them while the program runs. In WebAssembly the frames stand in
  /// linear memory, and are all that is there; what the machine keeps apart is out of reach.
  private var obstacleToStack: String? {
    if !options.sanitizers.isEmpty { return "with sanitizers" }
    if interface.isShared { return "with threads" }
    let architecture = machine.target.architecture
    let measured = ["x86_64", "i386", "i686", "aarch64", "arm", "thumb", "riscv", "wasm"]
    return measured.contains { architecture.hasPrefix($0) } ? nil : "on \(architecture)"
  }

  /// Makes one kind of output.
  package func make(_ kind: OutputKind) throws(CodeGenError) -> [UInt8] {
    var times = PassTimes()
    return try make([kind], times: &times)[kind] ?? []
  }

  /// The module before LLVM's optimisations, as text.
  package func unoptimizedIR() -> String { makeModule().module.text }

  /// The module before LLVM's optimisations.
  private func makeModule() -> ObjectEmitter {
    let emitter = ObjectEmitter(interface, options, machine)
    emitter.emit()
    emitter.undefined?.add()
    return emitter
  }

  /// Runs LLVM's optimisations.
  private func optimize(_ emitter: ObjectEmitter, times: inout PassTimes) throws(LLVMError) {
    if options.verifies { try emitter.module.verify() }
    try times.time("optimize") { () throws(LLVMError) in
      try emitter.module.run(pipeline, on: machine)
      emitter.module.replaceStoresOfOneLane()
      emitter.replaceExtremes()
      guard emitter.emitLaneFunctions() else { return }
      emitter.undefined?.add()
      if options.verifies { try emitter.module.verify() }
      try emitter.module.run(CodeGenerator.lanePipeline, on: machine)
    }
  }

  /// The object of a module, which it spoils.
  private func object(
    of module: borrowing Module, times: inout PassTimes, size: inout CodeSize
  ) throws(LLVMError) -> [UInt8] {
    let calls = module.calls
    let parameters = module.functions.map { ($0.name, $0.parameterCount) }
    var frames: [String: Int] = [:]
    let bytes = try times.time("make object") { () throws(LLVMError) in
      let object = try machine.emit(module, as: .object, frames: &frames)
      size.code = object.codeSize
      return object.bytes
    }
    size.obstacleToStack = obstacleToStack
    if size.obstacleToStack == nil {
      let isWeb = machine.target.architecture.hasPrefix("wasm")
      size.addStacks(
        frames: frames, calls: calls, parameters: Dictionary(uniqueKeysWithValues: parameters),
        holdsCalls: !isWeb)
    }
    return bytes
  }

  /// The machine code of a module, which it spoils.
  private func code(
    of module: borrowing Module, _ kind: FileKind, times: inout PassTimes
  ) throws(LLVMError) -> [UInt8] {
    try times.time("make \(kind)") { () throws(LLVMError) in
      try machine.emit(module, as: kind).bytes
    }
  }
}
