import GraphIR
import LoopIR
import Ops
import Support

/// Some rows of a result, or panels of its columns: the first, and how many.
struct Rows {
  var start = Index(Dim(0))
  var extent: Dim
  /// Their number as a scalar, where they may be fewer than the extent.
  var count: ScalarID?
}

/// Some rows that are computed together.
struct RowTile {
  /// Which tile it is, and its first row.
  var number: Index
  var first: Index
  var rows: [Index]
  /// Which of the rows are there; empty where all are. The others repeat the last one.
  var isThere: [ScalarID] = []
}

extension Nests {
  /// Goes along an axis by blocks of up to so many rows.
  func parts(
    of extent: Dim, upTo size: Int, _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, Rows) -> Void
  ) {
    let blocks = Blocks(extent, upTo: size)
    if blocks.rest == Dim(0) {
      return loops(over: [blocks.count], &b) { b, number in
        body(&b, Rows(start: number[0] * Dim(blocks.size), extent: Dim(blocks.size)))
      }
    }
    let total = b.dim(extent)
    let count = b.parts(total, of: blocks.size)
    b.loop("block", atMost: extent, turns: count) { b, number in
      let start = number * Dim(blocks.size)
      let left = b.minimum(blocks.size, b.subtract(total, b.position(start)))
      body(&b, Rows(start: start, extent: Dim(blocks.size), count: left))
    }
  }

  /// Goes along some rows one by one.
  func each(of rows: Rows, _ b: inout LoopBuilder, _ body: (inout LoopBuilder, Index) -> Void) {
    guard let count = rows.count else {
      return loops(over: [rows.extent], &b) { b, number in body(&b, rows.start + number[0]) }
    }
    b.loop("row", atMost: rows.extent, turns: count) { b, number in
      body(&b, rows.start + number)
    }
  }

  /// Goes along rows by tiles of up to so many.
  func tiles(
    of rows: Rows, upTo height: Int, _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, RowTile) -> Void
  ) {
    func tile(_ number: Index, _ size: Int, _ count: Int) -> RowTile {
      let first = rows.start + number * Dim(size)
      return RowTile(number: number, first: first, rows: (0..<count).map { first + Dim($0) })
    }
    if rows.count == nil, rows.extent.constant != nil {
      let blocks = Blocks(rows.extent, upTo: height)
      loops(over: [blocks.count], &b) { b, number in
        if blocks.count != Dim(0) { body(&b, tile(number[0], blocks.size, blocks.size)) }
      }
      if let rest = blocks.rest.constant, rest > 0 {
        body(&b, tile(Index(blocks.count), blocks.size, rest))
      }
      return
    }
    let total = rows.count ?? b.dim(rows.extent)
    let whole = b.binary(.divide, total, b.index(height))
    b.loop("tile", atMost: rows.extent, turns: whole) { b, number in
      body(&b, tile(number, height, height))
    }
    lastTiles(of: rows, total, after: tile(Index(whole), height, 0), height, &b, body)
  }

  /// Goes along the rows that are left behind whole tiles, by tiles of 4, the last of which may
  /// repeat the last row.
  private func lastTiles(
    of rows: Rows, _ total: ScalarID, after tile: RowTile, _ height: Int, _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, RowTile) -> Void
  ) {
    let size = 4
    let end = b.add(b.position(rows.start), total)
    let last = b.subtract(end, b.index(1))
    let turns = b.parts(b.subtract(end, b.position(tile.first)), of: size)
    b.loop("tile", atMost: Dim(height / size), turns: turns) { b, number in
      let places = (0..<size).map { b.position(tile.first + number * Dim(size) + Dim($0)) }
      var tile = tile
      tile.isThere = places.map { b.compare(.lessEqual, $0, last) }
      tile.rows = places.map { Index(b.binary(.minimum, $0, last)) }
      body(&b, tile)
    }
  }
}
