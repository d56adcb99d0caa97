import LoopIR
import Support

/// The loops of a function that compute what comes from some sites, with what they cost.
struct LoopAccount {
  private let function: LoopFunction
  private let body: Body
  private let isHere: (Site) -> Bool

  /// - Parameter isHere: whether a site is of the line that is asked for.
  init(_ function: LoopFunction, isHere: @escaping (Site) -> Bool) {
    self.function = function
    // The first body computes all results, the last one where there is a choice.
    let all = Set(function.results.indices)
    body = function.bodies.first { $0.serves == all } ?? function.bodies[function.bodies.count - 1]
    self.isHere = isHere
  }

  /// A line for each loop nest with something of the line in it, then what is kept in memory.
  var lines: [String] {
    var lines: [String] = []
    let kernels = body.block.items.filter { if case .loop = $0 { true } else { false } }
    for (number, item) in kernels.enumerated() {
      guard case .loop(let id) = item else { continue }
      var cost = LoopCost(body, isHere: isHere)
      cost.add(.loop(id))
      guard cost.own > 0 else { continue }
      lines.append("nest \(number + 1) of \(kernels.count): \(cost.words)")
    }
    var outside = LoopCost(body, isHere: isHere)
    for item in body.block.items { if case .loop = item { continue } else { outside.add(item) } }
    if outside.own > 0 { lines.append("outside of loops: \(outside.own) operations") }
    return lines + kept
  }

  /// The buffers of the workspace that hold values of the line.
  private var kept: [String] {
    body.buffers.compactMap { buffer in
      guard buffer.storage == .workspace, isHere(buffer.site) else { return nil }
      let bytes = Dim(buffer.element.byteSize) * buffer.count
      let shape = buffer.shape.isEmpty ? "" : "[\(LoopCost.list(buffer.shape))]"
      let type = buffer.element.rawValue + shape
      return "kept in memory: \(buffer.name), \(type), \(bytes) bytes"
    }
  }
}

/// What a loop nest does in all its turns.
struct LoopCost {
  private let body: Body
  private let isHere: (Site) -> Bool
  /// How many scalars come from the line.
  private(set) var own = 0
  /// The operations on floating numbers of all turns.
  private var operations = Dim(0)
  /// The bytes that are read and written, each element as often as it is.
  private var read = Dim(0)
  private var written = Dim(0)
  private var extents: [Dim] = []
  /// The buffers that are read and written, in order.
  private var names: [String] = []

  init(_ body: Body, isHere: @escaping (Site) -> Bool) {
    self.body = body
    self.isHere = isHere
  }

  /// Adds an item with everything in it.
  mutating func add(_ item: Item) {
    var pending = [(item: item, turns: Dim(1), depth: 0)]
    while let (item, turns, depth) = pending.popLast() {
      switch item {
      case .loop(let id):
        let extent = body[id].extent
        if depth == extents.count { extents.append(extent) }
        pending += body[id].body.items.map { ($0, turns * extent, depth + 1) }
      case .branch(_, let then, let otherwise):
        pending += (then.items + otherwise.items).map { ($0, turns, depth) }
      case .scalar(let id): count(body[id], turns)
      case .store(let store):
        if isHere(store.site) { own += 1 }
        written = written + turns * Dim(body[store.access.buffer].element.byteSize)
        note(body[store.access.buffer].name)
      case .check, .external, .stopIfFailed: break
      }
    }
  }

  private mutating func note(_ name: String) {
    if !names.contains(name) { names.append(name) }
  }

  /// Adds a scalar.
  private mutating func count(_ scalar: Scalar, _ turns: Dim) {
    var isWork = false
    switch scalar.instruction {
    case .unary, .binary, .compare, .select, .convert, .call, .accumulate, .round, .acrossLanes:
      isWork = true
      operations = operations + turns
    case .multiplyAdd:
      isWork = true
      operations = operations + 2 * turns
    case .load(let access, _):
      read = read + turns * Dim(body[access.buffer].element.byteSize)
      note(body[access.buffer].name)
    case .constant, .dim, .loopVariable, .index, .isWanted, .bitcast, .carried, .loopResult, .splat:
      break
    }
    if isWork, isHere(scalar.site) { own += 1 }
  }

  /// Sizes with commas between them.
  static func list(_ dims: [Dim]) -> String { dims.map(\.description).joined(separator: ", ") }

  /// The costs in words.
  var words: String {
    "loops over \(LoopCost.list(extents)), \(own) operations of this line in a turn; the whole "
      + "nest does \(operations) operations, reads \(read) and writes \(written) bytes of "
      + names.sorted().joined(separator: ", ")
  }
}
