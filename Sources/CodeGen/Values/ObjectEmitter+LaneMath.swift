import LLVMInterop
import LoopIR
import Mathematics
import Support

/// A function of libm in one lane or several.
struct LaneFunction: Hashable {
  let function: LibraryFunction
  let element: DType
  let lanes: Int

  init(_ function: LibraryFunction, _ type: ScalarType) {
    self.function = function
    element = type.element
    lanes = type.lanes
  }

  /// The type of operands and result.
  var type: ScalarType { ScalarType(element, lanes: lanes) }

  /// Its name in the module.
  var name: String { "gradc.\(function.rawValue).\(type)" }
}

/// Code of our own for functions of libm.
///
/// A call becomes one of a function that is only declared, with the name of its likes in several
/// lanes for LLVM's vectorizers. Those that are called get their bodies behind the optimisations: so
/// the code that those look at stays short, and each body is there once.
extension ObjectEmitter {
  /// Numbers of lanes that loops are widened to.
  private static let laneCounts = [2, 4, 8, 16]

  /// LLVM's name of the list of what is used though nothing shows it.
  private static let keeper = "llvm.compiler.used"

  /// Functions that are called more often stay functions.
  private static let inliningLimit = 16

  /// Our own function, declared; nil where there is none.
  private func laneFunction(_ key: LaneFunction) -> IRFunction? {
    guard options.replacesLibrary, key.function.hasLaneCode else { return nil }
    if let known = laneFunctions[key] { return known }
    let function = module.declare(key.name, functionType(key))
    function.add([
      .noUnwind, .willReturn, .noSync, .noFree, .speculatable, .memory(.none),
    ])
    laneFunctions[key] = function
    return function
  }

  /// The type of a function.
  private func functionType(_ key: LaneFunction) -> IRType {
    let number = registerType(key.type)
    return context.function(
      Array(repeating: number, count: key.function.arity), returning: number)
  }

  /// Calls our own function; nil where there is none.
  func callOwn(_ key: LaneFunction, _ arguments: [IRValue]) -> IRValue? {
    guard let function = laneFunction(key) else { return nil }
    let call = builder.call(function, arguments)
    if key.lanes == 1, options.optimization.rawValue >= 2 {
      builder.add(laneVariants(of: key), toCall: call)
    }
    return call
  }

  /// The functions for several lanes in the spelling of LLVM's vector function ABI.
  private func laneVariants(of scalar: LaneFunction) -> IRAttribute {
    if let known = laneVariants[scalar] { return known }
    let parameters = String(repeating: "v", count: scalar.function.arity)
    let variants = ObjectEmitter.laneCounts.map { lanes in
      let type = ScalarType(scalar.element, lanes: lanes)
      let key = LaneFunction(scalar.function, type)
      _ = laneFunction(key)
      return "_ZGV_LLVM_N\(lanes)\(parameters)_\(scalar.name)(\(key.name))"
    }
    let attribute = IRAttribute.string(
      "vector-function-abi-variant", variants.joined(separator: ","))
    laneVariants[scalar] = attribute
    return attribute
  }

  /// Keeps LLVM from dropping the declarations, which nothing but attributes names.
  func keepLaneFunctions() {
    guard !laneFunctions.isEmpty else { return }
    let addresses = laneFunctions.values.map(\.value).sorted { $0.name < $1.name }
    let value = IRValue.array(of: context.pointer, addresses)
    let keeper = module.addGlobal(ObjectEmitter.keeper, value.type, linkage: .appending)
    keeper.setInitializer(value)
    keeper.setSection("llvm.metadata")
  }

  /// Gives those functions that are called a body, and removes the others; gives whether any is
  /// called.
  func emitLaneFunctions() -> Bool {
    // LLVM may have made the list anew.
    module.global(ObjectEmitter.keeper)?.erase()
    let keys = laneFunctions.keys.sorted { $0.name < $1.name }
    laneFunctions = [:]
    var isAnyUsed = false
    for key in keys {
      guard let function = module.function(key.name) else { continue }
      let uses = function.value.instructionUses
      if uses > 0 {
        // One lane mostly stands behind the end of a loop.
        if key.lanes > 1, uses <= ObjectEmitter.inliningLimit { function.add(.alwaysInline) }
        emit(key, into: function)
        isAnyUsed = true
      } else {
        // The list of what was to be kept is a constant, which LLVM holds on to.
        function.value.replaceAllUses(with: context.null)
        function.erase()
      }
    }
    return isAnyUsed
  }

  /// Emits the body of a function, with another function for arguments that are rare and hard.
  private func emit(_ key: LaneFunction, into function: IRFunction) {
    function.setLinkage(.internal)
    function.add(target.attributes)
    position(atEnd: function.appendBlock())
    emitNear(key, into: function)
    let result = emitCode(key, into: function, everywhere: false)
    guard let isServed = result.isServed else {
      builder.ret(result.value)
      return
    }
    let parameters = (0..<key.function.arity).map { function.parameter($0) }
    let all = key.lanes > 1 ? builder.reduce(.and, isServed) : isServed
    let (done, rare) = (builder.appendBlock("done"), builder.appendBlock("rare"))
    let jump = builder.condBr(all, then: done, else: rare)
    builder.setWeights([1 << 20, 1], of: jump)
    position(atEnd: rare)
    let rest = restFunction(key)
    builder.ret(builder.call(rest, parameters))
    position(atEnd: done)
    builder.ret(result.value)
  }

  /// Emits a branch to shorter code for angles near 0, which is worth it where nothing else is done
  /// while one lane waits for each step.
  private func emitNear(_ key: LaneFunction, into function: IRFunction) {
    guard key.lanes == 1, key.function == .sin || key.function == .cos else { return }
    let isNear = emitSteps(key, into: function) { loops, x in [loops.isNearZero(x[0])] }[0]
    let (near, far) = (builder.appendBlock("near"), builder.appendBlock("far"))
    builder.condBr(isNear, then: near, else: far)
    position(atEnd: near)
    let isCosine = key.function == .cos
    let wave = emitSteps(key, into: function) { loops, x in
      [loops.nearWave(x[0], isCosine: isCosine)]
    }
    builder.ret(wave[0])
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
        builder.ret(emitCode(key, into: rest, everywhere: true).value)
      } else {
        emitLanes(key, into: rest)
      }
    }
    return rest
  }

  /// Emits the body of a function that serves every argument in several lanes, one by one.
  private func emitLanes(_ key: LaneFunction, into function: IRFunction) {
    let rest = restFunction(LaneFunction(key.function, ScalarType(key.element)))
    let parameters = (0..<key.function.arity).map { function.parameter($0) }
    position(atEnd: function.appendBlock())
    var result = registerType(key.type).poison
    for lane in 0..<key.lanes {
      let value = builder.call(rest, parameters.map { builder.extract($0, lane: lane) })
      result = builder.insert(result, value, lane: lane)
    }
    builder.ret(result)
  }

  /// Emits the code of a function up to its return; gives the value, and whether it is served.
  private func emitCode(
    _ key: LaneFunction, into function: IRFunction, everywhere: Bool
  ) -> (value: IRValue, isServed: IRValue?) {
    var isPartial = false
    let values = emitSteps(key, into: function) { loops, operands in
      let result = loops.laneValue(key.function, operands, everywhere: everywhere)
      isPartial = result.isServed != nil
      return [result.value] + (result.isServed.map { [$0] } ?? [])
    }
    return (values[0], isPartial ? values[1] : nil)
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
