import CLLVM

/// Memory and addresses.
extension Builder {
  /// A place on the stack. LLVM turns it into a register where it stands in the entry block.
  package func alloca(_ type: IRType, align: Int? = nil, name: String = "") -> IRValue {
    let place = IRValue(LLVMBuildAlloca(ref, type.ref, name))
    if let align { LLVMSetAlignment(place.ref, UInt32(align)) }
    return place
  }

  /// Loads a value; without `align`, the address is a multiple of the type's ABI alignment.
  package func load(
    _ type: IRType, _ pointer: IRValue, align: Int? = nil, name: String = ""
  ) -> IRValue {
    let value = IRValue(LLVMBuildLoad2(ref, type.ref, pointer.ref, name))
    if let align { LLVMSetAlignment(value.ref, UInt32(align)) }
    return value
  }

  /// Loads a number that other threads may store at the same time: a whole one, with no say about
  /// the order of other accesses.
  package func loadAtomic(_ type: IRType, _ pointer: IRValue, align: Int) -> IRValue {
    let value = load(type, pointer, align: align)
    LLVMSetOrdering(value.ref, LLVMAtomicOrderingMonotonic)
    return value
  }

  /// Stores a number that other threads may load or store at the same time.
  package func storeAtomic(_ value: IRValue, _ pointer: IRValue, align: Int) {
    LLVMSetOrdering(store(value, pointer, align: align).ref, LLVMAtomicOrderingMonotonic)
  }

  /// Stores a value; without `align`, the address is a multiple of the type's ABI alignment.
  @discardableResult
  package func store(_ value: IRValue, _ pointer: IRValue, align: Int? = nil) -> IRValue {
    let store = IRValue(LLVMBuildStore(ref, value.ref, pointer.ref))
    if let align { LLVMSetAlignment(store.ref, UInt32(align)) }
    return store
  }

  /// Adds to an integer that other threads may change; gives what it was.
  package func atomicAdd(_ value: IRValue, to pointer: IRValue) -> IRValue {
    IRValue(
      LLVMBuildAtomicRMW(
        ref, LLVMAtomicRMWBinOpAdd, pointer.ref, value.ref, LLVMAtomicOrderingMonotonic, 0))
  }

  /// The address of an element behind `pointer`, within the object that it points into.
  package func element(
    _ type: IRType, _ pointer: IRValue, _ index: IRValue, name: String = ""
  ) -> IRValue {
    var index: LLVMValueRef? = index.ref
    return IRValue(LLVMBuildInBoundsGEP2(ref, type.ref, pointer.ref, &index, 1, name))
  }

  /// As `element`, with a promise that the index is not negative and nothing wraps.
  package func elementNoWrap(
    _ type: IRType, _ pointer: IRValue, _ index: IRValue, name: String = ""
  ) -> IRValue {
    var index: LLVMValueRef? = index.ref
    let flags = LLVMGEPNoWrapFlags(LLVMGEPFlagInBounds | LLVMGEPFlagNUW)
    return IRValue(
      LLVMBuildGEPWithNoWrapFlags(ref, type.ref, pointer.ref, &index, 1, name, flags))
  }

  /// The address of something inside an aggregate.
  package func gep(
    _ type: IRType, _ pointer: IRValue, _ indices: [IRValue], inBounds: Bool = true,
    name: String = ""
  ) -> IRValue {
    indices.withRefs {
      IRValue(
        inBounds
          ? LLVMBuildInBoundsGEP2(ref, type.ref, pointer.ref, $0, $1, name)
          : LLVMBuildGEP2(ref, type.ref, pointer.ref, $0, $1, name))
    }
  }

  /// The address of a field.
  package func field(
    _ structure: IRType, _ pointer: IRValue, _ index: Int, name: String = ""
  ) -> IRValue {
    IRValue(LLVMBuildStructGEP2(ref, structure.ref, pointer.ref, UInt32(index), name))
  }

  /// Copies bytes between places that do not overlap.
  @discardableResult
  package func memcpy(
    to target: IRValue, align targetAlign: Int, from source: IRValue, align sourceAlign: Int,
    bytes: IRValue
  ) -> IRValue {
    IRValue(
      LLVMBuildMemCpy(
        ref, target.ref, UInt32(targetAlign), source.ref, UInt32(sourceAlign), bytes.ref))
  }

  /// Copies bytes between places that may overlap.
  @discardableResult
  package func memmove(
    to target: IRValue, align targetAlign: Int, from source: IRValue, align sourceAlign: Int,
    bytes: IRValue
  ) -> IRValue {
    IRValue(
      LLVMBuildMemMove(
        ref, target.ref, UInt32(targetAlign), source.ref, UInt32(sourceAlign), bytes.ref))
  }

  /// Fills memory with one byte (an `i8`).
  @discardableResult
  package func memset(
    _ target: IRValue, align: Int, byte: IRValue, bytes: IRValue
  ) -> IRValue {
    IRValue(LLVMBuildMemSet(ref, target.ref, byte.ref, bytes.ref, UInt32(align)))
  }

  /// A member of an aggregate that is a value.
  package func extractValue(
    _ aggregate: IRValue, _ index: Int, name: String = ""
  ) -> IRValue {
    IRValue(LLVMBuildExtractValue(ref, aggregate.ref, UInt32(index), name))
  }

  /// An aggregate with one member replaced.
  package func insertValue(
    _ aggregate: IRValue, _ value: IRValue, _ index: Int, name: String = ""
  ) -> IRValue {
    IRValue(LLVMBuildInsertValue(ref, aggregate.ref, value.ref, UInt32(index), name))
  }
}
