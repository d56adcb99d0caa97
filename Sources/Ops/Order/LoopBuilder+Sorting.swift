import LoopIR
import Support

/// Keys with the places that they come from, and as much room again: what sorting works on.
struct SortedPairs {
  let keys: BufferID
  let places: BufferID
  /// The most pairs that there may be.
  let extent: Dim

  /// Pairs in buffers of their own.
  init(_ name: String, _ extent: Dim, _ b: inout LoopBuilder) {
    keys = b.scratch(name + "_keys", .i64, [extent])
    places = b.scratch(name + "_places", .i64, [extent])
    self.extent = extent
  }
}

/// A stable sort of pairs of `i64`: insertion in short runs, then merges from the bottom up, which
/// take the lesser of two without a branch.
extension LoopBuilder {
  /// Runs of so many pairs are sorted by insertion.
  private static let run = 16

  /// Sorts the first `count` pairs by their keys; pairs of equal keys keep their order.
  mutating func sort(_ pairs: SortedPairs, count: ScalarID, spare: SortedPairs?) {
    sortRuns(pairs, count: count)
    guard let spare else { return }
    let width = index(Self.run)
    let levels = [width, compare(.less, width, count)]
    _ = loop("level", Dim(32), carrying: levels) { b, id, carried in
      b.body[id].going = 1
      let double = b.add(carried[0], carried[0])
      b.mergeRuns(of: carried[0], from: pairs, to: spare, count: count)
      b.mergeRuns(of: double, from: spare, to: pairs, count: count)
      let next = b.add(double, double)
      return [next, b.compare(.less, next, count)]
    }
  }

  /// The room that sorting so many pairs needs beside them; nil where one run holds them.
  mutating func spare(for pairs: SortedPairs) -> SortedPairs? {
    if let count = pairs.extent.constant, count <= Self.run { return nil }
    return SortedPairs("spare", pairs.extent, &self)
  }

  // MARK: Insertion

  private mutating func sortRuns(_ pairs: SortedPairs, count: ScalarID) {
    let runs = parts(count, of: Self.run)
    let extent = (pairs.extent + (Self.run - 1)).quotient(Self.run)
    loop("run", atMost: extent, turns: runs) { b, run in
      let first = b.position(run * Dim(Self.run))
      let size = b.minimum(Self.run, b.subtract(count, first))
      b.loop("next", atMost: Dim(Self.run), turns: size) { b, number in
        let place = b.position(Index(first) + number)
        b.insert(at: place, into: pairs, from: first)
      }
    }
  }

  /// Moves a pair in front of those of its run with greater keys, which are sorted.
  private mutating func insert(at place: ScalarID, into pairs: SortedPairs, from first: ScalarID) {
    let key = load(pairs.keys, [Index(place)])
    let origin = load(pairs.places, [Index(place)])
    let isMoving = isGreater(before: place, than: key, in: pairs, from: first)
    let last = loop("shift", Dim(Self.run), carrying: [place, isMoving]) { b, id, carried in
      b.body[id].going = 1
      let hole = carried[0]
      let before = b.subtract(hole, b.index(1))
      b.store(b.load(pairs.keys, [Index(before)]), to: pairs.keys, [Index(hole)])
      b.store(b.load(pairs.places, [Index(before)]), to: pairs.places, [Index(hole)])
      return [before, b.isGreater(before: before, than: key, in: pairs, from: first)]
    }
    store(key, to: pairs.keys, [Index(last[0])])
    store(origin, to: pairs.places, [Index(last[0])])
  }

  /// Whether there is a pair in front of a place of a run, and its key is greater.
  private mutating func isGreater(
    before place: ScalarID, than key: ScalarID, in pairs: SortedPairs, from first: ScalarID
  ) -> ScalarID {
    let before = binary(.maximum, subtract(place, index(1)), first)
    let neighbour = load(pairs.keys, [Index(before)])
    let exists = compare(.greater, place, first)
    return binary(.and, exists, compare(.greater, neighbour, key))
  }

  // MARK: Merging

  /// Merges neighbouring sorted runs of a width.
  private mutating func mergeRuns(
    of width: ScalarID, from source: SortedPairs, to target: SortedPairs, count: ScalarID
  ) {
    let double = add(width, width)
    let merges = binary(.divide, add(count, subtract(double, index(1))), double)
    loop("merge", atMost: source.extent, turns: merges) { b, number in
      let first = b.multiply(b.position(number), double)
      let middle = b.binary(.minimum, b.add(first, width), count)
      let end = b.binary(.minimum, b.add(first, double), count)
      b.merge(first, middle, end, from: source, to: target, count: count)
    }
  }

  /// Merges the runs `first ..< middle` and `middle ..< end`; of equal keys the left one goes first.
  private mutating func merge(
    _ first: ScalarID, _ middle: ScalarID, _ end: ScalarID, from source: SortedPairs,
    to target: SortedPairs, count: ScalarID
  ) {
    let one = index(1)
    let last = subtract(count, one)
    let size = subtract(end, first)
    loop("take", atMost: source.extent, turns: size, carrying: [first, middle]) {
      b, number, carried in
      let left = b.binary(.minimum, carried[0], last)
      let right = b.binary(.minimum, carried[1], last)
      let leftKey = b.load(source.keys, [Index(left)])
      let rightKey = b.load(source.keys, [Index(right)])
      let isLeftEmpty = b.compare(.greaterEqual, carried[0], middle)
      let isLess = b.compare(.less, rightKey, leftKey)
      let takesRight = b.binary(
        .and, b.compare(.less, carried[1], end), b.binary(.or, isLeftEmpty, isLess))
      let place = Index(first) + number
      let taken = b.select(takesRight, right, left)
      b.store(b.select(takesRight, rightKey, leftKey), to: target.keys, [place])
      b.store(b.load(source.places, [Index(taken)]), to: target.places, [place])
      let step = b.select(takesRight, one, b.index(0))
      return [b.add(carried[0], b.subtract(one, step)), b.add(carried[1], step)]
    }
  }
}
