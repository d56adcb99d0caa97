import LLVMInterop
import Testing

/// Debug information.
@Suite struct DebugInfoTests {
  /// A function of two lines with a parameter that a debugger can show.
  private func build(_ module: borrowing Module) throws {
    let context = module.context
    let debug = DebugInfo(
      for: module, file: DebugFile(name: "model.graph", directory: "/models"), producer: "gradc",
      isOptimized: false)
    let double = debug.number("double", bits: 64, .float)
    let file = debug.file(DebugFile(name: "model.graph", directory: "/models"))
    let type = context.function([context.double, context.pointer], returning: context.double)
    let function = module.addFunction("model", type)
    let scope = debug.define(
      function, name: "model", file: file, line: 2,
      types: [double, double, debug.pointer(to: double, bits: 64)])
    let builder = Builder(in: context)
    let entry = function.appendBlock("entry")
    builder.position(atEnd: entry)
    let first = debug.location(line: 2, column: 1, in: scope)
    builder.setLocation(first)
    let place = builder.alloca(context.double)
    builder.store(function.parameter(0), place)
    let x = debug.parameter("x", number: 1, type: double, file: file, line: 2, in: scope)
    debug.declare(x, at: place, first, in: entry)
    builder.setLocation(debug.location(line: 3, column: 7, in: scope))
    let square = builder.fmul(function.parameter(0), function.parameter(0))
    let local = debug.local("y", type: double, file: file, line: 3, in: scope)
    debug.describe(local, as: square, debug.location(line: 3, column: 7, in: scope), in: entry)
    builder.ret(square)
    debug.finish()
    try module.verify()
  }

  @Test func linesAndVariablesAreInTheModule() throws {
    let module = Module("model", in: Context())
    try build(module)
    let text = module.text
    #expect(text.contains("!DIFile(filename: \"model.graph\", directory: \"/models\")"))
    #expect(text.contains("!DILocation(line: 3, column: 7"))
    #expect(text.contains("!DILocalVariable(name: \"x\", arg: 1"))
    #expect(text.contains("!DILocalVariable(name: \"y\""))
    #expect(text.contains("DISubprogram(name: \"model\""))
  }

  @Test func objectHasLineTable() throws {
    let machine = try TargetMachine(
      TargetRequest(triple: "x86_64-linux-gnu", optimization: .o0))
    let module = Module("model", in: Context())
    module.setTarget(machine)
    try build(module)
    let assembly = try machine.emit(module.clone(), as: .assembly).text
    #expect(assembly.contains(".loc\t") && assembly.contains("3 7"))
    let object = try machine.emit(module, as: .object).text
    #expect(object.contains(".debug_line"))
  }
}
