import LLVMInterop
import LoopIR
import Mathematics
import Support

/// A function of libm in one lane or several, for CPUs of some level.
struct LaneFunction: Hashable {
  let function: LibraryFunction
  let element: DType
  let lanes: Int
  let level: CPULevel?

  init(_ function: LibraryFunction, _ type: ScalarType, _ level: CPULevel?) {
    self.function = function
    element = type.element
    lanes = type.lanes
    self.level = level
  }

  /// The type of operands and result.
  var type: ScalarType { ScalarType(element, lanes: lanes) }

  /// Its name in the module.
  var name: String { "gradc.\(function.rawValue).\(kind)" }

  /// The end of such names: its type, and its level if it has one.
  var kind: String { "\(type)" + (level.map { ".\($0)" } ?? "") }
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
    let function = declareOwn(key.name, functionType(key))
    laneFunctions[key] = function
    return function
  }

  /// A function of ours, declared, that computes from its arguments alone.
  func declareOwn(_ name: String, _ type: IRType) -> IRFunction {
    let function = module.declare(name, type)
    function.add([
      .noUnwind, .willReturn, .noSync, .noFree, .speculatable, .memory(.none),
    ])
    return function
  }

  /// The type of a function.
  func functionType(_ key: LaneFunction) -> IRType {
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
    let attribute = variants(of: scalar.name, arity: scalar.function.arity) { lanes in
      let type = ScalarType(scalar.element, lanes: lanes)
      let key = LaneFunction(scalar.function, type, scalar.level)
      _ = laneFunction(key)
      return key.name
    }
    laneVariants[scalar] = attribute
    return attribute
  }

  /// What LLVM is told of the functions that are like one, in so many lanes as `named` is given.
  func variants(of scalar: String, arity: Int, _ named: (Int) -> String) -> IRAttribute {
    let parameters = String(repeating: "v", count: arity)
    let variants = ObjectEmitter.laneCounts.map { lanes in
      "_ZGV_LLVM_N\(lanes)\(parameters)_\(scalar)(\(named(lanes)))"
    }
    return .string("vector-function-abi-variant", variants.joined(separator: ","))
  }

  /// Keeps LLVM from dropping the declarations, which nothing but attributes names.
  func keepLaneFunctions() {
    let functions = Array(laneFunctions.values) + Array(scaleFunctions.values)
    guard !functions.isEmpty else { return }
    let addresses = functions.map(\.value).sorted { $0.name < $1.name }
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
    var isAnyUsed = joinWaves(keys)
    for key in keys {
      guard let function = module.function(key.name) else { continue }
      let uses = function.value.instructionUses
      if uses > 0 {
        markInlined(function, key, uses)
        compiling(for: key.level) { emit([key.function], key, into: function) }
        isAnyUsed = true
      } else {
        drop(function)
      }
    }
    return emitScaleFunctions() || isAnyUsed
  }

  /// Removes a function that nothing calls.
  func drop(_ function: IRFunction) {
    // The list of what was to be kept is a constant, which LLVM holds on to.
    function.value.replaceAllUses(with: context.null)
    function.erase()
  }

  /// Has a function become part of its callers, if these are few.
  func markInlined(_ function: IRFunction, _ key: LaneFunction, _ uses: Int) {
    // One lane mostly stands behind the end of a loop.
    if key.lanes > 1, uses <= ObjectEmitter.inliningLimit { function.add(.alwaysInline) }
  }
}
