import CLLVM

/// Vectors as wholes: lanes in and out, masked memory, folds.
extension Builder {
  /// `value` in every lane; the value itself for one lane.
  package func splat(_ value: IRValue, lanes: Int, name: String = "") -> IRValue {
    if lanes == 1 { return value }
    if value.isConstant { return .vector(Array(repeating: value, count: lanes)) }
    let vector = value.type.vector(lanes)
    let first = insert(vector.poison, value, lane: 0)
    return shuffle(first, vector.poison, Array(repeating: 0, count: lanes), name: name)
  }

  /// One lane.
  package func extract(_ vector: IRValue, lane: Int, name: String = "") -> IRValue {
    extract(vector, lane: context.i32.constant(lane), name: name)
  }

  /// One lane, whose number is known at run time.
  package func extract(_ vector: IRValue, lane: IRValue, name: String = "") -> IRValue {
    IRValue(LLVMBuildExtractElement(ref, vector.ref, lane.ref, name))
  }

  /// The vector with one lane replaced.
  package func insert(
    _ vector: IRValue, _ value: IRValue, lane: Int, name: String = ""
  ) -> IRValue {
    insert(vector, value, lane: context.i32.constant(lane), name: name)
  }

  /// The vector with one lane replaced, whose number is known at run time.
  package func insert(
    _ vector: IRValue, _ value: IRValue, lane: IRValue, name: String = ""
  ) -> IRValue {
    IRValue(LLVMBuildInsertElement(ref, vector.ref, value.ref, lane.ref, name))
  }

  /// Lanes chosen from the lanes of `a`, then those of `b`; −1 is any value.
  package func shuffle(
    _ a: IRValue, _ b: IRValue, _ lanes: [Int], name: String = ""
  ) -> IRValue {
    let i32 = context.i32
    let mask = IRValue.vector(lanes.map { $0 < 0 ? i32.poison : i32.constant($0) })
    return flagged(LLVMBuildShuffleVector(ref, a.ref, b.ref, mask.ref, name))
  }

  /// Loads the lanes whose mask is set, and takes the others from `passthru` (any value without).
  package func maskedLoad(
    _ type: IRType, _ pointer: IRValue, align: Int, mask: IRValue, passthru: IRValue? = nil,
    name: String = ""
  ) -> IRValue {
    masked(
      "llvm.masked.load", on: [type, pointer.type], before: [pointer], align: align,
      after: [mask, passthru ?? type.poison], pointer: 0, name: name)
  }

  /// Stores the lanes whose mask is set.
  @discardableResult
  package func maskedStore(
    _ value: IRValue, _ pointer: IRValue, align: Int, mask: IRValue
  ) -> IRValue {
    masked(
      "llvm.masked.store", on: [value.type, pointer.type], before: [value, pointer],
      align: align, after: [mask], pointer: 1)
  }

  /// Loads each lane whose mask is set from its own address.
  package func gather(
    _ type: IRType, _ pointers: IRValue, align: Int, mask: IRValue, passthru: IRValue? = nil,
    name: String = ""
  ) -> IRValue {
    masked(
      "llvm.masked.gather", on: [type, pointers.type], before: [pointers], align: align,
      after: [mask, passthru ?? type.poison], pointer: 0, name: name)
  }

  /// Stores each lane whose mask is set to its own address, lower lanes first.
  @discardableResult
  package func scatter(
    _ value: IRValue, _ pointers: IRValue, align: Int, mask: IRValue
  ) -> IRValue {
    masked(
      "llvm.masked.scatter", on: [value.type, pointers.type], before: [value, pointers],
      align: align, after: [mask], pointer: 1)
  }

  /// Calls an intrinsic of masked memory. The alignment was an operand up to LLVM 21 and is an
  /// attribute of the pointer since.
  private func masked(
    _ intrinsic: String, on types: [IRType], before: [IRValue], align: Int, after: [IRValue],
    pointer: Int, name: String = ""
  ) -> IRValue {
    let function = declare(intrinsic, on: types)
    let takesAlignment = function.parameterCount > before.count + after.count
    let alignment = takesAlignment ? [context.i32.constant(align)] : []
    let call = call(function, before + alignment + after, name: name)
    if !takesAlignment { add(.aligned(align), toCall: call, argument: pointer) }
    return call
  }

  /// All lanes folded into one value. `.fadd` and `.fmul` begin at `start` and go from the first
  /// lane to the last, unless `fastMath` has `.reassociate`.
  package func reduce(
    _ operation: VectorReduction, _ vector: IRValue, start: IRValue? = nil, name: String = ""
  ) -> IRValue {
    let intrinsic = "llvm.vector.reduce." + operation.rawValue
    let first: [IRValue] =
      switch operation {
      case .fadd: [start ?? vector.type.scalar.constant(-0.0)]
      case .fmul: [start ?? vector.type.scalar.constant(1.0)]
      case .fmin, .fmax, .fminimum, .fmaximum, .add, .mul, .and, .or, .xor, .smin, .smax,
        .umin, .umax:
        []
      }
    return self.intrinsic(intrinsic, first + [vector], on: [vector.type], name: name)
  }
}

/// How the lanes of a vector are folded.
package enum VectorReduction: String, Hashable, Sendable {
  /// Of floating-point numbers.
  case fadd, fmul, fmin, fmax, fminimum, fmaximum
  /// Of integers.
  case add, mul, and, or, xor, smin, smax, umin, umax
}
