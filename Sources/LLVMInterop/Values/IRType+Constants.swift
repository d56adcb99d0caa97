import CLLVM

extension IRType {
  /// All bits zero: the number 0, the null pointer, or an aggregate of these.
  package var zero: IRValue { IRValue(LLVMConstNull(ref)) }

  /// All bits one.
  ///
  /// - Requires: This is an integer or a vector of integers.
  package var allOnes: IRValue { IRValue(LLVMConstAllOnes(ref)) }

  /// Any value, a new one at each use.
  package var undef: IRValue { IRValue(LLVMGetUndef(ref)) }
  /// What no value may depend on.
  package var poison: IRValue { IRValue(LLVMGetPoison(ref)) }

  /// A whole number, in every lane of a vector; wraps to the width of an integer type.
  ///
  /// - Requires: This is a number or a vector of numbers.
  package func constant(_ value: some BinaryInteger) -> IRValue {
    if isFloat { return constant(Double(value)) }
    // LLVM wants bits that fit, so they are cut to the width here.
    let bits = UInt64(truncatingIfNeeded: value)
    let width = integerBits
    let cut = width < 64 ? bits & ((1 << UInt64(width)) - 1) : bits
    return splat(IRValue(LLVMConstInt(scalar.ref, cut, value < 0 ? 1 : 0)))
  }

  /// A floating-point constant rounded to the type, in every lane of a vector.
  ///
  /// - Requires: This is a floating-point type or a vector of them.
  package func constant(_ value: Double) -> IRValue {
    splat(IRValue(LLVMConstReal(scalar.ref, value)))
  }

  /// The floating-point constant whose bits are the low ones of `bits`, in every lane of a vector.
  ///
  /// - Requires: This is a floating-point type or a vector of them.
  package func constant(bitPattern bits: UInt64, width: Int) -> IRValue {
    let integer = LLVMIntTypeInContext(LLVMGetTypeContext(ref), UInt32(width))
    return splat(IRValue(LLVMConstBitCast(LLVMConstInt(integer, bits, 0), scalar.ref)))
  }

  /// The constants 0, 1, 2, … of a vector.
  ///
  /// - Requires: This is a vector of integers.
  package var iota: IRValue {
    .vector((0..<laneCount).map { scalar.constant($0) })
  }

  /// `lane` in every lane of this type.
  private func splat(_ lane: IRValue) -> IRValue {
    isVector ? .vector(Array(repeating: lane, count: laneCount)) : lane
  }
}

extension IRValue {
  /// A vector of constants.
  package static func vector(_ lanes: [IRValue]) -> IRValue {
    lanes.withRefs { IRValue(LLVMConstVector($0, $1)) }
  }

  /// An array of constants of `type`.
  package static func array(of type: IRType, _ elements: [IRValue]) -> IRValue {
    elements.withRefs { IRValue(LLVMConstArray2(type.ref, $0, UInt64($1))) }
  }
}

extension Context {
  /// The `i1` 1.
  package var `true`: IRValue { i1.allOnes }
  /// The `i1` 0.
  package var `false`: IRValue { i1.zero }
  /// The null pointer.
  package var null: IRValue { pointer.zero }

  /// A constant structure without a name.
  package func structure(_ fields: [IRValue], packed: Bool = false) -> IRValue {
    fields.withRefs { IRValue(LLVMConstStructInContext(ref, $0, $1, packed ? 1 : 0)) }
  }

  /// An array of bytes, without a zero at its end unless `bytes` has one.
  package func bytes(_ bytes: UnsafeRawBufferPointer) -> IRValue {
    let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
    return IRValue(LLVMConstStringInContext2(ref, start, bytes.count, 1))
  }
}
