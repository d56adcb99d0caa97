import LLVMInterop
import Testing

/// Modules: building, verification, passes, and what comes out.
@Suite struct ModuleTests {
  @Test func printsWhatWasBuilt() throws {
    let machine = try TargetMachine()
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    module.setSourceFile("scale.graph")
    Sample.addScale(to: module, on: machine, fastMath: [.contract, .noSignedZeros])
    try module.verify()
    let text = module.text
    #expect(text.contains("source_filename = \"scale.graph\""))
    #expect(text.contains("target triple = \"\(Host.triple)\""))
    #expect(text.contains("define void @scale(i64 %0, double %1, ptr noalias %2)"))
    #expect(text.contains("fmul nsz contract double"))
    #expect(text.contains("add nuw nsw i64 %i, 1"))
    #expect(text.contains("\"target-cpu\"=\"\(Host.cpu)\""))
  }

  @Test func verifierTellsWhatIsWrong() throws {
    let context = Context()
    let module = Module("broken", in: context)
    let type = context.function([context.i32], returning: context.i64)
    let function = module.addFunction("broken", type)
    let builder = Builder(in: context)
    builder.position(atEnd: function.appendBlock())
    builder.ret(function.parameter(0))
    #expect(!function.isValid)
    let error = #expect(throws: LLVMError.self) { try module.verify() }
    #expect(error?.step == .verification)
    #expect(error?.message.contains("return type") == true)
  }

  @Test func unknownPassIsAnError() throws {
    let machine = try TargetMachine()
    let module = Module("empty", in: Context())
    let error = #expect(throws: LLVMError.self) { try module.run("no-such-pass", on: machine) }
    #expect(error?.step == .passes)
    #expect(error?.message.contains("no-such-pass") == true)
  }

  @Test func optimisationVectorizes() throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", cpu: "x86-64-v4"))
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine, fastMath: [.contract])
    try module.run("default<O3>", on: machine)
    #expect(module.text.contains("fmul contract <8 x double>"))
    let assembly = try machine.emit(module, as: .assembly).text
    #expect(assembly.contains("zmm"))
    #expect(assembly.contains("vfmadd"))
  }

  @Test func interleavingCanBeSwitchedOff() throws {
    func vectorLoads(_ options: PassOptions) throws -> Int {
      let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", cpu: "x86-64-v4"))
      let module = Module("scale", in: Context())
      module.setTarget(machine)
      Sample.addScale(to: module, on: machine)
      try module.run("default<O3>", on: machine, options: options)
      return module.text.split(separator: "\n").count { $0.contains("= load <8 x double>") }
    }
    var options = PassOptions()
    let interleaved = try vectorLoads(options)
    #expect(interleaved > 1)
    options.loopInterleaving = false
    let single = try vectorLoads(options)
    #expect(single == 1)
  }

  @Test func equalFunctionsCanBeMerged() throws {
    func bodies(_ options: PassOptions) throws -> Int {
      let machine = try TargetMachine()
      let module = Module("equal", in: Context())
      module.setTarget(machine)
      for name in ["f", "g"] {
        let double = module.context.double
        Sample.addFunction(name, [double, double], returning: double, to: module) { b, p in
          (0..<10).reduce(p[0]) { sum, _ in b.fmul(b.fadd(sum, p[1]), p[0]) }
        }
      }
      try module.run("default<O2>", on: machine, options: options)
      return module.text.split(separator: "\n").count { $0.contains("= fmul") } / 10
    }
    var options = PassOptions()
    let apart = try bodies(options)
    #expect(apart == 2)
    options.mergeFunctions = true
    let merged = try bodies(options)
    #expect(merged == 1)
  }

  @Test func loopIsLeftAloneWhenHinted() throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", cpu: "x86-64-v4"))
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine, hints: [.mustProgress, .vectorize(false)])
    var options = PassOptions()
    options.verifyEach = true
    try module.run("default<O3>", on: machine, options: options)
    #expect(!module.text.contains("x double>"))
  }

  @Test(arguments: [false, true]) func straightCodeIsLeftAloneWhenAsked(_ isLeftAlone: Bool) throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", cpu: "x86-64-v4"))
    let context = Context()
    let module = Module("straight", in: context)
    module.setTarget(machine)
    let type = context.function([context.pointer, context.pointer], returning: context.void)
    let function = module.addFunction("square", type)
    function.add(machine.target.functionAttributes)
    function.add(.noAlias, toParameter: 1)
    if isLeftAlone { function.add(.noImplicitFloat) }
    let builder = Builder(in: context)
    builder.position(atEnd: function.appendBlock())
    for i in 0..<8 {
      let index = context.i64.constant(i)
      let x = builder.load(
        context.double, builder.element(context.double, function.parameter(0), index))
      builder.store(
        builder.fmul(x, x), builder.element(context.double, function.parameter(1), index))
    }
    builder.retVoid()
    try module.run("default<O3>", on: machine)
    let text = module.text
    #expect(text.contains("x double>") == !isLeftAlone)
  }

  @Test func withoutContractNothingIsFused() throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu", cpu: "x86-64-v4"))
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine)
    try module.run("default<O3>", on: machine)
    let assembly = try machine.emit(module, as: .assembly).text
    #expect(assembly.contains("vmulpd"))
    #expect(!assembly.contains("vfmadd"))
  }

  @Test func sanitizerInstruments() throws {
    let machine = try TargetMachine()
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine).add(.sanitizeAddress)
    try module.run("default<O2>,asan", on: machine)
    #expect(module.text.contains("__asan_report"))
  }

  @Test func bitcodeBeginsAsBitcodeDoes() throws {
    let module = Module("scale", in: Context())
    Sample.addScale(to: module, on: try TargetMachine())
    #expect(module.bitcode.bytes.prefix(4) == [0x42, 0x43, 0xC0, 0xDE])
  }

  @Test func cloneIsIndependent() throws {
    let machine = try TargetMachine()
    let module = Module("scale", in: Context())
    module.setTarget(machine)
    Sample.addScale(to: module, on: machine)
    let before = module.text
    let copy = module.clone()
    try copy.run("default<O3>", on: machine)
    #expect(copy.text != before)
    #expect(module.text == before)
    let object = try machine.emit(module.clone(), as: .object)
    #expect(object.count > 0)
    #expect(module.text == before)
  }

  @Test func sameInputGivesTheSameBytes() throws {
    func object() throws -> [UInt8] {
      let machine = try TargetMachine()
      let module = Module("scale", in: Context())
      module.setTarget(machine)
      Sample.addScale(to: module, on: machine)
      try module.run("default<O3>", on: machine)
      return try machine.emit(module, as: .object).bytes
    }
    let first = try object()
    let second = try object()
    #expect(first == second)
  }

  @Test func symbolsHaveLinkageVisibilityAndFurtherNames() throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu"))
    let context = Context()
    let module = Module("symbols", in: context)
    module.setTarget(machine)
    let function = Sample.addScale(to: module, on: machine)
    function.setVisibility(.protected)
    module.addAlias("scale_0123456789abcdef", of: function)
    let data = module.addText("message", "out of range")
    data.setSection(".rodata.messages")
    module.addAlias("text", of: data)
    let counter = module.addGlobal("counter", context.i64, linkage: .internal)
    counter.setInitializer(context.i64.constant(-5))
    module.appendAssembly(".globl marker\nmarker:\n")
    try module.verify()
    let text = module.text
    #expect(text.contains("@scale_0123456789abcdef = alias void (i64, double, ptr), ptr @scale"))
    #expect(text.contains("define protected void @scale"))
    #expect(text.contains("@counter = internal global i64 -5"))
    #expect(text.contains("c\"out of range\\00\", section \".rodata.messages\", align 1"))
    let assembly = try machine.emit(module, as: .assembly).text
    // LLVM 19 writes the same as `.set scale_0123456789abcdef, scale`.
    let names = assembly.split(separator: "\n").filter { $0.contains("scale_0123456789abcdef") }
    #expect(names.contains { $0.hasSuffix("= scale") || $0.hasSuffix(", scale") })
    #expect(assembly.contains("marker:"))
  }

  @Test func findsAndDeclaresFunctions() throws {
    let context = Context()
    let module = Module("functions", in: context)
    let type = context.function([context.double], returning: context.double)
    #expect(module.function("exp") == nil)
    let declared = module.declare("exp", type)
    #expect(module.declare("exp", type) == declared)
    #expect(declared.isDeclaration)
    #expect(module.functions.map(\.name) == ["exp"])
    declared.erase()
    #expect(module.functions.isEmpty)
  }

  @Test func malformedAssemblyIsReportedNotPrinted() throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu"))
    let module = Module("broken", in: Context())
    module.setTarget(machine)
    module.appendAssembly("no such instruction")
    let error = #expect(throws: LLVMError.self) { _ = try machine.emit(module, as: .object) }
    #expect(error?.step == .emission)
    #expect(error?.message.isEmpty == false)
  }
}
