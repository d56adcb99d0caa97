import LLVMInterop
import LoopIR

/// The memory that a body works in.
struct WorkspaceMemory {
  /// The address of the workspace; nil where none is needed.
  var base: IRValue?
  /// What is to be freed at the end; null where the caller gave the workspace.
  var owned: IRValue?
}

/// Takes the workspace that the caller gives, or allocates one.
struct WorkspaceEmitter {
  private let entry: EntryEmitter
  private let object: ObjectEmitter
  private let size: Quantity

  init(_ entry: EntryEmitter, size: Quantity) {
    self.entry = entry
    object = entry.object
    self.size = size
  }

  /// Emits the allocation; afterwards the builder stands where there is memory.
  func emit() -> WorkspaceMemory {
    if size.constant == 0 { return WorkspaceMemory() }
    let given = entry.argument(.workspace)
    let start = object.builder.block
    let allocate = entry.scope.function.appendBlock("allocate")
    let ready = entry.scope.function.appendBlock("ready")
    object.builder.condBr(mustAllocate(given), then: allocate, else: ready)
    object.position(atEnd: allocate)
    let (base, owned) = emitAllocation()
    let allocated = object.builder.block
    object.builder.br(ready)
    object.position(atEnd: ready)
    let address = object.builder.phi(object.context.pointer, name: "memory")
    address.add(given, from: start)
    address.add(base, from: allocated)
    let release = object.builder.phi(object.context.pointer, name: "owned")
    release.add(object.context.pointer.zero, from: start)
    release.add(owned, from: allocated)
    return WorkspaceMemory(base: address.value, owned: release.value)
  }

  /// Whether a workspace is needed and none was given.
  private func mustAllocate(_ given: IRValue) -> IRValue {
    let isNull = object.builder.isNull(given)
    if size.constant != nil { return isNull }
    let isNeeded = object.builder.icmp(.ne, object.value(size), object.index(0))
    return object.builder.and(isNull, isNeeded)
  }

  /// Calls `malloc` for so much more that an aligned part of it is large enough.
  private func emitAllocation() -> (base: IRValue, owned: IRValue) {
    let extra = object.index(WorkspacePlan.alignment - 1)
    let bytes = object.builder.add(object.value(size), extra, noWrap: .unsigned)
    let narrow = object.builder.intCast(bytes, to: object.sizeType, signed: false)
    let owned = object.builder.call(object.allocator, [narrow])
    let failed = entry.scope.function.appendBlock("no_memory")
    let aligned = entry.scope.function.appendBlock("align")
    let jump = object.builder.condBr(object.builder.isNull(owned), then: failed, else: aligned)
    object.builder.setWeights([1, 1 << 20], of: jump)
    object.position(atEnd: failed)
    object.builder.ret(
      object.status(Place(.outOfMemory, at: entry.function.site)))
    object.position(atEnd: aligned)
    let end = object.builder.element(
      object.context.i8, owned, object.index(WorkspacePlan.alignment - 1))
    let mask = object.sizeType.constant(-WorkspacePlan.alignment)
    let base = object.builder.intrinsic(
      "llvm.ptrmask", [end, mask], on: [object.context.pointer, object.sizeType])
    return (base, owned)
  }

  /// Frees what was allocated; afterwards the builder stands behind that.
  static func emitRelease(_ memory: WorkspaceMemory, _ object: ObjectEmitter) {
    guard let owned = memory.owned else { return }
    let release = object.builder.appendBlock("release")
    let done = object.builder.appendBlock("done")
    object.builder.condBr(object.builder.isNull(owned), then: done, else: release)
    object.position(atEnd: release)
    object.builder.call(object.deallocator, [owned])
    object.builder.br(done)
    object.position(atEnd: done)
  }
}

extension ObjectEmitter {
  /// C's `malloc`.
  var allocator: IRFunction {
    if let known = module.function("malloc") { return known }
    let function = module.declare(
      "malloc", context.function([sizeType], returning: context.pointer))
    function.addToResult(.noAlias)
    function.add([.noUnwind, .willReturn])
    return function
  }

  /// C's `free`.
  var deallocator: IRFunction {
    if let known = module.function("free") { return known }
    let function = module.declare(
      "free", context.function([context.pointer], returning: context.void))
    function.add([.noUnwind, .willReturn])
    return function
  }
}
