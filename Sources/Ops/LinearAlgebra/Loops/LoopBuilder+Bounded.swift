package import LoopIR
package import Support

/// Loops and positions that factorisations are written with.
extension LoopBuilder {
  /// Appends a loop of so many turns as a scalar says, which are no more than `extent`; `build`
  /// gets the number of the turn, and what is carried. Gives what is carried behind the loop.
  @discardableResult
  package mutating func loop(
    _ name: String, atMost extent: Dim, turns: ScalarID, lanes: Int = 1,
    carrying initial: [ScalarID] = [],
    _ build: (inout LoopBuilder, Index, [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    loop(name, extent, lanes: lanes, carrying: initial) { b, loop, carried in
      b.body[loop].bound = turns
      return build(&b, Index(loop), carried)
    }
  }

  /// The same where nothing is carried.
  package mutating func loop(
    _ name: String, atMost extent: Dim, turns: ScalarID, lanes: Int = 1,
    _ build: (inout LoopBuilder, Index) -> Void
  ) {
    loop(name, atMost: extent, turns: turns, lanes: lanes, carrying: []) { b, turn, _ in
      build(&b, turn)
      return []
    }
  }

  /// Appends loops over all positions of some axes.
  package mutating func loops(
    over axes: [Dim], _ build: (inout LoopBuilder, [Index]) -> Void
  ) {
    loops(over: axes[...], at: [], build)
  }

  private mutating func loops(
    over axes: ArraySlice<Dim>, at prefix: [Index],
    _ build: (inout LoopBuilder, [Index]) -> Void
  ) {
    guard let axis = axes.first else { return build(&self, prefix) }
    loop("stack", axis) { b, loop in
      b.loops(over: axes.dropFirst(), at: prefix + [Index(loop)], build)
    }
  }

  /// An integer as a scalar of the type of positions.
  package mutating func index(_ value: Int) -> ScalarID { constant(.i64, .int(Int64(value))) }

  /// The number of parts of `size` that so many elements need.
  package mutating func parts(_ count: ScalarID, of size: Int) -> ScalarID {
    let last = index(size - 1)
    let divisor = index(size)
    return binary(.divide, add(count, last), divisor)
  }

  /// The lesser of a constant and a scalar.
  package mutating func minimum(_ constant: Int, _ value: ScalarID) -> ScalarID {
    let bound = index(constant)
    return binary(.minimum, bound, value)
  }

  /// `c - a b`, in one rounding where the target has it.
  package mutating func multiplySubtract(
    _ a: ScalarID, _ b: ScalarID, from c: ScalarID
  ) -> ScalarID {
    let negated = negate(a)
    return multiplyAdd(negated, b, c)
  }

  /// A buffer for what a routine computes on its way.
  package mutating func scratch(_ name: String, _ element: DType, _ shape: [Dim]) -> BufferID {
    body.buffers.append(
      Buffer(name: name, element: element, shape: shape, storage: .workspace, site: site))
    return BufferID(body.buffers.count - 1)
  }

  /// Appends steps that run where a condition holds.
  package mutating func branch(_ condition: ScalarID, _ build: (inout LoopBuilder) -> Void) {
    let then = block(build)
    append(.branch(condition, then: then, otherwise: Block()))
  }

  /// Lets the call fail where a condition does not hold.
  package mutating func check(
    _ condition: ScalarID, _ failure: Failure, message: String? = nil
  ) {
    append(.check(condition, failure, message: message, site: site))
  }
}

extension Index {
  /// The difference of two positions.
  package static func - (a: Index, b: Index) -> Index { a + b * Dim(-1) }

  /// The position with a number subtracted.
  package static func - (a: Index, b: Dim) -> Index { a + b * Dim(-1) }
}

extension DType {
  /// The number of elements of 64 bytes, in which loops over rows go: the widest vectors that there
  /// are, and several of narrower ones.
  package var rowLanes: Int { 64 / byteSize }
}
