import LLVMInterop
import Testing

/// Instructions and what is attached to them, seen in the printed IR.
@Suite struct InstructionTests {
  /// The text of a module with one function of a number, a pointer and a flag, built by `build`.
  private func text(
    _ build: (borrowing Builder, IRFunction, borrowing Module) -> Void
  ) throws -> String {
    let context = Context()
    let module = Module("instructions", in: context)
    let type = context.function(
      [context.i64, context.pointer, context.i1], returning: context.void)
    let function = module.addFunction("f", type)
    let builder = Builder(in: context)
    builder.position(atEnd: function.appendBlock("entry"))
    build(builder, function, module)
    builder.retVoid()
    try module.verify()
    return module.text
  }

  @Test func attributes() throws {
    let text = try text { _, function, _ in
      function.add([
        .noUnwind, .willReturn, .noInline, .memory(.argument), .preferVectorWidth(512),
        .unwindTable, .string("key", "value"),
      ])
      function.add(.aligned(64), toParameter: 1)
      function.add(.nonNull, toParameter: 1)
      function.add(.readOnly, toParameter: 1)
      function.add(.noCapture, toParameter: 1)
      function.add(.dereferenceable(8), toParameter: 1)
    }
    #expect(text.contains("nonnull readonly"))
    #expect(text.contains("align 64"))
    #expect(text.contains("captures(none)") || text.contains("nocapture"))
    #expect(text.contains("dereferenceable(8)"))
    #expect(text.contains("memory(argmem: readwrite)"))
    #expect(text.contains("noinline nounwind willreturn"))
    #expect(text.contains("\"prefer-vector-width\"=\"512\""))
    #expect(text.contains("\"key\"=\"value\""))
  }

  @Test(arguments: [
    (MemoryEffects.none, "memory(none)"), (.read, "memory(read)"),
    (.argumentRead, "memory(argmem: read)"),
  ])
  func memoryEffects(_ effects: MemoryEffects, _ spelling: String) throws {
    let text = try text { _, function, _ in function.add(.memory(effects)) }
    #expect(text.contains(spelling))
  }

  @Test func memory() throws {
    let text = try text { b, f, _ in
      let (n, p) = (f.parameter(0), f.parameter(1))
      let place = b.alloca(b.context.i64.array(4), align: 64, name: "place")
      b.memcpy(to: place, align: 64, from: p, align: 8, bytes: b.context.i64.constant(32))
      b.memset(p, align: 8, byte: b.context.i8.zero, bytes: n)
      b.memmove(to: p, align: 1, from: place, align: 1, bytes: n)
      let structure = b.context.structure([b.context.i64, b.context.double])
      b.store(n, b.field(structure, p, 1, name: "field"), align: 4)
      b.store(n, b.elementNoWrap(b.context.i64, p, n, name: "next"))
    }
    #expect(text.contains("%place = alloca [4 x i64], align 64"))
    #expect(text.contains("call void @llvm.memcpy.p0.p0.i64(ptr align 64 %place, ptr align 8 %1"))
    #expect(text.contains("call void @llvm.memset.p0.i64(ptr align 8 %1, i8 0, i64 %0"))
    #expect(text.contains("call void @llvm.memmove"))
    #expect(text.contains("%field = getelementptr inbounds"))
    #expect(text.contains("store i64 %0, ptr %field, align 4"))
    #expect(text.contains("%next = getelementptr inbounds nuw i64, ptr %1, i64 %0"))
  }

  @Test func metadata() throws {
    let text = try text { b, f, _ in
      let context = b.context
      let domain = context.aliasDomain("buffers")
      let x = context.metadata([context.aliasScope("x", in: domain)])
      let y = context.metadata([context.aliasScope("y", in: domain)])
      let load = b.load(context.i64, f.parameter(1))
      b.setAliasScopes(of: load, in: x, notIn: y)
      b.setRange(0, 100, of: load)
      b.setInvariant(load)
      // A folded constant has no metadata, and asking for some is harmless.
      b.attach(x, "alias.scope", to: b.add(context.i64.constant(1), context.i64.constant(2)))
      let (loop, done) = (b.appendBlock("loop"), b.appendBlock("done"))
      b.br(loop)
      b.position(atEnd: loop)
      let jump = b.condBr(f.parameter(2), then: loop, else: done)
      b.setLoop(context.loop([.vectorWidth(8), .noUnroll, .mustProgress]), of: jump)
      b.setWeights([1000, 1], of: jump)
      b.position(atEnd: done)
    }
    #expect(text.contains("!alias.scope"))
    #expect(text.contains("!noalias"))
    #expect(text.contains("!invariant.load"))
    #expect(text.contains("!{i64 0, i64 100}"))
    #expect(text.contains("!{!\"branch_weights\", i32 1000, i32 1}"))
    #expect(text.contains("!{!\"llvm.loop.vectorize.width\", i32 8}"))
    #expect(text.contains("!{!\"llvm.loop.unroll.disable\"}"))
    // The domain, two scopes and the loop refer to themselves, so that they are equal to no other.
    #expect(text.split(separator: "\n").count { $0.contains(" = distinct !{!") } == 4)
  }

  @Test func control() throws {
    let text = try text { b, f, m in
      let context = b.context
      let (one, two, done) =
        (b.appendBlock("one"), b.appendBlock("two"), f.appendBlock("done"))
      let choice = b.switch(f.parameter(0), fallback: done)
      choice.addCase(context.i64.constant(1), one)
      choice.addCase(context.i64.constant(2), two)
      #expect(f.entry.isTerminated)
      #expect(f.entry.terminator == choice.value)
      b.position(atEnd: one)
      b.br(done)
      b.position(atEnd: two)
      let type = context.function([], returning: context.void)
      let callee = m.declare("stop", type)
      let call = b.call(callee, [])
      b.add(.noReturn, toCall: call)
      b.unreachable()
      b.position(atEnd: done)
      let phi = b.phi(context.i64, name: "which")
      phi.add(context.i64.constant(10), from: f.entry)
      phi.add(context.i64.constant(11), from: one)
      #expect(b.block == done)
      #expect(done.first == phi.value)
    }
    #expect(text.contains("switch i64 %0, label %done ["))
    #expect(text.contains("%which = phi i64 [ 10, %entry ], [ 11, %one ]"))
    #expect(text.contains("attributes #0 = { noreturn }"))
  }

  @Test func wordsThatThreadsShare() throws {
    let text = try text { b, f, m in
      let word = m.addGlobal("word", b.context.i32, linkage: .internal)
      word.setInitializer(b.context.i32.zero)
      b.storeAtomic(b.loadAtomic(b.context.i32, word.value, align: 4), word.value, align: 4)
      f.setSavingCallingConvention()
    }
    #expect(text.contains("load atomic i32, ptr @word monotonic, align 4"))
    #expect(text.contains("store atomic i32 %3, ptr @word monotonic, align 4"))
    #expect(text.contains("define preserve_mostcc"))
  }

  @Test func inlineAssembly() throws {
    let text = try text { b, _, _ in
      let type = b.context.function([], returning: b.context.void)
      let barrier = b.inlineAssembly(
        "", constraints: "~{memory}", type: type, sideEffects: true)
      b.call(barrier, type: type, [])
    }
    #expect(text.contains("call void asm sideeffect \"\", \"~{memory}\"()"))
  }

  @Test func fastMathIsOnlyWhereItCanBe() throws {
    let context = Context()
    let module = Module("flags", in: context)
    Sample.addFunction(
      "f", [context.double, context.double], returning: context.double, to: module,
      fastMath: [.reassociate, .contract, .allowReciprocal]
    ) { b, p in
      let sum = b.fadd(p[0], p[1])
      let constant = b.fmul(context.double.constant(2), context.double.constant(3))
      let integer = b.fptosi(sum, to: context.i64)
      return b.select(b.icmp(.eq, integer, context.i64.zero), sum, constant)
    }
    try module.verify()
    #expect(module.text.contains("fadd reassoc arcp contract double"))
    #expect(module.text.contains("double 6.000000e+00"))
  }
}
