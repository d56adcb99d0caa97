import LoopIR

/// A hash of what header and object must agree on, the same on every machine (64-bit FNV-1a).
///
/// What optimisation, CPU and debug options change is not in it.
struct SignatureHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Another number for every change of the calling convention.
  private static let convention = "gradc calling convention 1"

  private init() {
    add(SignatureHash.convention)
  }

  /// The hash of a function: names, order, types and shapes of all that it takes and gives, and of
  /// what the program's functions that it calls take and give.
  init(of function: LoopFunction) {
    self.init()
    add("function \(function.name)")
    for symbol in function.symbols { add("symbol \(symbol)") }
    for formal in function.parameters {
      add("\(formal.isInout ? "inout" : "parameter") \(formal)")
    }
    for formal in function.results { add("result \(formal)") }
    for called in function.externals where called.libraries.isEmpty {
      add("extern \(called.signature)")
      for symbol in called.symbols { add("symbol \(symbol)") }
    }
  }

  /// The hash of a function whose signature is the text.
  init(of text: String) {
    self.init()
    add(text)
  }

  /// Adds a text and its end.
  private mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0)
  }

  /// Adds a byte.
  private mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// The hash as 16 digits.
  var digits: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The symbol that the header asks for in place of the plain name. A linker that does not find it
  /// prints it, so it says what is wrong.
  func symbol(for name: String) -> String { "\(name)__header_and_object_differ_\(digits)" }
}
