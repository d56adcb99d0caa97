import LLVMInterop
import LoopIR
import Support

/// Loads and stores of several lanes.
extension BodyEmitter {
  /// Loads an element for each lane; 0 where a mask is false, and behind the end of the loop.
  func loadLanes(_ access: Access, mask: ScalarID?, lanes: Int) -> IRValue {
    let active = lanesMask(mask, lanes, of: access.buffer)
    let element = body[access.buffer].element
    let type = object.memoryType(element).vector(lanes)
    let raw: IRValue
    switch address(access, lanes: lanes, isGuarded: mask != nil) {
    case .one(let pointer):
      raw = gather(type, object.builder.splat(pointer, lanes: lanes), active, element)
    case .row(let pointer, isBackward: false): raw = loadRow(type, pointer, active, element)
    case .row(let pointer, isBackward: true):
      raw = reversed(loadRow(type, pointer, active.map(reversed), element))
    case .many(let pointers, _): raw = gather(type, pointers, active, element)
    }
    note(raw, accesses: access.buffer)
    return object.registered(raw, element)
  }

  /// Loads neighbours; 0 in lanes that are not active.
  private func loadRow(
    _ type: IRType, _ pointer: IRValue, _ active: IRValue?, _ element: DType
  ) -> IRValue {
    guard let active else {
      return object.builder.load(type, pointer, align: element.byteSize)
    }
    return object.builder.maskedLoad(
      type, pointer, align: element.byteSize, mask: active, passthru: type.zero)
  }

  /// Loads each lane from its own address; 0 in lanes that are not active.
  private func gather(
    _ type: IRType, _ pointers: IRValue, _ active: IRValue?, _ element: DType
  ) -> IRValue {
    let mask = active ?? object.context.i1.vector(type.laneCount).allOnes
    return object.builder.gather(
      type, pointers, align: element.byteSize, mask: mask, passthru: type.zero)
  }

  /// The lanes that a mask has and that are within the end of the loop; nil for all. Memory that
  /// lanes have of their own may be touched behind the end as well.
  private func lanesMask(_ mask: ScalarID?, _ lanes: Int, of buffer: BufferID) -> IRValue? {
    let within = body[buffer].lanes > 1 ? nil : activeLanes
    guard let mask else { return within }
    let wide = value(mask, lanes: lanes)
    return within.map { object.builder.and(wide, $0) } ?? wide
  }

  /// The lanes in the opposite order.
  private func reversed(_ vector: IRValue) -> IRValue {
    let lanes = vector.type.laneCount
    return object.builder.shuffle(vector, vector.type.poison, (0..<lanes).reversed())
  }

  /// Stores an element for each lane that a mask has.
  func storeLanes(_ store: Store, lanes: Int) {
    let active = lanesMask(store.mask, lanes, of: store.access.buffer)
    let value = value(store.value, lanes: lanes)
    let buffer = store.access.buffer
    switch address(store.access, lanes: lanes, isGuarded: store.mask != nil) {
    case .one(let pointer): storeAcross(store, pointer, value, active)
    case .row(let pointer, isBackward: false):
      storeRow(buffer, pointer, value, active, store.combining)
    case .row(let pointer, isBackward: true):
      storeRow(buffer, pointer, reversed(value), active.map(reversed), store.combining)
    case .many(let pointers, let areDistinct):
      if store.combining != nil, !areDistinct {
        storeOneByOne(store, pointers, value, active)
      } else {
        scatter(buffer, pointers, value, active, store.combining)
      }
    }
  }

  /// Combines all lanes into one element.
  private func storeAcross(
    _ store: Store, _ pointer: IRValue, _ value: IRValue, _ active: IRValue?
  ) {
    guard let operation = store.combining else {
      preconditionFailure("several lanes are stored to one element")
    }
    let element = body[store.access.buffer].element
    let folded = acrossLanes(operation, value, element.arithmetic, active: active)
    let run = {
      self.storeOne(store.access.buffer, pointer, folded, combining: operation)
    }
    guard store.mask != nil, let active else { return run() }
    // The element may lie outside of the buffer where no lane wants it.
    emitIf(object.builder.reduce(.or, active), run)
  }

  /// Stores to neighbours, or combines with what is there.
  private func storeRow(
    _ buffer: BufferID, _ pointer: IRValue, _ value: IRValue, _ active: IRValue?,
    _ combining: BinaryOperation?
  ) {
    let element = body[buffer].element
    let type = object.memoryType(element).vector(value.type.laneCount)
    var result = value
    if let combining {
      let raw = loadRow(type, pointer, active, element)
      note(raw, accesses: buffer)
      let before = object.registered(raw, element)
      result = object.accumulate(combining, before, value, element.arithmetic)
    }
    let stored = object.stored(result, element)
    let store =
      active.map {
        object.builder.maskedStore(stored, pointer, align: element.byteSize, mask: $0)
      } ?? object.builder.store(stored, pointer, align: element.byteSize)
    note(store, accesses: buffer)
  }

  /// Stores each lane to its own address, or combines with what is there.
  private func scatter(
    _ buffer: BufferID, _ pointers: IRValue, _ value: IRValue, _ active: IRValue?,
    _ combining: BinaryOperation?
  ) {
    let element = body[buffer].element
    var result = value
    if let combining {
      let type = object.memoryType(element).vector(value.type.laneCount)
      let raw = gather(type, pointers, active, element)
      note(raw, accesses: buffer)
      let before = object.registered(raw, element)
      result = object.accumulate(combining, before, value, element.arithmetic)
    }
    let mask = active ?? object.context.i1.vector(value.type.laneCount).allOnes
    let store = object.builder.scatter(
      object.stored(result, element), pointers, align: element.byteSize, mask: mask)
    note(store, accesses: buffer)
  }

  /// Combines lane after lane, since several may go to the same element.
  private func storeOneByOne(
    _ store: Store, _ pointers: IRValue, _ value: IRValue, _ active: IRValue?
  ) {
    for lane in 0..<value.type.laneCount {
      let pointer = object.builder.extract(pointers, lane: lane)
      let part = object.builder.extract(value, lane: lane)
      let run = {
        self.storeOne(store.access.buffer, pointer, part, combining: store.combining)
      }
      if let active {
        emitIf(object.builder.extract(active, lane: lane), run)
      } else {
        run()
      }
    }
  }
}
