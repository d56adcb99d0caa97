package import Support

/// Loops over stretches of positions, which may begin or end where outer loops are.
extension LoopBuilder {
  /// Runs for each position from `start` up to `end`, or backwards.
  ///
  /// - Parameter extent: what the number of turns never exceeds.
  package mutating func each(
    _ name: String, from start: Index = Index(Dim(0)), to end: Index, within extent: Dim,
    isReversed: Bool = false, _ build: (inout LoopBuilder, Index) -> Void
  ) {
    _ = fold(name, from: start, to: end, within: extent, isReversed: isReversed, []) {
      b, position, _ in
      build(&b, position)
      return []
    }
  }

  /// Runs for each position of an axis.
  package mutating func each(
    _ name: String, _ extent: Dim, isReversed: Bool = false,
    _ build: (inout LoopBuilder, Index) -> Void
  ) {
    each(name, to: Index(extent), within: extent, isReversed: isReversed, build)
  }

  /// Runs for each position from `start` up to `end`, or backwards, carrying values; gives those
  /// behind the last turn.
  package mutating func fold(
    _ name: String, from start: Index = Index(Dim(0)), to end: Index, within extent: Dim,
    isReversed: Bool = false, _ initial: [ScalarID],
    _ build: (inout LoopBuilder, Index, [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    let length = end + start * Dim(-1)
    let bound = length.constant == nil ? position(length) : nil
    return loop(name, length.constant ?? extent, carrying: initial) { b, id, entering in
      b.body[id].bound = bound
      b.body[id].isReversed = isReversed
      return build(&b, start + Index(id), entering)
    }
  }

  /// The sum of a term for each position from `start` up to `end`, in any order.
  package mutating func sum(
    _ name: String, from start: Index = Index(Dim(0)), to end: Index, within extent: Dim,
    startingAt initial: ScalarID, _ term: (inout LoopBuilder, Index) -> ScalarID
  ) -> ScalarID {
    accumulate(.add, name, from: start, to: end, within: extent, startingAt: initial, term)
  }

  /// A term for each position from `start` up to `end`, combined in any order.
  package mutating func accumulate(
    _ operation: BinaryOperation, _ name: String, from start: Index = Index(Dim(0)),
    to end: Index, within extent: Dim, startingAt initial: ScalarID,
    _ term: (inout LoopBuilder, Index) -> ScalarID
  ) -> ScalarID {
    fold(name, from: start, to: end, within: extent, [initial]) { b, position, entering in
      let value = term(&b, position)
      return [b.scalar(b.type(initial), .accumulate(operation, entering[0], value))]
    }[0]
  }
}
