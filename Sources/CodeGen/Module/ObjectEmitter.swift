import LLVMInterop
import LoopIR
import Support

/// Builds the LLVM module of one object.
final class ObjectEmitter {
  let interface: ObjectInterface
  let options: CodeGenOptions
  /// What is known of the machine that code is being emitted for.
  private(set) var target: TargetFacts
  /// The level of CPUs that code is being emitted for; nil for what stands once in the object.
  private(set) var level: CPULevel?
  /// The machine with the CPU that is always there.
  private let lowest: TargetFacts
  /// The machines with CPUs of the levels that the object has bodies for.
  private let machines: [CPULevel: TargetFacts]
  let context = Context()
  let module: Module
  var builder: Builder
  /// Where the builder stands.
  private(set) var point: InsertionPoint?
  /// Data that is already in the module.
  var constants: [ConstantData: IRGlobal] = [:]
  /// Functions of libm that are declared.
  var mathFunctions: [String: IRFunction] = [:]
  /// Functions for several lanes that calls of libm may become; they have no bodies yet.
  var laneFunctions: [LaneFunction: IRFunction] = [:]
  /// What LLVM is told of these functions where one of them is called.
  var laneVariants: [LaneFunction: IRAttribute] = [:]
  /// Functions that multiply by powers of two; they have no bodies yet.
  var scaleFunctions: [ScaleFunction: IRFunction] = [:]
  /// Packed parts by their outlines.
  var parts: [Int: [PackedPart]] = [:]
  let debug: DebugLines?
  /// The checks of what the code takes for granted, where they are asked for.
  private(set) lazy var undefined: UndefinedChecks? =
    options.sanitizers.contains(.undefined) ? UndefinedChecks(self) : nil

  /// A place that instructions go to.
  enum InsertionPoint {
    case end(IRBlock)
    case before(IRValue)
  }

  init(_ interface: ObjectInterface, _ options: CodeGenOptions, _ machine: borrowing TargetMachine)
  {
    self.interface = interface
    self.options = options
    lowest = TargetFacts(machine, options)
    target = lowest
    var machines: [CPULevel: TargetFacts] = [:]
    for level in interface.levels {
      machines[level] = TargetFacts(machine, options, level: level)
    }
    self.machines = machines
    module = Module(interface.stem, in: context)
    module.setTarget(machine)
    module.setSourceFile(interface.sourceName ?? interface.stem)
    builder = Builder(in: context)
    builder.fastMath = options.contracts ? [.contract] : []
    // Reports name the lines by what debuggers know of them.
    debug =
      options.debugInfo || options.sanitizers.contains(.undefined)
      ? DebugLines(module, interface, isOptimized: options.optimization != .none) : nil
  }

  /// Emits everything.
  func emit() {
    for function in interface.functions { EntryEmitter(self, function).emit() }
    emitMessageFunction()
    keepLaneFunctions()
    debug?.finish()
  }

  /// Appends what follows to a block.
  func position(atEnd block: IRBlock) {
    point = .end(block)
    builder.position(atEnd: block)
  }

  /// Puts what `body` makes in front of an instruction, then goes back.
  func inserting<R>(before instruction: IRValue, _ body: () -> R) -> R {
    let saved = point
    point = .before(instruction)
    builder.position(before: instruction)
    defer { restore(saved) }
    return body()
  }

  /// Emits another function, then goes back.
  func elsewhere(_ body: () -> Void) {
    let saved = point
    let place = debug?.place
    body()
    restore(saved)
    debug?.resume(place, self)
  }

  /// Emits something for CPUs of a level, in functions of its own; for all CPUs where none is given.
  func compiling<R>(for level: CPULevel?, _ body: () -> R) -> R {
    let saved = (self.level, target)
    (self.level, target) = (level, level.flatMap { machines[$0] } ?? lowest)
    defer { (self.level, target) = saved }
    return body()
  }

  /// Goes back to a place.
  private func restore(_ saved: InsertionPoint?) {
    point = saved
    switch saved {
    case .end(let block): builder.position(atEnd: block)
    case .before(let instruction): builder.position(before: instruction)
    case nil: break
    }
  }

  /// Adds a function with the attributes that all have.
  func addFunction(
    _ name: String, _ parameters: [IRType], returning result: IRType, isExported: Bool = false
  ) -> IRFunction {
    let type = context.function(parameters, returning: result)
    let function = module.addFunction(name, type, linkage: isExported ? .external : .internal)
    function.add(target.attributes)
    // C says that an int in a wider register is extended, and only some targets do that unasked.
    if isExported, result == context.i32 { function.addToResult(.signExtended) }
    return function
  }

  /// Makes a function known by the name with the hash of its signature too.
  func addHashedName(_ function: IRFunction, _ symbol: String) {
    module.addAlias(symbol, of: function)
  }
}

/// Types.
extension ObjectEmitter {
  /// The type of sizes in C.
  var sizeType: IRType { context.integer(target.pointerBits) }

  /// The type of an element in memory.
  func memoryType(_ element: DType) -> IRType {
    switch element {
    case .bool, .i8, .u8: context.i8
    case .i16, .u16, .f16, .bf16: context.i16
    case .i32, .u32: context.i32
    case .i64, .u64: context.i64
    case .f32: context.float
    case .f64: context.double
    }
  }

  /// The type of an element in a register.
  func registerType(_ element: DType) -> IRType {
    element == .bool ? context.i1 : memoryType(element.arithmetic)
  }

  /// The type of a scalar in a register.
  func registerType(_ type: ScalarType) -> IRType {
    registerType(type.element).lanes(type.lanes)
  }

  /// A number of type `i64`.
  func index(_ value: Int) -> IRValue { context.i64.constant(value) }
}
