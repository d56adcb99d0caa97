import CLLVM

/// What kind of file machine code is written to.
package enum FileKind: Hashable, Sendable {
  /// Machine code for the linker; the same as text.
  case object, assembly
}

/// A target with all that LLVM needs to know to make code for it.
package struct TargetMachine: ~Copyable {
  /// The handle.
  let ref: LLVMTargetMachineRef
  /// What the machine was made for.
  package let target: Target
  /// Sizes and alignments of types, in LLVM's spelling.
  package let dataLayout: String
  /// The size of a pointer.
  package let pointerBits: Int

  /// Resolves what the user asked for. An unknown triple, CPU or feature is a readable error.
  package init(_ request: TargetRequest = TargetRequest()) throws(LLVMError) {
    let target = try Target.resolve(request)
    if request.cpu != nil || !request.features.isEmpty {
      try Target.checkNames(target)
      try TargetMachine(target, request).tryOut()
    }
    try self.init(target, request)
  }

  /// The machine for a target that was resolved.
  private init(_ target: Target, _ request: TargetRequest) throws(LLVMError) {
    guard
      let ref = target.makeMachine(optimization: request.optimization, request.relocation)
    else {
      throw LLVMError(.target, "LLVM cannot make code for \(target.triple)")
    }
    let layout = LLVMCreateTargetDataLayout(ref)
    defer { LLVMDisposeTargetData(layout) }
    self.ref = ref
    self.target = target
    dataLayout = String(takingMessage: LLVMCopyStringRepOfTargetData(layout))
    pointerBits = Int(LLVMPointerSize(layout)) * 8
  }

  deinit {
    LLVMDisposeTargetMachine(ref)
  }

  /// Compiles an empty function, because LLVM looks only then whether CPU, features and triple go
  /// together, and ends the process if they do not.
  private borrowing func tryOut() throws(LLVMError) {
    let context = Context()
    let module = Module("trial", in: context)
    module.setTarget(self)
    let function = module.addFunction("trial", context.function([], returning: context.void))
    let builder = Builder(in: context)
    builder.position(atEnd: function.appendBlock())
    builder.retVoid()
    try LLVMLibrary.trying("the CPU '\(target.cpu)' for target '\(target.triple)'") {
      () throws(LLVMError) in _ = try emit(module, as: .assembly)
    }
  }

  /// Makes machine code of a module.
  ///
  /// LLVM rewrites the module on the way, so that it is of no use afterwards: who wants both object
  /// and assembly gives it a clone first.
  package func emit(
    _ module: borrowing Module, as kind: FileKind
  ) throws(LLVMError) -> MemoryBuffer {
    var frames: [String: Int] = [:]
    return try emit(module, as: kind, frames: &frames)
  }

  /// The same, with the bytes of stack of the functions that are to report them.
  ///
  /// Some of LLVM's back ends lack what programs need. That is no bug of the compiler's, except
  /// where it is made for them.
  package func emit(
    _ module: borrowing Module, as kind: FileKind, frames: inout [String: Int]
  ) throws(LLVMError) -> MemoryBuffer {
    if Backend(architecture: target.architecture).isComplete {
      return try make(kind, of: module, frames: &frames)
    }
    let tried = "this program as \(kind) for target '\(target.triple)'"
    do {
      return try LLVMLibrary.trying(tried) { () throws(LLVMError) in
        try make(kind, of: module, frames: &frames)
      }
    } catch {
      throw LLVMError(.target, LLVMLibrary.refusal(of: tried, error.message))
    }
  }

  private func make(
    _ kind: FileKind, of module: borrowing Module, frames: inout [String: Int]
  ) throws(LLVMError) -> MemoryBuffer {
    var message: UnsafeMutablePointer<CChar>?
    var buffer: LLVMMemoryBufferRef?
    let type = kind == .object ? LLVMObjectFile : LLVMAssemblyFile
    let failed = LLVMTargetMachineEmitToMemoryBuffer(ref, module.ref, type, &message, &buffer)
    let text = String(takingMessage: message)
    guard failed == 0, let buffer else { throw LLVMError(.emission, text) }
    let output = MemoryBuffer(taking: buffer)
    for report in module.context.takeReports() {
      if report.isError { throw LLVMError(.emission, report.message) }
      if let frame = report.frame { frames[frame.function] = frame.bytes }
    }
    return output
  }

}

extension Target {
  /// The attributes that make a function be compiled for this CPU.
  package var functionAttributes: [IRAttribute] {
    var attributes: [IRAttribute] = []
    if !cpu.isEmpty { attributes.append(.targetCPU(cpu)) }
    if !features.isEmpty { attributes.append(.targetFeatures(features)) }
    if vectorBits >= 512 { attributes.append(.preferVectorWidth(vectorBits)) }
    return attributes
  }

  /// LLVM's machine for this target; nil where LLVM refuses.
  func makeMachine(
    optimization: OptimizationLevel = .o0, _ relocation: Relocation = .automatic
  ) -> LLVMTargetMachineRef? {
    guard let llvmTarget = Backend.lookUp(triple) else { return nil }
    return LLVMCreateTargetMachine(
      llvmTarget, triple, cpu, features, optimization.raw, relocationMode(relocation),
      LLVMCodeModelDefault)
  }

  /// LLVM's word for where code may stand.
  private func relocationMode(_ relocation: Relocation) -> LLVMRelocMode {
    switch relocation {
    case .automatic: isBareMetal ? LLVMRelocStatic : LLVMRelocPIC
    case .pic: LLVMRelocPIC
    case .fixed: LLVMRelocStatic
    }
  }
}
