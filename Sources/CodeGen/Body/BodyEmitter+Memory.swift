import LLVMInterop
import LoopIR
import Support

/// Loads and stores of one lane; those of several stand beside.
extension BodyEmitter {
  /// Emits a load; where a mask is false, the value is 0.
  func load(_ access: Access, mask: ScalarID?, _ type: ScalarType) -> IRValue {
    if let value = givenValue(access) {
      guard let mask else { return object.builder.splat(value, lanes: type.lanes) }
      let wide = object.builder.splat(value, lanes: type.lanes)
      return object.builder.select(self.value(mask), wide, wide.type.zero)
    }
    if type.lanes > 1 { return loadLanes(access, mask: mask, lanes: type.lanes) }
    guard case .one(let pointer) = address(access, lanes: 1, isGuarded: mask != nil) else {
      preconditionFailure("one lane has one address")
    }
    guard let mask else { return loadOne(access.buffer, pointer) }
    return onlyIf(value(mask)) { self.loadOne(access.buffer, pointer) }
  }

  /// The value of a parameter that is passed by value.
  private func givenValue(_ access: Access) -> IRValue? {
    guard let root = body.root(of: access.buffer),
      case .parameter(let number) = body[root].storage, !function.parameters[number].isPointer
    else { return nil }
    return argument(.parameter(number)).map { object.registered($0, body[root].element) }
  }

  /// Loads an element from an address.
  func loadOne(_ buffer: BufferID, _ pointer: IRValue) -> IRValue {
    let element = body[buffer].element
    let raw = object.builder.load(object.memoryType(element), pointer, align: element.byteSize)
    note(raw, accesses: buffer)
    return object.registered(raw, element)
  }

  /// Computes a value if a condition is true; it is 0 if not.
  private func onlyIf(_ condition: IRValue, _ make: () -> IRValue) -> IRValue {
    if condition.constantInteger == -1 { return make() }
    let before = object.builder.block
    let run = object.builder.appendBlock("masked")
    let join = object.builder.appendBlock("join")
    object.builder.condBr(condition, then: run, else: join)
    object.position(atEnd: run)
    let value = make()
    let after = object.builder.block
    object.builder.br(join)
    object.position(atEnd: join)
    let phi = object.builder.phi(value.type)
    phi.add(value.type.zero, from: before)
    phi.add(value, from: after)
    return phi.value
  }

  /// Runs something if a condition is true.
  func emitIf(_ condition: IRValue, _ run: () -> Void) {
    if condition.constantInteger == -1 { return run() }
    let block = object.builder.appendBlock("masked")
    let join = object.builder.appendBlock("join")
    object.builder.condBr(condition, then: block, else: join)
    object.position(atEnd: block)
    run()
    object.builder.br(join)
    object.position(atEnd: join)
  }

  /// Emits a store.
  func emit(_ store: Store) {
    var lanes = max(body[store.value].type.lanes, addressLanes(store.access))
    if let mask = store.mask { lanes = max(lanes, body[mask].type.lanes) }
    if lanes > 1 { return storeLanes(store, lanes: lanes) }
    guard case .one(let pointer) = address(store.access, lanes: 1, isGuarded: store.mask != nil)
    else { preconditionFailure("one lane has one address") }
    let stored = value(store.value)
    let run = {
      self.storeOne(store.access.buffer, pointer, stored, combining: store.combining)
    }
    guard let mask = store.mask else { return run() }
    emitIf(value(mask), run)
  }

  /// The number of lanes of the position of an access.
  private func addressLanes(_ access: Access) -> Int {
    var lanes = body[access.buffer].lanes
    for index in access.indices {
      for term in index.loops { lanes = max(lanes, loops[term.variable.index]?.lanes ?? 1) }
      for term in index.scalars { lanes = max(lanes, body[term.variable].type.lanes) }
    }
    return lanes
  }

  /// Stores a value at an address, or combines it with what is there.
  func storeOne(
    _ buffer: BufferID, _ pointer: IRValue, _ value: IRValue, combining: BinaryOperation?
  ) {
    let element = body[buffer].element
    var result = value
    if let combining {
      let before = loadOne(buffer, pointer)
      result = object.accumulate(combining, before, value, element.arithmetic)
    }
    let store = object.builder.store(
      object.stored(result, element), pointer, align: element.byteSize)
    note(store, accesses: buffer)
  }
}
