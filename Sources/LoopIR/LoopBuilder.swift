package import Support

/// Appends scalars, stores and loops to a body.
package struct LoopBuilder: Sendable {
  package var body: Body
  /// The site of what comes next.
  package var site: Site = .none
  /// Whether routines call LAPACK where matrices may be large.
  package var usesLAPACK = false
  /// Whether functions that the C library has are its own, and no code of ours.
  package var callsLibrary = false
  /// Open blocks, the innermost last.
  private var open: [Block] = [Block()]

  package init(body: Body) { self.body = body }

  /// Appends an item to the innermost open block.
  package mutating func append(_ item: Item) { open[open.count - 1].items.append(item) }

  /// Appends a scalar to the innermost open block.
  package mutating func scalar(_ type: ScalarType, _ instruction: Instruction) -> ScalarID {
    let id = define(type, instruction)
    append(.scalar(id))
    return id
  }

  /// Defines a scalar that stands in no block, such as what a loop carries.
  package mutating func define(_ type: ScalarType, _ instruction: Instruction) -> ScalarID {
    Progress.at(site)
    body.scalars.append(Scalar(type: type, instruction: instruction, site: site))
    return ScalarID(body.scalars.count - 1)
  }

  package func type(_ id: ScalarID) -> ScalarType { body.scalars[id.index].type }

  /// Appends what `build` appends as a block of its own.
  package mutating func block(_ build: (inout LoopBuilder) -> Void) -> Block {
    open.append(Block())
    build(&self)
    return open.removeLast()
  }

  /// Appends a loop that carries nothing.
  @discardableResult
  package mutating func loop(
    _ name: String, _ extent: Dim, lanes: Int = 1, _ build: (inout LoopBuilder, LoopID) -> Void
  ) -> LoopID {
    let id = LoopID(body.loops.count)
    body.loops.append(Loop(name: name, extent: extent, lanes: lanes, site: site))
    let inner = block { build(&$0, id) }
    body[id].body = inner
    append(.loop(id))
    return id
  }

  /// Appends a loop that carries values; `build` gets those on entry of a turn and gives the next.
  /// Gives the values behind the loop.
  package mutating func loop(
    _ name: String, _ extent: Dim, lanes: Int = 1, carrying initial: [ScalarID],
    _ build: (inout LoopBuilder, LoopID, [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    let id = LoopID(body.loops.count)
    body.loops.append(Loop(name: name, extent: extent, lanes: lanes, site: site))
    let entering = initial.enumerated().map { define(type($1), .carried(id, $0)) }
    var next: [ScalarID] = []
    let inner = block { next = build(&$0, id, entering) }
    body[id].body = inner
    body[id].carried = zip(initial, next).map { Carried(initial: $0, next: $1) }
    append(.loop(id))
    return initial.enumerated().map { define(type($1), .loopResult(id, $0)) }
  }

  /// The body with everything appended so far as its block.
  package consuming func finish() -> Body {
    precondition(open.count == 1)
    body.block = open[0]
    return body
  }
}
