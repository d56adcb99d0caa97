import LoopIR
import Ops
import Support

/// What all tiles of a sum are made of. A position has one index for each loop of the sum.
extension TiledSum {
  /// Loops along the axes of the result but for some; `body` gets a position in front of the others.
  func outerLoops(
    except inner: [Int], _ nests: Nests, _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    let outer = kept.filter { !inner.contains($0) }
    nests.loops(over: outer.map { extents[$0] }, &b) { b, prefix in
      var at = [Index](repeating: Index(Dim(0)), count: extents.count)
      for (loop, index) in zip(outer, prefix) { at[loop] = index }
      body(&b, at)
    }
  }

  /// Loops along axes of the sum that carry sums, the last one by vectors.
  func fold(
    _ loops: ArraySlice<Int>, lanes: Int = 1, _ at: [Index], _ sums: [ScalarID],
    _ b: inout LoopBuilder,
    _ step: (inout LoopBuilder, [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    guard let loop = loops.first else { return step(&b, at, sums) }
    let own = loops.count == 1 ? lanes : 1
    return b.loop("step", extents[loop], lanes: own, carrying: sums) { b, id, sums in
      fold(loops.dropFirst(), lanes: lanes, at.with(loop, Index(id)), sums, &b, step)
    }
  }

  /// Sums with the terms of a step added, one for each position; each factor has a reader.
  func add(
    at positions: [[Index]], onto sums: [ScalarID], _ readers: [ElementReader],
    _ b: inout LoopBuilder
  ) -> [ScalarID] {
    var memos = factors.map { _ in ElementReader.Memo() }
    return zip(positions, sums).map { at, sum in
      let elements = factors.indices.map { number in
        readers[number].read(
          factors[number].value, at: factors[number].axes.map { at[$0] }, &b, &memos[number])
      }
      b.site = site
      return elements.count == 2
        ? b.multiplyAdd(elements[0], elements[1], sum) : b.add(sum, elements[0])
    }
  }

  /// Zeros for so many sums.
  func zeros(_ count: Int, lanes: Int, _ b: inout LoopBuilder) -> [ScalarID] {
    let zero = b.scalar(ScalarType(dtype, lanes: lanes), .constant(.float(0)))
    return Array(repeating: zero, count: count)
  }

  /// Writes a sum to the element of the result at a position, or adds it there.
  func store(
    _ sum: ScalarID, at position: [Index], of target: Place, adds: Bool = false,
    mask: ScalarID? = nil, _ b: inout LoopBuilder
  ) {
    let place = result.map { $0.map { position[$0] } ?? Index(Dim(0)) }
    b.store(
      sum, to: target.buffer, target.prefix + place, combining: adds ? .add : nil, mask: mask)
  }
}
