import LoopIR
import Support

/// Puts the frames of long bodies into the workspace: a stack has no room for much.
struct FramePlan {
  private let body: Body
  private let splitter: BlockSplitter
  private let finder: UseFinder

  /// Frames of at most so many bytes stay on the stack.
  private static let stackLimit = 16_384

  /// Gives the bodies of a function whose frames are large a buffer for them.
  static func reserve(in function: LoopFunction) -> LoopFunction {
    var result = function
    for (number, body) in function.bodies.enumerated() {
      let plan = FramePlan(
        body: body, splitter: BlockSplitter(body), finder: UseFinder(function, body))
      let bytes = max(plan.bytes(of: body.block), plan.bytes(of: body.commit))
      if bytes > stackLimit { result.bodies[number].reserveFrame(bytes) }
    }
    return result
  }

  /// The bytes that the frames of a block take, with those in it.
  private func bytes(of block: Block) -> Int {
    guard let parts = splitter.parts(of: block) else {
      return block.items.reduce(0) { max($0, bytes(within: $1)) }
    }
    let plan = PartPlan(parts, escaping: escaping(from: block), finder)
    let own = FrameLayout(plan, finder).size
    let inner = parts.reduce(0) { most, part in
      guard case .inPlace(let item) = part else { return most }
      return max(most, bytes(within: item))
    }
    return FrameLayout.padded(own) + inner
  }

  /// The bytes that the frames of the blocks of a step take.
  private func bytes(within item: Item) -> Int {
    switch item {
    case .loop(let id): bytes(of: body[id].body)
    case .branch(_, let then, let otherwise): max(bytes(of: then), bytes(of: otherwise))
    case .scalar, .store, .check, .external, .stopIfFailed: 0
    }
  }

  /// The scalars of a block that are used behind it, as `BodyEmitter` has it.
  private func escaping(from block: Block) -> [ScalarID] {
    if block == body.block { return PartUses(body.commit.items, finder).scalars }
    return body.loops.first { $0.body == block }?.carried.map(\.next) ?? []
  }
}

extension Body {
  /// Adds a buffer for frames below all others of the workspace.
  fileprivate mutating func reserveFrame(_ bytes: Int) {
    let id = BufferID(buffers.count)
    buffers.append(
      Buffer(name: "frame", element: .u8, shape: [Dim(bytes)], storage: .workspace, site: .none))
    plan = plan.map { placement in
      let below = placement.below.map { $0 + 1 }
      return Placement(buffer: placement.buffer, below: below.isEmpty ? [0] : below)
    }
    plan.insert(Placement(buffer: id, below: []), at: 0)
    frame = id
  }
}

extension FrameLayout {
  /// Gives everything that goes between parts a place.
  init(_ plan: PartPlan, _ finder: UseFinder) {
    let body = finder.body
    self.init(scalars: body.scalars.count)
    for captured in plan.shared(finder.function) { place(captured, bytes: captured.bytes(body)) }
    for number in plan.uses.indices {
      for id in plan.left[number] {
        place(.scalar(id), bytes: Captured.scalar(id).bytes(body))
      }
      for id in plan.released(by: number) {
        release(.scalar(id), bytes: Captured.scalar(id).bytes(body))
      }
    }
  }

  /// A size rounded up to the alignment of frames.
  static func padded(_ size: Int) -> Int {
    (size + WorkspacePlan.alignment - 1) / WorkspacePlan.alignment * WorkspacePlan.alignment
  }
}

extension PartPlan {
  /// What every part gets: what comes from outside of the block, sizes, and a place for the lanes
  /// that are active.
  func shared(_ function: LoopFunction) -> [Captured] {
    outside + function.symbols.map { Captured.symbol($0) } + [.activeLanes]
  }
}

extension Captured {
  /// The bytes that something takes in a frame, a power of two.
  func bytes(_ body: Body) -> Int {
    switch self {
    case .scalar(let id):
      let type = body.scalars[id.index].type
      let bytes = type.element.arithmetic.byteSize * type.lanes
      return 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
    case .variable, .buffer, .argument, .symbol: return 8
    case .activeLanes: return 64
    }
  }
}
