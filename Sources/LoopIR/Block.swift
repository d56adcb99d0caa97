package import Support

/// A value written to an element of a buffer.
package struct Store: Hashable, Sendable {
  package var access: Access
  package var value: ScalarID
  /// How the value is combined with what the element holds; nil overwrites it.
  package var combining: BinaryOperation?
  /// Where given and false, nothing is written.
  package var mask: ScalarID?
  package var site: Site

  package init(
    _ access: Access, _ value: ScalarID, combining: BinaryOperation? = nil, mask: ScalarID? = nil,
    site: Site
  ) {
    self.access = access
    self.value = value
    self.combining = combining
    self.mask = mask
    self.site = site
  }

  /// Calls `visit` for every scalar that it takes.
  package func forEachOperand(_ visit: (ScalarID) -> Void) {
    visit(value)
    if let mask { visit(mask) }
    for index in access.indices { for term in index.scalars { visit(term.variable) } }
  }
}

/// Why a call may end early; the raw value is the low byte of the status code.
package enum Failure: Int, Hashable, Sendable, CaseIterable {
  case negativeSize = 1
  case sizeMismatch
  case overflow
  case nullPointer
  case workspace
  case outOfMemory
  case indexOutOfRange
  case singular
  case noConvergence
  case assertion
  case external

  /// The words of the message.
  package var words: String {
    switch self {
    case .negativeSize: "negative size"
    case .sizeMismatch: "size mismatch"
    case .overflow: "size overflow"
    case .nullPointer: "null pointer"
    case .workspace: "workspace too small or not aligned"
    case .outOfMemory: "out of memory"
    case .indexOutOfRange: "index out of range"
    case .singular: "singular matrix"
    case .noConvergence: "no convergence"
    case .assertion: "assertion failed"
    case .external: "called function failed"
    }
  }
}

/// One step of a block; all but the most frequent are boxed, since blocks may be very long.
package enum Item: Hashable, Sendable {
  /// Computes a scalar, once, here.
  case scalar(ScalarID)
  indirect case store(Store)
  case loop(LoopID)
  /// Runs one of two blocks; scalars of a block are not visible behind it.
  indirect case branch(ScalarID, then: Block, otherwise: Block)
  /// Where the condition is false, the call will end with this failure; work goes on until then.
  indirect case check(ScalarID, Failure, message: String?, site: Site)
  /// Calls a C function of the program around.
  indirect case external(ExternalCall)
  /// Ends the call now if a check has failed.
  case stopIfFailed
}

/// Steps that run in order.
package struct Block: Hashable, Sendable {
  package var items: [Item]
  package init(_ items: [Item] = []) { self.items = items }
}

/// A value that a loop hands from turn to turn.
package struct Carried: Hashable, Sendable {
  package var initial: ScalarID
  /// The value for the next turn, defined in the body.
  package var next: ScalarID

  package init(initial: ScalarID, next: ScalarID) {
    self.initial = initial
    self.next = next
  }
}

/// A counted loop.
///
/// A loop of several lanes runs as many turns at once: in its body the variable, and what depends on
/// it, has that many lanes; the rest that does not fill all lanes runs under a mask, where loads,
/// stores, checks and carried values of the lanes behind the end have no effect.
package struct Loop: Hashable, Sendable {
  package var name: String
  package var extent: Dim
  /// The number of turns as a scalar that is known before the loop; nil for the extent, which is
  /// never less.
  package var bound: ScalarID?
  /// The carried value, a `bool`, without which no further turn begins; nil if all turns run.
  package var going: Int?
  package var lanes: Int
  /// Whether it runs from the last turn to the first.
  package var isReversed: Bool
  package var carried: [Carried]
  /// How threads share its turns; nil where one thread runs them all.
  package var sharing: Sharing?
  package var body: Block
  package var site: Site

  /// Whether no turn is left out, nor shared with others in lanes.
  package var runsAllTurns: Bool { bound == nil && going == nil && lanes == 1 }

  package init(
    name: String, extent: Dim, lanes: Int = 1, isReversed: Bool = false, carried: [Carried] = [],
    body: Block = Block(), site: Site
  ) {
    self.name = name
    self.extent = extent
    self.lanes = lanes
    self.isReversed = isReversed
    self.carried = carried
    self.body = body
    self.site = site
  }
}
