import LLVMInterop
import LoopIR
import Support

/// What a part with loops is handed, and hands back, in memory of its own: in the order in which its
/// code meets it. Parts that do the same with other memory and other sizes are the same code then,
/// and stand in the object once.
final class Pack {
  private let body: Body
  private var offsets: [Captured: Int] = [:]
  private var order: [Captured] = []
  private var size = 0

  /// Parts that take more than this are not packed.
  static let limit = 64

  init(_ body: Body) { self.body = body }

  /// The bytes in front of something, which gets the next place when it is met first.
  func place(of captured: Captured) -> Int {
    if let known = offsets[captured] { return known }
    let bytes = captured.bytes(body)
    let offset = (size + bytes - 1) / bytes * bytes
    offsets[captured] = offset
    order.append(captured)
    size = offset + bytes
    return offset
  }

  /// What the part takes, as opposed to what it leaves.
  func taken(_ leaving: [ScalarID]) -> [Captured] {
    let left = Set(leaving.map { Captured.scalar($0) })
    return order.filter { !left.contains($0) }
  }

  /// The bytes of a pack of some things, sizes and active lanes, in whatever order.
  static func greatestSize(
    _ captured: [Captured], _ function: LoopFunction, _ body: Body
  ) -> Int {
    let others = function.symbols.map { Captured.symbol($0) } + [.activeLanes]
    return (captured + others).reduce(0) { $0 + 2 * $1.bytes(body) }
  }
}

/// The function of a packed part.
struct PackedPart {
  let function: IRFunction
  /// What it does: LLVM takes a time for it that grows with the module, so that it is asked for only
  /// where another part may do the same.
  private(set) lazy var text = function.canonicalText

  init(_ function: IRFunction) { self.function = function }
}

extension ObjectEmitter {
  /// An earlier function that does the same as one that nothing calls yet, which is removed then.
  ///
  /// Lines of the source would be lost, so that it is left where they are told.
  func shared(_ function: IRFunction) -> IRFunction {
    if debug != nil { return function }
    var part = PackedPart(function)
    let outline = function.outline
    var similar = parts[outline, default: []]
    for number in similar.indices where similar[number].text == part.text {
      parts[outline] = similar
      function.erase()
      return similar[number].function
    }
    parts[outline] = similar + [part]
    return function
  }
}
