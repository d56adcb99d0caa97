import LLVMInterop
import LoopIR
import Support

/// A function that calls a compiled function with arguments from an array of pointers: how gradc
/// calls what it has compiled without knowing its type.
enum CallThunk {
  /// The name of the thunk.
  static let name = "gradc_call"

  /// Adds to `module` `int gradc_call(void **arguments)`, which calls `function` with, in order,
  /// the `int64_t` that each symbol's pointer holds, scalars by value and tensors as they are, result
  /// pointers, the workspace, and the `int64_t` with its size that the last pointer holds.
  static func add(for function: LoopFunction, to module: borrowing Module, in context: Context) {
    var types: [IRType] = function.symbols.map { _ in context.i64 }
    types += function.parameters.map { type(of: $0, in: context) }
    types += function.results.map { _ in context.pointer }
    types += [context.pointer, context.i64]
    let target = module.declare(function.name, context.function(types, returning: context.i32))
    let thunk = module.addFunction(
      name, context.function([context.pointer], returning: context.i32))
    let builder = Builder(in: context)
    builder.position(atEnd: thunk.appendBlock("entry"))
    var arguments: [IRValue] = []
    for (number, type) in types.enumerated() {
      let slot = builder.element(
        context.pointer, thunk.parameter(0), context.i64.constant(number))
      let pointer = builder.load(context.pointer, slot, align: 8)
      arguments.append(type == context.pointer ? pointer : builder.load(type, pointer, align: 1))
    }
    builder.ret(builder.call(target, arguments))
  }

  /// How C passes a parameter.
  private static func type(of formal: Formal, in context: Context) -> IRType {
    if !formal.shape.isEmpty || formal.isInout { return context.pointer }
    switch formal.element {
    case .f64: return context.double
    case .f32: return context.float
    case .bool, .i8, .u8: return context.i8
    case .i16, .u16, .f16, .bf16: return context.i16
    case .i32, .u32: return context.i32
    case .i64, .u64: return context.i64
    }
  }
}
