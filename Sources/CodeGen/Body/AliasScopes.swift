import LLVMInterop
import LoopIR

/// Tells LLVM which accesses of one loop tree do not meet, since addresses in one workspace do not
/// show it.
///
/// Within a tree only: over a whole function, what is known would grow with the square of the
/// number of buffers, and memory whose life has ended is used again.
final class AliasScopes {
  /// A stretch of memory that has a name.
  private enum Memory: Hashable {
    case parameter(Int)
    case result(Int)
    case constant(Int)
    case buffer(BufferID)
  }

  private let body: Body
  private let object: ObjectEmitter
  /// The memory of the tree, in the order in which it is found.
  private var memories: [Memory] = []
  private var scopes: [Memory: IRMetadata] = [:]
  private var nodes: [Memory: (own: IRMetadata, others: IRMetadata?)] = [:]
  /// The places of the tree's buffers in the plan, and the lowest of them.
  private var placements: [BufferID: Int] = [:]
  private var lowest = 0
  /// By place, those that it lies behind.
  private var behind: [Int: Set<Int>] = [:]

  /// More stretches than this in one tree are not told apart.
  private static let limit = 64
  /// So many places are looked for that one lies behind.
  private static let searchLimit = 1024

  /// Finds the memory that a tree touches; nil where nothing is to be told.
  init?(_ body: Body, tree items: [Item], _ object: ObjectEmitter) {
    self.body = body
    self.object = object
    var access = TreeAccesses(body)
    access.add(items)
    var seen: Set<Memory> = []
    for buffer in access.touched {
      guard let memory = memory(of: buffer), seen.insert(memory).inserted else { continue }
      memories.append(memory)
    }
    guard access.writes, memories.count > 1, memories.count <= AliasScopes.limit else {
      return nil
    }
    for (place, placement) in body.plan.enumerated()
    where seen.contains(.buffer(placement.buffer)) {
      placements[placement.buffer] = place
    }
    lowest = placements.values.min() ?? 0
    let domain = object.context.aliasDomain("tree")
    for memory in memories {
      scopes[memory] = object.context.aliasScope("memory", in: domain)
    }
  }

  /// The stretch of memory that a buffer names.
  private func memory(of buffer: BufferID) -> Memory? {
    guard let root = body.root(of: buffer) else { return nil }
    switch body[root].storage {
    case .parameter(let number), .update(let number): return .parameter(number)
    case .result(let number): return .result(number)
    case .constant(let number): return .constant(number)
    case .workspace, .local: return .buffer(root)
    case .alias: return nil
    }
  }

  /// Marks an access to a buffer.
  func mark(_ instruction: IRValue, accesses buffer: BufferID) {
    guard let memory = memory(of: buffer), scopes[memory] != nil else { return }
    let node = nodes[memory] ?? makeNode(memory)
    nodes[memory] = node
    object.builder.setAliasScopes(of: instruction, in: node.own, notIn: node.others)
  }

  /// The scope of a stretch, and those that it does not meet.
  private func makeNode(_ memory: Memory) -> (own: IRMetadata, others: IRMetadata?) {
    let own = scopes[memory].map { object.context.metadata([$0]) }
    let others = memories.filter { areDisjoint(memory, $0) }.compactMap { scopes[$0] }
    guard let own else { preconditionFailure("memory has no scope") }
    return (own, others.isEmpty ? nil : object.context.metadata(others))
  }

  /// Whether two stretches never meet. Buffers of the workspace do where neither lies behind the
  /// other.
  private func areDisjoint(_ a: Memory, _ b: Memory) -> Bool {
    if a == b { return false }
    guard case .buffer(let x) = a, case .buffer(let y) = b, let first = placements[x],
      let second = placements[y]
    else { return true }
    return placesBehind(max(first, second)).contains(min(first, second))
  }

  /// The places of the plan that one lies behind, directly or behind others, as far as the tree has
  /// buffers there.
  private func placesBehind(_ upper: Int) -> Set<Int> {
    if let known = behind[upper] { return known }
    var pending = [upper]
    var found: Set<Int> = []
    while let place = pending.popLast(), found.count < AliasScopes.searchLimit {
      for next in body.plan[place].below where next >= lowest && found.insert(next).inserted {
        pending.append(next)
      }
    }
    behind[upper] = found
    return found
  }
}

/// The buffers that some steps touch.
private struct TreeAccesses {
  private let body: Body
  /// In the order in which they are found.
  private(set) var touched: [BufferID] = []
  private(set) var writes = false
  private var seen: Set<BufferID> = []

  init(_ body: Body) { self.body = body }

  /// Adds a buffer.
  private mutating func add(_ buffer: BufferID) {
    if seen.insert(buffer).inserted { touched.append(buffer) }
  }

  /// Adds what some steps touch.
  mutating func add(_ items: [Item]) {
    for item in items {
      switch item {
      case .scalar(let id):
        if case .load(let access, _) = body[id].instruction { add(access.buffer) }
      case .store(let store):
        writes = true
        add(store.access.buffer)
      case .loop(let id): add(body[id].body.items)
      case .branch(_, let then, let otherwise):
        add(then.items)
        add(otherwise.items)
      case .check, .external, .stopIfFailed: break
      }
    }
  }
}

extension BodyEmitter {
  /// Tells LLVM what an access does not meet.
  func note(_ instruction: IRValue, accesses buffer: BufferID) {
    aliases?.mark(instruction, accesses: buffer)
  }
}
