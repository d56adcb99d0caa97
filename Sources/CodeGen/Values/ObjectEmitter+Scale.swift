import LLVMInterop
import LoopIR
import Support

/// Products of floats with powers of two.
extension ObjectEmitter {
  /// `a · 2ᵇ` with one rounding, for a whole number b given as a float.
  ///
  /// Where vectors have an instruction for it, a single lane is left to a function of ours: LLVM's
  /// vectorizers find its likes in several lanes by name.
  func scaled(_ a: IRValue, by b: IRValue, _ element: DType) -> IRValue {
    guard target.scalesVectors else { return scaledInSteps(a, by: b, element) }
    if let whole = scaledAtOnce(a, by: b, element) { return whole }
    guard a.type.laneCount == 1, options.optimization.rawValue >= 2 else {
      return scaledInSteps(a, by: b, element)
    }
    let key = ScaleFunction(element: element, lanes: 1, level: level)
    let call = builder.call(scaleFunction(key), [a, b])
    builder.add(variants(of: key), toCall: call)
    return call
  }

  /// The same in two steps, since neither 2¹⁰²⁴ nor 2⁻¹⁰⁷⁵ is a normal number; only the second
  /// rounds.
  private func scaledInSteps(_ a: IRValue, by b: IRValue, _ element: DType) -> IRValue {
    // Next to so great a number there is no room for a fraction.
    let shift = a.type.constant(element == .f64 ? 0x1.8p52 : 0x1.8p23)
    let half = builder.fsub(
      builder.fadd(builder.fmul(b, a.type.constant(0.5)), shift), shift)
    let first = builder.fmul(a, powerOfTwo(half, element))
    return builder.fmul(first, powerOfTwo(builder.fsub(b, half), element))
  }

  /// 2ᵏ for a whole number k, given as a float, for which it is a normal number or ∞.
  private func powerOfTwo(_ count: IRValue, _ element: DType) -> IRValue {
    let isDouble = element == .f64
    let bits = (isDouble ? context.i64 : context.i32).lanes(count.type.laneCount)
    // The sum has k plus the bias of exponents as its last bits.
    let bias = isDouble ? 0x1.8p52 + 1023 : 0x1.8p23 + 127
    let sum = builder.fadd(count, count.type.constant(bias))
    let exponent = builder.shl(builder.bitcast(sum, to: bits), bits.constant(isDouble ? 52 : 23))
    return builder.bitcast(exponent, to: count.type)
  }

  /// A function that scales, declared.
  private func scaleFunction(_ key: ScaleFunction) -> IRFunction {
    if let known = scaleFunctions[key] { return known }
    let number = registerType(ScalarType(key.element, lanes: key.lanes))
    let function = declareOwn(key.name, context.function([number, number], returning: number))
    scaleFunctions[key] = function
    return function
  }

  /// The functions that are like one in several lanes.
  private func variants(of scalar: ScaleFunction) -> IRAttribute {
    variants(of: scalar.name, arity: 2) { lanes in
      let key = ScaleFunction(element: scalar.element, lanes: lanes, level: scalar.level)
      _ = scaleFunction(key)
      return key.name
    }
  }

  /// Gives those functions that are called a body, and removes the others; gives whether any is
  /// called.
  func emitScaleFunctions() -> Bool {
    var isAnyUsed = false
    for key in scaleFunctions.keys.sorted(by: { $0.name < $1.name }) {
      guard let function = module.function(key.name) else { continue }
      if function.value.instructionUses == 0 {
        drop(function)
        continue
      }
      isAnyUsed = true
      compiling(for: key.level) { emit(key, into: function) }
    }
    scaleFunctions = [:]
    return isAnyUsed
  }

  /// Emits the body of a function that scales.
  private func emit(_ key: ScaleFunction, into function: IRFunction) {
    function.setLinkage(.internal)
    function.add(target.attributes + [.alwaysInline])
    position(atEnd: function.appendBlock())
    let (a, b) = (function.parameter(0), function.parameter(1))
    let result = scaledAtOnce(a, by: b, key.element) ?? scaledInSteps(a, by: b, key.element)
    builder.ret(result)
  }
}

/// A function of ours that scales, in one lane or several, for CPUs of some level.
struct ScaleFunction: Hashable {
  let element: DType
  let lanes: Int
  let level: CPULevel?

  /// Its name in the module.
  var name: String {
    "gradc.scale.\(ScalarType(element, lanes: lanes))" + (level.map { ".\($0)" } ?? "")
  }
}
