import LLVMInterop
import LoopIR
import Support

/// Calls of libm.
extension ObjectEmitter {
  /// Calls code of our own for a function of libm where there is some, else libm lane by lane.
  func call(_ function: LibraryFunction, _ arguments: [IRValue], _ type: ScalarType) -> IRValue {
    let key = LaneFunction(function, type, level)
    if let own = callOwn(key, arguments) { return own }
    if type.lanes == 1 { return callOnce(function, arguments, type.element) }
    let call = builder.call(laneByLane(key), arguments)
    builder.setFastCallingConvention(call)
    return call
  }

  /// A function that calls one of libm lane by lane, so that this is spelled out once.
  private func laneByLane(_ key: LaneFunction) -> IRFunction {
    let name = "\(key.function.rawValue).\(key.kind)"
    if let known = mathFunctions[name] { return known }
    let vector = registerType(key.type)
    let arity = key.function.arity
    let result = addFunction(name, Array(repeating: vector, count: arity), returning: vector)
    result.setFastCallingConvention()
    result.add([.noUnwind, .willReturn, .noSync, .noFree, .memory(.none), .noInline])
    mathFunctions[name] = result
    elsewhere {
      position(atEnd: result.appendBlock("entry"))
      debug?.enter(result, named: name, at: .none, self)
      var lanes = vector.poison
      for lane in 0..<key.lanes {
        let values = (0..<arity).map { builder.extract(result.parameter($0), lane: lane) }
        lanes = builder.insert(lanes, callOnce(key.function, values, key.element), lane: lane)
      }
      builder.ret(lanes)
    }
    return result
  }

  /// Calls a function of libm on one lane.
  private func callOnce(
    _ function: LibraryFunction, _ arguments: [IRValue], _ element: DType
  ) -> IRValue {
    if function == .lgamma { return logGamma(arguments[0], element) }
    let name = function.rawValue + (element == .f32 ? "f" : "")
    let callee = mathFunction(name, arguments.count, element)
    let call = builder.call(callee, arguments)
    // LLVM makes of `fmod(x, y)` a remainder that is never NaN where x is finite and y not 0, though
    // y may be NaN.
    if function == .fmod { builder.add(.noBuiltin, toCall: call) }
    return call
  }

  /// The declaration of a function that depends on its arguments alone.
  private func mathFunction(_ name: String, _ arity: Int, _ element: DType) -> IRFunction {
    if let known = mathFunctions[name] { return known }
    let number = registerType(element)
    let type = context.function(Array(repeating: number, count: arity), returning: number)
    let function = module.declare(name, type)
    function.add([.noUnwind, .willReturn, .noSync, .noFree, .memory(.none)])
    mathFunctions[name] = function
    return function
  }

  /// `lgamma_r`, because `lgamma` writes the sign to a global variable.
  private func logGamma(_ argument: IRValue, _ element: DType) -> IRValue {
    let name = element == .f32 ? "lgammaf_r" : "lgamma_r"
    let number = registerType(element)
    let function: IRFunction
    if let known = mathFunctions[name] {
      function = known
    } else {
      function = module.declare(
        name, context.function([number, context.pointer], returning: number))
      function.add([.noUnwind, .willReturn, .noSync, .noFree, .memory(.argument)])
      mathFunctions[name] = function
    }
    let sign = entryAlloca(context.i32, align: 4)
    return builder.call(function, [argument, sign])
  }

  /// A place on the stack of the function that is being emitted.
  func entryAlloca(_ type: IRType, align: Int) -> IRValue {
    let entry = builder.functionEntry
    guard let first = entry.first else { return builder.alloca(type, align: align) }
    return inserting(before: first) { builder.alloca(type, align: align) }
  }
}
