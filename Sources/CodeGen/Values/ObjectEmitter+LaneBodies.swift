import LLVMInterop
import LoopIR
import Mathematics
import Support

/// The bodies of our own functions.
extension ObjectEmitter {
  /// Emits the body of a function that gives what one or two functions of libm give for the same
  /// arguments, with other functions for arguments that are rare and hard.
  func emit(_ functions: [LibraryFunction], _ key: LaneFunction, into function: IRFunction) {
    function.setLinkage(.internal)
    function.add(target.attributes)
    position(atEnd: function.appendBlock())
    emitNear(functions, key, into: function)
    let (values, isServed) = emitCode(functions, key, into: function, everywhere: false)
    guard let isServed else {
      ret(values)
      return
    }
    let parameters = (0..<key.function.arity).map { function.parameter($0) }
    let all = key.lanes > 1 ? builder.reduce(.and, isServed) : isServed
    let (done, rare) = (builder.appendBlock("done"), builder.appendBlock("rare"))
    let jump = builder.condBr(all, then: done, else: rare)
    builder.setWeights([1 << 20, 1], of: jump)
    position(atEnd: rare)
    let rests = functions.map { restFunction(LaneFunction($0, key.type, key.level)) }
    ret(rests.map { builder.call($0, parameters) })
    position(atEnd: done)
    ret(values)
  }

  /// Returns one value, or several as a structure.
  private func ret(_ values: [IRValue]) {
    if values.count == 1 {
      builder.ret(values[0])
      return
    }
    let empty = context.structure(values.map(\.type)).poison
    builder.ret(
      values.enumerated().reduce(empty) { builder.insertValue($0, $1.element, $1.offset) })
  }

  /// Emits a branch to shorter code for angles near 0, which is worth it where nothing else is done
  /// while one lane waits for each step.
  private func emitNear(
    _ functions: [LibraryFunction], _ key: LaneFunction, into function: IRFunction
  ) {
    guard key.lanes == 1, functions.allSatisfy({ $0 == .sin || $0 == .cos }) else { return }
    let isNear = emitSteps(key, into: function) { loops, x in [loops.isNearZero(x[0])] }[0]
    let (near, far) = (builder.appendBlock("near"), builder.appendBlock("far"))
    builder.condBr(isNear, then: near, else: far)
    position(atEnd: near)
    ret(
      emitSteps(key, into: function) { loops, x in
        functions.map { loops.nearWave(x[0], isCosine: $0 == .cos) }
      })
    position(atEnd: far)
  }

  /// A function that serves every argument, lane by lane.
  private func restFunction(_ key: LaneFunction) -> IRFunction {
    let name = "\(key.name).rest"
    if let known = module.function(name) { return known }
    let rest = module.addFunction(name, functionType(key), linkage: .internal)
    rest.add(target.attributes + [.cold, .noInline, .memory(.none)])
    elsewhere {
      if key.lanes == 1 {
        position(atEnd: rest.appendBlock())
        builder.ret(emitCode([key.function], key, into: rest, everywhere: true).values[0])
      } else {
        emitLanes(key, into: rest)
      }
    }
    return rest
  }

  /// Emits the body of a function that serves every argument in several lanes, one by one.
  private func emitLanes(_ key: LaneFunction, into function: IRFunction) {
    let rest = restFunction(LaneFunction(key.function, ScalarType(key.element), key.level))
    let parameters = (0..<key.function.arity).map { function.parameter($0) }
    position(atEnd: function.appendBlock())
    var result = registerType(key.type).poison
    for lane in 0..<key.lanes {
      let value = builder.call(rest, parameters.map { builder.extract($0, lane: lane) })
      result = builder.insert(result, value, lane: lane)
    }
    builder.ret(result)
  }

  /// Emits the code of functions up to the return; gives the values, and whether they are served.
  private func emitCode(
    _ functions: [LibraryFunction], _ key: LaneFunction, into function: IRFunction,
    everywhere: Bool
  ) -> (values: [IRValue], isServed: IRValue?) {
    var isPartial = false
    let values = emitSteps(key, into: function) { loops, operands in
      let results = functions.map { loops.laneValue($0, operands, everywhere: everywhere) }
      // Functions of one angle are served at the same ones.
      let isServed = results[0].isServed
      isPartial = isServed != nil
      return results.map(\.value) + (isServed.map { [$0] } ?? [])
    }
    return (Array(values.prefix(functions.count)), isPartial ? values.last : nil)
  }

  /// Emits steps on the parameters of a function; gives their values.
  private func emitSteps(
    _ key: LaneFunction, into function: IRFunction,
    _ build: (inout LoopBuilder, [ScalarID]) -> [ScalarID]
  ) -> [IRValue] {
    var loops = LoopBuilder(body: Body())
    let operands = (0..<key.function.arity).map {
      loops.define(key.type, .carried(LoopID(0), $0))
    }
    let results = build(&loops, operands)
    let body = loops.finish()
    // Straight code of scalars needs no function of loop IR around it.
    let none = LoopFunction(
      name: key.name, doc: "", site: .none, symbols: [], parameters: [], results: [],
      requirements: [], constants: [], bodies: [])
    let emitter = BodyEmitter(self, none, body, FunctionScope(function), [:], wanted: [])
    for index in operands.indices { emitter.values[index] = function.parameter(index) }
    for case .scalar(let id) in body.block.items { emitter.values[id.index] = emitter.compute(id) }
    return results.map { emitter.value($0) }
  }
}
