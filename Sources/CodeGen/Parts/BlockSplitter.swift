import LoopIR

/// A part of a long block.
enum BlockPart {
  /// Steps that become a function of their own.
  case outlined([Item])
  /// A step that stays: the end of the call, or a loop whose own body is long.
  case inPlace(Item)

  var items: [Item] {
    switch self {
    case .outlined(let items): items
    case .inPlace(let item): [item]
    }
  }
}

/// Cuts long blocks into parts, which become functions of their own: some of LLVM's passes take
/// time that grows with the square of a function's length.
struct BlockSplitter {
  private let body: Body
  /// How long each loop is.
  private let weights: [Int]

  /// A block of more steps than this is cut.
  static let blockLimit = 1500
  /// The steps of a part.
  static let partLimit = 250
  /// What a loop counts beside its steps: LLVM makes several of it, and its strength reduction
  /// takes time that grows with the square of their number.
  static let loopWeight = 60

  init(_ body: Body) {
    self.body = body
    var weights = Array(repeating: 0, count: body.loops.count)
    func weigh(_ block: Block) -> Int {
      block.items.reduce(0) { $0 + weigh($1) }
    }
    func weigh(_ item: Item) -> Int {
      switch item {
      case .scalar, .store, .check, .stopIfFailed: return 1
      case .branch(_, let then, let otherwise): return 1 + weigh(then) + weigh(otherwise)
      case .loop(let id):
        weights[id.index] = BlockSplitter.loopWeight + weigh(body[id].body)
        return weights[id.index]
      }
    }
    _ = weigh(body.block)
    _ = weigh(body.commit)
    self.weights = weights
  }

  /// How long a block is.
  private func weight(_ block: Block) -> Int { block.items.reduce(0) { $0 + weight($1) } }

  /// How long a step is.
  private func weight(_ item: Item) -> Int {
    switch item {
    case .scalar, .store, .check, .stopIfFailed: 1
    case .branch(_, let then, let otherwise): 1 + weight(then) + weight(otherwise)
    case .loop(let id): weights[id.index]
    }
  }

  /// The parts of a block; nil for one that is short enough.
  func parts(of block: Block) -> [BlockPart]? {
    guard weight(block) > BlockSplitter.blockLimit, block.items.count > 1 else { return nil }
    var parts: [BlockPart] = []
    var items: [Item] = []
    var total = 0
    func close() {
      if !items.isEmpty { parts.append(.outlined(items)) }
      items = []
      total = 0
    }
    for item in block.items {
      let weight = weight(item)
      if weight > BlockSplitter.blockLimit || item == .stopIfFailed {
        close()
        parts.append(.inPlace(item))
        continue
      }
      if total > 0, total + weight > BlockSplitter.partLimit { close() }
      items.append(item)
      total += weight
    }
    close()
    return parts
  }
}
