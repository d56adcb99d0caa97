import LLVMInterop
import LoopIR

/// Memory through which parts of a block hand values to each other.
struct Frame {
  let emitter: BodyEmitter
  let address: IRValue
  /// The bytes in front of something.
  let place: (Captured) -> Int
  /// Where the scalars of a part are that stands for several.
  private var table: Table?

  /// The places of some scalars, of 32 bits each, that a part is told.
  private struct Table {
    let address: IRValue
    let numbers: [ScalarID: Int]
  }

  init(emitter: BodyEmitter, address: IRValue, place: @escaping (Captured) -> Int) {
    self.emitter = emitter
    self.address = address
    self.place = place
  }

  /// The frame as another function has it.
  func moved(to address: IRValue) -> Frame {
    Frame(emitter: emitter, address: address, place: place)
  }

  /// The frame as a function has it that is told the places of some scalars.
  func moved(to address: IRValue, places: IRValue, _ scalars: [ScalarID]) -> Frame {
    var frame = moved(to: address)
    frame.table = Table(
      address: places, numbers: Dictionary(uniqueKeysWithValues: zip(scalars, 0...)))
    return frame
  }

  /// Puts a value into its place.
  func store(_ captured: Captured, _ value: IRValue) {
    let place = address(of: captured)
    emitter.object.builder.store(value, place.address, align: place.alignment)
  }

  /// The value in a place.
  func load(_ captured: Captured) -> IRValue { load(captured, emitter.type(of: captured)) }

  /// The value in a place, of a type that the emitter does not know.
  func load(_ captured: Captured, _ type: IRType) -> IRValue {
    let place = address(of: captured)
    return emitter.object.builder.load(type, place.address, align: place.alignment)
  }

  /// The address of something, and what it is a multiple of, at least.
  private func address(of captured: Captured) -> (address: IRValue, alignment: Int) {
    let object = emitter.object
    let offset: IRValue
    let multiple: Int
    if let table, case .scalar(let id) = captured, let number = table.numbers[id] {
      let entry = object.builder.element(object.context.i8, table.address, object.index(4 * number))
      let stored = object.builder.load(object.context.i32, entry, align: 4)
      offset = object.builder.zext(stored, to: object.context.i64)
      multiple = captured.bytes(emitter.body)
    } else {
      multiple = place(captured)
      offset = object.index(multiple)
    }
    let address = object.builder.element(object.context.i8, address, offset)
    return (address, 1 << min(6, multiple.trailingZeroBitCount))
  }
}
