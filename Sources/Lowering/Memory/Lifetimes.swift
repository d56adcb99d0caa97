package import LoopIR
import Support

/// When the memory of each buffer of the workspace is needed, in steps of a body however deep.
///
/// A buffer is needed from the first step that touches it to the last one. Where a loop stands
/// around some of these steps and not around others, turns may hand it on, so that it is needed as
/// long as the loop runs. Where a loop stands around all of them, its first turn finds nothing in
/// the memory: if all turns store at the same places, and store before all else, every turn fills
/// the memory anew, and it is free for others in between.
package struct Lifetimes {
  /// By the number of the buffer that owns the memory; nil for one that is not of the workspace.
  package private(set) var steps: [ClosedRange<Int>?]
  private let body: Body
  private let touches: TouchCounts
  private var step = 0

  package init(_ body: Body) {
    self.body = body
    touches = TouchCounts(body)
    steps = Array(repeating: nil, count: body.buffers.count)
    for (buffer, use) in uses(in: Block(body.block.items + body.commit.items)) {
      steps[buffer.index] = use.steps
    }
  }

  /// How the steps of a block use a buffer.
  private struct Use {
    var steps: ClosedRange<Int>
    var count = 1
    var isStored = false
    /// Whether the first step stores to it, and forgets what it held.
    var isStoredFirst = false
    /// Whether turns of loops around the block that are not in `variables` store at the same
    /// places.
    var isSteady = true
    /// The loops whose variables tell where it is touched, and whether it is stored to.
    var variables: Set<LoopID> = []
    /// How many turns the loops in the block run around the first step, where not all.
    var bounds: Set<ScalarID> = []
    /// Whether every other step has loops of as many turns.
    var isBoundAlike = true
    /// The loops whose variables tell how many turns run around stores; nil where that is not
    /// known.
    var boundVariables: Set<LoopID>? = []

    init(at step: Int) { steps = step...step }

    /// Adds what decides whether or where it is stored to: loops by their variables, nil for what
    /// is not known.
    mutating func depend(on loops: Set<LoopID>?) {
      variables.formUnion(loops ?? [])
      if loops == nil { isSteady = false }
    }

    mutating func merge(_ later: Use) {
      let first = min(steps.lowerBound, later.steps.lowerBound)
      steps = first...max(steps.upperBound, later.steps.upperBound)
      count += later.count
      isStored = isStored || later.isStored
      isSteady = isSteady && later.isSteady
      variables.formUnion(later.variables)
      isBoundAlike =
        isBoundAlike && later.isBoundAlike && later.bounds.isSuperset(of: bounds)
      bind(later.boundVariables)
    }

    /// Adds loops whose variables tell how many turns run around stores.
    mutating func bind(_ loops: Set<LoopID>?) {
      boundVariables = loops.flatMap { boundVariables?.union($0) }
    }
  }

  private typealias Uses = [BufferID: Use]

  private mutating func uses(in block: Block) -> Uses {
    var all: Uses = [:]
    for item in block.items {
      step += 1
      switch item {
      case .scalar(let id):
        guard case .load(let access, _) = body.scalars[id.index].instruction else { continue }
        note(access, &all)
      case .store(let store):
        let deciding = (store.mask.map { [$0] } ?? []) + store.access.positions
        note(store.access, &all) { use in
          use.isStored = true
          use.isStoredFirst = store.combining == nil
          for scalar in deciding { use.depend(on: loops(under: scalar)) }
        }
      case .loop(let id): for use in uses(in: id) { merge(use, &all) }
      case .branch(let condition, let then, let otherwise):
        let deciding = loops(under: condition)
        for use in uses(in: then) { merge(decided(use, by: deciding), &all) }
        for use in uses(in: otherwise) { merge(decided(use, by: deciding), &all) }
      case .external(let call):
        for operand in call.operands { note(operand, &all) }
        for buffer in call.results {
          note(buffer, &all) { use in
            use.isStored = true
            use.isStoredFirst = true
          }
        }
      case .check, .stopIfFailed: break
      }
    }
    return all
  }

  /// How a loop uses buffers.
  private mutating func uses(in id: LoopID) -> Uses {
    let loop = body[id]
    let first = step
    var all = uses(in: loop.body)
    for sum in loop.sharing?.sums ?? [] { note(sum.copies, &all) { $0.isSteady = false } }
    step += 1
    for (buffer, use) in all {
      if !isFilledAnew(buffer, use, in: id) { all[buffer]?.steps = first...step }
      if isAll(use, of: buffer) { continue }
      if let bound = loop.bound {
        all[buffer]?.bounds.insert(bound)
        if use.isStored { all[buffer]?.bind(loops(under: bound)) }
      }
      if loop.going != nil, use.isStored { all[buffer]?.isSteady = false }
    }
    return all
  }

  /// Whether every turn of a loop fills a buffer for itself, one turn after the other.
  private func isFilledAnew(_ buffer: BufferID, _ use: Use, in loop: LoopID) -> Bool {
    body[loop].sharing == nil && isAll(use, of: buffer) && use.isStoredFirst && use.isSteady
      && !use.variables.contains(loop)
      && (use.isBoundAlike || use.boundVariables?.contains(loop) == false)
  }

  /// Whether nothing else touches the buffer.
  private func isAll(_ use: Use, of buffer: BufferID) -> Bool {
    use.count == touches.counts[buffer]
  }

  /// The use of a buffer by steps that run under a condition, which does not matter where all do.
  private func decided(_ element: Uses.Element, by loops: Set<LoopID>?) -> Uses.Element {
    var (buffer, use) = element
    if use.isStored, !isAll(use, of: buffer) { use.depend(on: loops) }
    return (buffer, use)
  }

  private func merge(_ element: Uses.Element, _ all: inout Uses) {
    if all[element.key] == nil {
      all[element.key] = element.value
    } else {
      all[element.key]?.merge(element.value)
    }
  }

  private func note(_ operand: ExternalCall.Operand, _ all: inout Uses) {
    switch operand {
    case .scalar: break
    case .buffer(let id): note(id, &all)
    case .memory(let access, let isWritten):
      note(access, &all) { use in
        use.isStored = isWritten
        use.isSteady = !isWritten
      }
    }
  }

  private func note(
    _ access: Access, _ all: inout Uses, _ describe: (inout Use) -> Void = { _ in }
  ) {
    note(access.buffer, &all) { use in
      use.variables = Set(access.indices.flatMap { $0.loops.map(\.variable) })
      describe(&use)
    }
  }

  private func note(
    _ buffer: BufferID, _ all: inout Uses, _ describe: (inout Use) -> Void = { _ in }
  ) {
    let owner = body.owner(of: buffer)
    guard case .workspace = body[owner].storage else { return }
    var use = Use(at: step)
    describe(&use)
    merge((owner, use), &all)
  }

  /// Expressions of positions that are longer than this are not looked through.
  private static let mostOperands = 64

  /// The loops whose variables, beside sizes and constants alone, give a scalar; nil where there is
  /// something else.
  private func loops(under id: ScalarID) -> Set<LoopID>? {
    var found: Set<LoopID> = []
    var pending = [id]
    var count = 0
    while let next = pending.popLast() {
      count += 1
      if count > Lifetimes.mostOperands { return nil }
      let instruction = body.scalars[next.index].instruction
      switch instruction {
      case .loopVariable(let loop): found.insert(loop)
      case .index(let index): for term in index.loops { found.insert(term.variable) }
      case .load, .carried, .loopResult, .accumulate, .call, .acrossLanes: return nil
      case .constant, .dim, .isWanted, .unary, .binary, .compare, .multiplyAdd, .select, .convert,
        .bitcast, .splat, .round:
        break
      }
      pending += instruction.operands
    }
    return found
  }
}

extension Access {
  /// The scalars in its positions.
  fileprivate var positions: [ScalarID] { indices.flatMap { $0.scalars.map(\.variable) } }
}
