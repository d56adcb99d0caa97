package import Support

/// How threads share the turns of a loop, which do not depend on each other: in chunks, whose number
/// follows from sizes alone, so that results are the same bits for any number of threads.
package struct Sharing: Hashable, Sendable {
  /// Memory to which turns only add: every chunk adds to a copy, and the copies are added in order.
  package struct Sum: Hashable, Sendable {
    package var buffer: BufferID
    /// The buffer of the workspace that holds the copies.
    package var copies: BufferID
    package var operation: BinaryOperation

    package init(buffer: BufferID, copies: BufferID, operation: BinaryOperation) {
      self.buffer = buffer
      self.copies = copies
      self.operation = operation
    }
  }

  /// Steps that a turn takes: so many for each combination of turns of inner loops.
  package struct Work: Hashable, Sendable {
    package var steps: Double
    package var extents: [Dim]

    package init(steps: Double, extents: [Dim]) {
      self.steps = steps
      self.extents = extents
    }
  }

  /// Memory that every turn fills anew: each thread has a copy.
  package var own: [BufferID]
  package var sums: [Sum]
  /// How the values are combined that the loop carries.
  package var carried: [BinaryOperation]
  /// What one turn costs.
  package var work: [Work]

  package init(own: [BufferID], sums: [Sum], carried: [BinaryOperation], work: [Work]) {
    self.own = own
    self.sums = sums
    self.carried = carried
    self.work = work
  }

  /// The steps of a loop from which on threads share it; a step takes about a tenth of a nanosecond,
  /// and to begin and end a team some microseconds.
  package static let leastWork = 1_000_000.0

  /// The greatest number of chunks of a loop.
  package static let chunkLimit = 64

  /// The greatest number of copies of a buffer, and the bytes that all of them take together, if one
  /// does not take more.
  package static let copyLimit = 16
  package static let copyBytes = 16 << 20
}

extension BinaryOperation {
  /// The floating number that changes nothing when it is combined; nil where there is none.
  package var neutral: Double? {
    switch self {
    case .add: -0.0
    case .multiply: 1
    case .minimum: .infinity
    case .maximum: -.infinity
    case .subtract, .divide, .remainder, .and, .or, .xor, .shiftLeft, .shiftRight,
      .shiftRightLogical, .copysign, .scale:
      nil
    }
  }
}

extension LoopFunction {
  /// Whether threads share the turns of some loop.
  package var isShared: Bool { bodies.contains { $0.loops.contains { $0.sharing != nil } } }
}
