import LoopIR
import Support

/// Gives every buffer that is left its memory: small ones of a fixed size on the stack, all others
/// a place in the workspace.
///
/// Places come from a first fit over lifetimes at nominal sizes. Only the order is kept, which of
/// two buffers that live at the same time lies below the other, so that the offsets of a call
/// follow from its sizes by maxima and sums, and never shrink as a size grows.
struct WorkspacePlan {
  /// Buffers of at most so many bytes go on the stack, up to the total.
  private static let localLimit = 2_048
  private static let localTotal = 16_384
  private static let alignment = 64
  /// What every symbol is, one time and another.
  private static let nominalSizes = [1_000, 100]
  /// For more buffers than this, one order is tried, at one nominal size.
  private static let trialLimit = 1_024

  static func run(_ body: inout Body) {
    var lives = lives(in: body)
    moveSmall(&lives, &body)
    body.plan = best(of: lives, body)
  }

  /// The lives of buffers by their beginning.
  private static func lives(in body: Body) -> [BufferLife] {
    let known = Lifetimes(body).steps.enumerated().compactMap { number, steps in
      steps.map { BufferLife(buffer: BufferID(number), steps: $0) }
    }
    return known.sorted { ($0.steps.lowerBound, $0.buffer) < ($1.steps.lowerBound, $1.buffer) }
  }

  private static func moveSmall(_ lives: inout [BufferLife], _ body: inout Body) {
    var total = 0
    let copies = Set(body.loops.compactMap(\.sharing).flatMap { $0.sums.map(\.copies) })
    lives.removeAll { life in
      guard let bytes = bytes(of: body[life.buffer]).constant, bytes <= localLimit,
        total + bytes <= localTotal, !copies.contains(life.buffer)
      else { return false }
      total += bytes
      body[life.buffer].storage = .local
      return true
    }
  }

  private static func bytes(of buffer: Buffer) -> Dim {
    Dim.product(buffer.memoryShape) * Dim(buffer.element.byteSize)
  }

  /// The size of a buffer where every symbol is a number.
  private static func size(of buffer: Buffer, at number: Int) -> Int {
    let bytes = bytes(of: buffer)
    let sizes = Dictionary(uniqueKeysWithValues: bytes.symbols.map { ($0, number) })
    let size = min(max(bytes.evaluate(sizes) ?? 1 << 40, 1), 1 << 40)
    let padded = (size + alignment - 1) / alignment * alignment
    return max(padded, buffer.copies * min(padded, Sharing.copyBytes / buffer.copies))
  }

  /// The plan that takes least at all nominal sizes, in parts of what lives at one time: of those
  /// that place first what lives longest, so that what comes and goes in the turns of a loop lies
  /// above what lives as long as the loop, and of those that place in the order of time.
  private static func best(of lives: [BufferLife], _ body: Body) -> [Placement] {
    let sizes = nominalSizes.map { number in lives.map { size(of: body[$0.buffer], at: number) } }
    if lives.count > trialLimit { return BufferOrder(lives, sizes[0]).placements }
    let byLength = lives.indices.sorted {
      (lives[$1].steps.count, $0) < (lives[$0].steps.count, $1)
    }
    let orders =
      sizes.map { BufferOrder(lives, $0, placing: byLength) }
      + sizes.map { BufferOrder(lives, $0) }
    let bounds = sizes.map { BufferLife.most(of: lives, $0) }
    func share(_ order: BufferOrder) -> Double {
      zip(sizes, bounds).reduce(0) { $0 + Double(order.height(at: $1.0)) / Double(max($1.1, 1)) }
    }
    let best = orders.map { ($0, share($0)) }.min { $0.1 < $1.1 }
    return best?.0.placements ?? []
  }
}
