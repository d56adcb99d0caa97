import GraphIR
import LoopIR
import Ops
import Support

/// Products of a matrix and a vector whose sums run along neighbours in memory: some rows at a time,
/// so that each vector of the other factor serves all of them; the lanes are added up at the end.
struct DotTiles {
  private let sum: TiledSum
  private let row: Int
  private let target: Place
  private let nests: Nests
  private let adds: Bool
  private let lanes: Int

  /// So many rows hide the latency of an addition.
  private static let height = 8

  /// The innermost loop of the sum.
  private var step: Int { sum.summed[sum.summed.count - 1] }

  /// Plans the tiles of a sum; nil where it is not of this form, or too short.
  init?(_ sum: TiledSum, nests: Nests, target: Place, adds: Bool) {
    guard sum.dtype == .f32 || sum.dtype == .f64, sum.factors.count == 2,
      let row = sum.kept.last, let step = sum.summed.last
    else { return nil }
    let lanes = nests.vectors.bytes / sum.dtype.byteSize
    let withRow = sum.factors.count { $0.axes.contains(row) }
    guard withRow == 1, sum.extents[row].isPerhaps(atLeast: 2),
      sum.extents[step].isPerhaps(atLeast: 2 * lanes),
      sum.factors.allSatisfy({ factor in
        nests.reader.isInMemory(factor.value)
          && nests.reader.unitAxis(of: factor.value).map { factor.axes[$0] } == step
      })
    else { return nil }
    (self.sum, self.row, self.nests, self.target, self.adds) = (sum, row, nests, target, adds)
    self.lanes = lanes
  }

  /// Emits the loops.
  func emit(_ b: inout LoopBuilder) {
    let outer = sum.kept.filter { $0 != row }
    nests.loops(over: outer.map { sum.extents[$0] }, &b) { b, prefix in
      var at = [Index](repeating: Index(Dim(0)), count: sum.extents.count)
      for (loop, index) in zip(outer, prefix) { at[loop] = index }
      nests.tiles(of: Rows(extent: sum.extents[row]), upTo: DotTiles.height, &b) { b, tile in
        emit(tile, at, &b)
      }
    }
  }

  private func emit(_ tile: RowTile, _ at: [Index], _ b: inout LoopBuilder) {
    let lanes = ConvolutionTiles.lanes(along: sum.extents[step], upTo: lanes)
    let zero = b.scalar(ScalarType(sum.dtype, lanes: lanes), .constant(.float(0)))
    let sums = fold(sum.summed[...], at, tile.rows.map { _ in zero }, &b) { b, at, sums in
      var memos = sum.factors.map { _ in ElementReader.Memo() }
      return zip(tile.rows, sums).map { place, total in
        let at = at.with(row, place)
        var factors: [ScalarID] = []
        for (number, factor) in sum.factors.enumerated() {
          let position = factor.axes.map { at[$0] }
          factors.append(nests.reader.read(factor.value, at: position, &b, &memos[number]))
        }
        b.site = sum.site
        return b.multiplyAdd(factors[0], factors[1], total)
      }
    }
    for (number, (place, vector)) in zip(tile.rows, sums).enumerated() {
      let total =
        lanes == 1 ? vector : b.scalar(ScalarType(sum.dtype), .acrossLanes(.add, vector))
      let at = at.with(row, place)
      b.store(
        total, to: target.buffer, target.prefix + sum.result.map { $0.map { at[$0] } ?? Index(Dim(0)) },
        combining: adds ? .add : nil, mask: tile.isThere.isEmpty ? nil : tile.isThere[number])
    }
  }

  /// Loops along the axes of the sum, the last one by vectors, carrying sums.
  private func fold(
    _ loops: ArraySlice<Int>, _ at: [Index], _ sums: [ScalarID], _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    guard let loop = loops.first else { return body(&b, at, sums) }
    let lanes = loop == step ? b.type(sums[0]).lanes : 1
    return b.loop("step", sum.extents[loop], lanes: lanes, carrying: sums) { b, id, sums in
      fold(loops.dropFirst(), at.with(loop, Index(id)), sums, &b, body)
    }
  }
}
