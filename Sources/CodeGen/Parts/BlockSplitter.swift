import LoopIR

/// A part of a long block.
enum BlockPart {
  /// Steps that become a function of their own.
  case outlined([Item])
  /// Steps of one side of a branch that become a function of their own.
  case guarded(Side, [Item])
  /// A step that stays: the end of the call, or a loop whose own body is long.
  case inPlace(Item)

  /// One side of a branch.
  struct Side: Hashable {
    var condition: ScalarID
    /// Whether the side runs where the condition is true.
    var isThen: Bool
  }

  /// The steps whose values later parts may use.
  var items: [Item] {
    switch self {
    case .outlined(let items), .guarded(_, let items): items
    case .inPlace(let item): [item]
    }
  }

  /// Whether it stays where it stands.
  var isInPlace: Bool {
    if case .inPlace = self { true } else { false }
  }

  /// What the part takes from outside.
  func uses(_ finder: UseFinder) -> PartUses {
    guard case .guarded(let side, _) = self else { return PartUses(items, finder) }
    return PartUses(items, under: side.condition, finder)
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
  /// The same of a turn of few steps, some of which are long loops: with its loop it is one function
  /// if it can be, like that of a product, which stands in the object once.
  private static let loopBlockLimit = 2000
  private static let fewSteps = 100
  /// The steps of a part.
  private static let partLimit = 250
  /// The steps of a part that LLVM translates as it stands, in a time that grows with their number.
  private static let plainPartLimit = 1_000
  /// In a body of more scalars than this, the time that LLVM takes counts more than the last
  /// percents of speed.
  static let hugeBody = 20_000
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
      case .scalar, .store, .check, .external, .stopIfFailed: return 1
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
    case .scalar, .store, .check, .external, .stopIfFailed: 1
    case .branch(_, let then, let otherwise): 1 + weight(then) + weight(otherwise)
    case .loop(let id): weights[id.index]
    }
  }

  /// The steps of a loop and of what stands in it.
  func steps(of loop: LoopID) -> Int { weights[loop.index] - BlockSplitter.loopWeight }

  /// Whether a block is cut.
  func isLong(_ block: Block) -> Bool {
    let weight = weight(block)
    if weight <= BlockSplitter.blockLimit { return false }
    return weight > BlockSplitter.loopBlockLimit || block.items.count > BlockSplitter.fewSteps
      || block == body.block
  }

  /// The parts of a block; nil for one that is short enough.
  func parts(of block: Block) -> [BlockPart]? {
    guard isLong(block) else { return nil }
    if block.items.count == 1, case .loop = block.items[0] { return nil }
    var parts: [BlockPart] = []
    for piece in pieces(of: block.items) {
      guard piece.count == 1, let item = piece.first, isTooLong(item) else {
        parts.append(.outlined(piece))
        continue
      }
      guard case .branch(let condition, let then, let otherwise) = item else {
        parts.append(.inPlace(item))
        continue
      }
      for (block, isThen) in [(then, true), (otherwise, false)] {
        let side = BlockPart.Side(condition: condition, isThen: isThen)
        parts += pieces(of: block.items).map { .guarded(side, $0) }
      }
    }
    return parts
  }

  /// Whether a step stands alone, since it ends the call or is itself long.
  private func isTooLong(_ item: Item) -> Bool {
    item == .stopIfFailed || weight(item) > BlockSplitter.loopBlockLimit
  }

  /// Stretches of steps that are short enough for a part, or one step that stands alone.
  private func pieces(of items: [Item]) -> [[Item]] {
    let isPlain =
      body.scalars.count > BlockSplitter.hugeBody
      && items.allSatisfy { $0.isPlain || isTooLong($0) }
    let limit = isPlain ? BlockSplitter.plainPartLimit : BlockSplitter.partLimit
    var pieces: [[Item]] = []
    var piece: [Item] = []
    var total = 0
    for item in items {
      let weight = weight(item)
      if !piece.isEmpty, isTooLong(item) || total + weight > limit {
        pieces.append(piece)
        piece = []
        total = 0
      }
      piece.append(item)
      total += weight
      if isTooLong(item) { total = limit }
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }
}

extension Item {
  /// Whether no loop stands in it.
  fileprivate var isPlain: Bool {
    switch self {
    case .loop, .branch: false
    case .scalar, .store, .check, .external, .stopIfFailed: true
    }
  }
}
