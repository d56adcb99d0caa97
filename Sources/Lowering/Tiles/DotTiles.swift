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
    sum.outerLoops(except: [row], nests, &b) { b, at in
      nests.tiles(of: Rows(extent: sum.extents[row]), upTo: DotTiles.height, &b) { b, tile in
        emit(tile, at, &b)
      }
    }
  }

  private func emit(_ tile: RowTile, _ at: [Index], _ b: inout LoopBuilder) {
    let lanes = ConvolutionTiles.lanes(along: sum.extents[step], upTo: lanes)
    let readers = sum.factors.map { _ in nests.reader }
    let zeros = sum.zeros(tile.rows.count, lanes: lanes, &b)
    let sums = sum.fold(sum.summed[...], lanes: lanes, at, zeros, &b) { b, at, sums in
      sum.add(at: tile.rows.map { at.with(row, $0) }, onto: sums, readers, &b)
    }
    for (number, (place, vector)) in zip(tile.rows, sums).enumerated() {
      let total =
        lanes == 1 ? vector : b.scalar(ScalarType(sum.dtype), .acrossLanes(.add, vector))
      let mask = tile.isThere.isEmpty ? nil : tile.isThere[number]
      sum.store(total, at: at.with(row, place), of: target, adds: adds, mask: mask, &b)
    }
  }
}
