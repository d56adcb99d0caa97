import GraphIR
import Support

/// The inside of a block that is being written.
struct Scope {
  /// What may be named, the latest last.
  var locals: [Local] = []
  /// The variables of ranges, which are weak integers.
  var turns: [String] = []
  /// The statements so far.
  var lines: [String] = []
  /// The words that went into what statements give.
  var sources: [String: Set<String>] = [:]
  /// How many blocks are around it.
  var depth = 0
  /// Whether it is a branch, in which nothing is asserted.
  var isBranch = false
  /// Whether it is the body of a func, which names nothing of the graph.
  var isFunction = false

  /// The inside of a block in this one.
  func inner(_ more: [Local] = [], turns: [String] = []) -> Scope {
    Scope(
      locals: locals + more, turns: self.turns + turns, sources: sources, depth: depth + 1,
      isBranch: isBranch, isFunction: isFunction)
  }

  /// The statements as a block.
  var text: String { lines.joined(separator: "\n") }

  func type(of name: String) -> TensorType? { locals.last { $0.name == name }?.type }
}

extension Sample.Domain {
  /// How a doc comment of a parameter tells the domain.
  var spelled: String {
    switch self {
    case .interval(let low, let high): "interval \(low) \(high)"
    case .integers(let low, let high): "integers \(low) \(high)"
    case .booleans: "booleans"
    case .awayFromZero(let low, let high): "away \(low) \(high)"
    case .matrices(let shift, let first, let step): "matrices \(shift) \(first) \(step)"
    }
  }

  /// The domain that a doc comment tells.
  init?(spelled: String) {
    let words = spelled.split { $0 == " " || $0 == "\n" }.map(String.init)
    let numbers = words.dropFirst().compactMap(Double.init)
    switch (words.first, numbers.count) {
    case ("interval", 2): self = .interval(numbers[0], numbers[1])
    case ("integers", 2): self = .integers(Int(numbers[0]), Int(numbers[1]))
    case ("booleans", _): self = .booleans
    case ("away", 2): self = .awayFromZero(numbers[0], numbers[1])
    case ("matrices", 3):
      self = .matrices(shift: Int(numbers[0]), first: numbers[1], step: numbers[2])
    default: return nil
    }
  }

  /// Where values of a type are drawn from, if nothing is said.
  init(of dtype: DType) {
    self = dtype == .bool ? .booleans : dtype.isFloat ? .interval(-2, 2) : .integers(0, 9)
  }
}
