import LLVMInterop

/// Functions that several tests build.
enum Sample {
  /// Adds `void scale(i64 n, double a, ptr x)`: `x[i] = a * x[i] + 1` for all `i < n`.
  @discardableResult
  static func addScale(
    to module: borrowing Module, on machine: borrowing TargetMachine, fastMath: FastMath = [],
    hints: [LoopHint] = [.mustProgress]
  ) -> IRFunction {
    let context = module.context
    let type = context.function(
      [context.i64, context.double, context.pointer], returning: context.void)
    let function = module.addFunction("scale", type)
    function.add(machine.target.functionAttributes)
    function.add([.noUnwind, .willReturn])
    function.add(.noAlias, toParameter: 2)
    let (entry, body, done) =
      (function.appendBlock("entry"), function.appendBlock("body"), function.appendBlock("done"))
    let (n, a, x) = (function.parameter(0), function.parameter(1), function.parameter(2))

    var builder = Builder(in: context)
    builder.fastMath = fastMath
    builder.position(atEnd: entry)
    builder.condBr(builder.icmp(.sgt, n, context.i64.zero), then: body, else: done)
    builder.position(atEnd: body)
    let i = builder.phi(context.i64, name: "i")
    i.add(context.i64.zero, from: entry)
    let place = builder.element(context.double, x, i.value)
    let product = builder.fmul(a, builder.load(context.double, place, align: 8))
    let sum = builder.fadd(product, context.double.constant(1.0))
    builder.store(sum, place, align: 8)
    let next = builder.add(i.value, context.i64.constant(1), noWrap: [.signed, .unsigned])
    i.add(next, from: body)
    let jump = builder.condBr(builder.icmp(.slt, next, n), then: body, else: done)
    builder.setLoop(context.loop(hints), of: jump)
    builder.position(atEnd: done)
    builder.retVoid()
    return function
  }

  /// A function `name` of these types, whose body `build` gives and which returns what it returns.
  static func addFunction(
    _ name: String, _ parameters: [IRType], returning result: IRType,
    to module: borrowing Module, fastMath: FastMath = [],
    _ build: (borrowing Builder, [IRValue]) -> IRValue
  ) {
    let type = module.context.function(parameters, returning: result)
    let function = module.addFunction(name, type)
    var builder = Builder(in: module.context)
    builder.fastMath = fastMath
    builder.position(atEnd: function.appendBlock("entry"))
    builder.ret(build(builder, parameters.indices.map(function.parameter)))
  }

  /// Builds a module for this machine with `build`, optimises it, and calls `use` with a JIT that
  /// holds it.
  static func run(
    passes: String = "default<O3>", _ build: (borrowing Module) throws -> Void,
    _ use: (borrowing LLJIT) throws -> Void
  ) throws {
    let machine = try TargetMachine()
    let module = Module("jit", in: Context())
    module.setTarget(machine)
    try build(module)
    try module.verify()
    try module.run(passes, on: machine)
    let jit = try LLJIT()
    try jit.add(module, on: machine)
    try use(jit)
  }
}
