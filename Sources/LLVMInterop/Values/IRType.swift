import CLLVM

/// A type of LLVM IR; a handle that is valid as long as its context.
package struct IRType: Hashable {
  /// The handle.
  let ref: LLVMTypeRef

  /// Wraps a handle.
  init(_ ref: LLVMTypeRef) {
    self.ref = ref
  }

  /// A vector with a fixed number of lanes of this type.
  package func vector(_ lanes: Int) -> IRType {
    IRType(LLVMVectorType(ref, UInt32(lanes)))
  }

  /// A vector with `lanes` lanes, or the type itself for one lane.
  package func lanes(_ lanes: Int) -> IRType {
    lanes == 1 ? self : vector(lanes)
  }

  /// An array of values of this type.
  package func array(_ count: Int) -> IRType {
    IRType(LLVMArrayType2(ref, UInt64(count)))
  }

  /// Whether this is a vector with a fixed number of lanes.
  package var isVector: Bool { LLVMGetTypeKind(ref) == LLVMVectorTypeKind }
  /// Whether this is an address.
  package var isPointer: Bool { LLVMGetTypeKind(ref) == LLVMPointerTypeKind }
  /// Whether this is the type of nothing.
  package var isVoid: Bool { LLVMGetTypeKind(ref) == LLVMVoidTypeKind }

  /// Whether this is an integer, or a vector of integers.
  package var isInteger: Bool { LLVMGetTypeKind(scalar.ref) == LLVMIntegerTypeKind }

  /// Whether this is a floating-point number, or a vector of them.
  package var isFloat: Bool {
    let kind = LLVMGetTypeKind(scalar.ref)
    return kind == LLVMDoubleTypeKind || kind == LLVMFloatTypeKind || kind == LLVMHalfTypeKind
      || kind == LLVMBFloatTypeKind
  }

  /// The number of lanes: 1 for what is not a vector.
  package var laneCount: Int { isVector ? Int(LLVMGetVectorSize(ref)) : 1 }

  /// The type of one lane: the type itself for what is not a vector.
  package var scalar: IRType { isVector ? IRType(LLVMGetElementType(ref)) : self }

  /// The bits of an integer.
  ///
  /// - Requires: This is an integer or a vector of integers.
  package var integerBits: Int { Int(LLVMGetIntTypeWidth(scalar.ref)) }
}

extension IRType: CustomStringConvertible {
  /// The type as LLVM prints it.
  package var description: String { String(takingMessage: LLVMPrintTypeToString(ref)) }
}

extension Context {
  /// The type of nothing.
  package var void: IRType { IRType(LLVMVoidTypeInContext(ref)) }
  /// The integer of one bit, which comparisons give.
  package var i1: IRType { IRType(LLVMInt1TypeInContext(ref)) }
  /// The integer of 8 bits.
  package var i8: IRType { IRType(LLVMInt8TypeInContext(ref)) }
  /// The integer of one bit, which comparisons give.
  package var i16: IRType { IRType(LLVMInt16TypeInContext(ref)) }
  /// The integer of 32 bits.
  package var i32: IRType { IRType(LLVMInt32TypeInContext(ref)) }
  /// The integer of 64 bits.
  package var i64: IRType { IRType(LLVMInt64TypeInContext(ref)) }
  /// The IEEE number of 16 bits.
  package var half: IRType { IRType(LLVMHalfTypeInContext(ref)) }
  /// The upper half of `float`.
  package var bfloat: IRType { IRType(LLVMBFloatTypeInContext(ref)) }
  /// The IEEE number of 32 bits.
  package var float: IRType { IRType(LLVMFloatTypeInContext(ref)) }
  /// The IEEE number of 64 bits.
  package var double: IRType { IRType(LLVMDoubleTypeInContext(ref)) }
  /// An address.
  package var pointer: IRType { IRType(LLVMPointerTypeInContext(ref, 0)) }

  /// An integer of any width.
  package func integer(_ bits: Int) -> IRType {
    IRType(LLVMIntTypeInContext(ref, UInt32(bits)))
  }

  /// A structure without a name.
  package func structure(_ fields: [IRType], packed: Bool = false) -> IRType {
    fields.withRefs { IRType(LLVMStructTypeInContext(ref, $0, $1, packed ? 1 : 0)) }
  }

  /// A function type.
  package func function(
    _ parameters: [IRType], returning result: IRType, variadic: Bool = false
  ) -> IRType {
    parameters.withRefs { IRType(LLVMFunctionType(result.ref, $0, $1, variadic ? 1 : 0)) }
  }
}

extension [IRType] {
  /// Calls `body` with the handles and their number, as the C API takes them.
  func withRefs<Result>(
    _ body: (UnsafeMutablePointer<LLVMTypeRef?>?, UInt32) -> Result
  ) -> Result {
    // An IRType is one pointer and nothing else, and an optional pointer has the same layout.
    withUnsafeBytes { raw in
      let refs = raw.baseAddress?.assumingMemoryBound(to: LLVMTypeRef?.self)
      return body(UnsafeMutablePointer(mutating: refs), UInt32(count))
    }
  }
}
