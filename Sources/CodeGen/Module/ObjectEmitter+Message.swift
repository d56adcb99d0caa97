import LLVMInterop
import LoopIR
import Support

extension ObjectEmitter {
  /// Emits the function that spells status codes: a look-up by the number of the place.
  ///
  /// All messages stand in one text, with a table of where each begins, so that the object needs no
  /// relocations for them.
  func emitMessageFunction() {
    let table = MessageTable(interface)
    let function = addFunction(
      interface.messageName, [context.i32], returning: context.pointer, isExported: true)
    addHashedName(function, interface.messageSymbol)
    let status = function.parameter(0)
    position(atEnd: function.appendBlock("entry"))
    debug?.enter(function, named: interface.messageName, at: .none, self)
    let text = module.addText("messages", table.text)
    let offsets = addTable("message_offsets", table.offsets)
    let failures = addTable("message_statuses", table.statuses)
    let last = context.i32.constant(table.statuses.count - 1)
    let number = builder.lshr(status, context.i32.constant(PlaceTable.failureBits))
    let isKnown = builder.icmp(.ult, number, last)
    // The last entry is for codes that no call returns.
    let place = builder.zext(builder.select(isKnown, number, last), to: context.i64)
    let expected = builder.load(context.i32, builder.element(context.i32, failures, place))
    let fallback = index(table.statuses.count - 1)
    let isRight = builder.icmp(.eq, expected, status)
    let found = builder.select(isRight, place, fallback)
    let offset = builder.load(context.i32, builder.element(context.i32, offsets, found))
    let isSuccess = builder.icmp(.eq, status, context.i32.zero)
    let start = builder.select(isSuccess, context.i32.zero, offset)
    builder.ret(builder.element(context.i8, text.value, builder.zext(start, to: context.i64)))
  }

  /// Adds a table of numbers of 32 bits.
  private func addTable(_ name: String, _ numbers: [Int]) -> IRValue {
    let values = numbers.map { context.i32.constant($0) }
    return module.addConstant(name, .array(of: context.i32, values), align: 4).value
  }
}

/// The texts of all status codes of an object.
struct MessageTable {
  /// The texts, each with a zero behind it; the first is for success.
  private(set) var text = "no error"
  /// Where the message of each place begins, and that of unknown codes at the end.
  private(set) var offsets: [Int] = []
  /// The status code of each place, and at the end a code that no call returns.
  private(set) var statuses: [Int] = []

  init(_ interface: ObjectInterface) {
    for place in interface.places.places {
      append(interface.places.message(place, interface.files), interface.places.status(place))
    }
    append("unknown error", -1)
  }

  /// Adds a message and the status that it belongs to.
  private mutating func append(_ message: String, _ status: Int) {
    text += "\0"
    offsets.append(text.utf8.count)
    statuses.append(status)
    text += message.filter { $0 != "\0" }
  }
}
