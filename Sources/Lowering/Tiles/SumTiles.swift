import GraphIR
import LoopIR
import Ops
import Support

/// Sums over some axes by tiles in registers: some rows by some vectors of columns of the result, to
/// which the terms of all steps of the sum are added. A product of matrices is one; so are the
/// distances of all points from all centres.
///
/// What moves with the columns alone is copied for a strip of the sum, a block of panels at a time,
/// so that it lies side by side and stays in the cache while all rows go by (Goto and van de Geijn,
/// Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34, 2008). The rows of a tile go
/// along all panels of the block, and so come from far away once for each block. What moves with
/// the rows is copied too where its neighbours in memory lie along them.
struct SumTiles {
  let sum: TiledSum
  let parts: TileParts
  private let target: Place
  let nests: Nests
  /// Whether the sums are added to what stands at the target.
  private let adds: Bool
  /// The elements of a vector, and the vectors and rows of a tile.
  let lanes: Int
  let vectors: Int
  let height: Int
  /// So many steps of the sum are taken for one copy of the columns, and so many panels of these
  /// are copied at a time: with vectors of 64 bytes they take half of a cache of the second level.
  private let depth: Int
  private let panels: Int
  /// Whether rows are copied, by blocks of so many.
  private let copiesRows: Bool
  private static let rowBlock = 256
  /// Fewer rows are not copied.
  private static let fewestCopied = 16

  /// Below so many rows, columns or steps of the sum, loops as they stand are as good.
  private static let least = 4

  var column: Int { parts.column }
  /// The columns of a panel.
  var width: Int { vectors * lanes }
  /// The outermost loop of the sum.
  var strip: Int { sum.summed[0] }

  /// Plans the tiles of a sum; nil where they are not worth it.
  init?(_ sum: TiledSum, nests: Nests, target: Place, adds: Bool) {
    guard sum.dtype == .f32 || sum.dtype == .f64,
      sum.summed.contains(where: { sum.extents[$0].isPerhaps(atLeast: SumTiles.least) })
    else { return nil }
    lanes = nests.vectors.bytes / sum.dtype.byteSize
    guard let parts = SumTiles.parts(sum, nests.reader, lanes: lanes) else { return nil }
    (self.sum, self.parts, self.nests, self.target, self.adds) = (sum, parts, nests, target, adds)
    // Three registers hold vectors of columns, one an element of the rows, all others sums.
    vectors = parts.row == nil ? 4 : 3
    height = parts.row == nil ? 1 : nests.vectors.registers >= 32 ? 8 : 4
    (depth, panels) = SumTiles.block(sum, parts, isShared: nests.isShared)
    copiesRows = SumTiles.copiesRows(sum, parts, nests.reader, width: vectors * lanes)
  }

  // MARK: Planning

  /// The rows and columns of tiles. Columns lie along the last axis that is written, if that is long
  /// enough for vectors; without rows the columns of a factor must be neighbours in memory.
  private static func parts(_ sum: TiledSum, _ reader: ElementReader, lanes: Int) -> TileParts? {
    let kept = sum.kept.filter { sum.extents[$0] != Dim(1) }
    for column in kept.reversed() where sum.extents[column].isPerhaps(atLeast: lanes / 2) {
      for row in kept.reversed()
      where row != column && sum.extents[row].isPerhaps(atLeast: least) {
        if let parts = TileParts(sum, row: row, column: column, reader) { return parts }
      }
    }
    guard sum.factors.count == 2, let column = kept.last,
      sum.extents[column].isPerhaps(atLeast: lanes),
      let parts = TileParts(sum, row: nil, column: column, reader), parts.columns.count == 1,
      parts.columns[0].isSideBySide(along: column, reader), reader.isInMemory(parts.columns[0].value)
    else { return nil }
    return parts
  }

  /// How many steps and panels of columns a block has. Threads take turns by blocks, of which there
  /// must be some then.
  private static func block(
    _ sum: TiledSum, _ parts: TileParts, isShared: Bool
  ) -> (depth: Int, panels: Int) {
    if parts.row == nil { return (16, 1) }
    let inner = Dim.product(sum.summed.dropFirst().map { sum.extents[$0] })
    guard let inner = inner.constant else { return (256, 1) }
    let depth = max(640 / max(inner, 1), 1)
    return (depth, depth * inner > 1024 ? 1 : isShared ? 2 : 5)
  }

  /// Whether rows are worth a copy: they are read for several panels of columns, and what one step
  /// of the sum needs of them lies far from what the next one needs.
  private static func copiesRows(
    _ sum: TiledSum, _ parts: TileParts, _ reader: ElementReader, width: Int
  ) -> Bool {
    guard let row = parts.row, sum.extents[parts.column].isPerhaps(atLeast: width + 1),
      parts.rows.count == 1, parts.rows[0].isSideBySide(along: row, reader)
    else { return false }
    return sum.extents[row].isPerhaps(atLeast: fewestCopied)
  }

  // MARK: Loops outside

  /// Emits the loops.
  func emit(_ b: inout LoopBuilder) {
    sum.outerLoops(except: [column] + (parts.row.map { [$0] } ?? []), nests, &b) { b, at in
      guard let row = parts.row else { return strips(at, CopiedRows(Rows(extent: Dim(1))), &b) }
      let extent = sum.extents[row]
      guard copiesRows else { return strips(at, CopiedRows(Rows(extent: extent)), &b) }
      nests.parts(of: extent, upTo: SumTiles.rowBlock, &b) { b, rows in
        strips(at, CopiedRows(rows, areCopied: true), &b)
      }
    }
  }

  /// Some rows, and the copies of what moves with them alone: tile by tile.
  private struct CopiedRows {
    var rows: Rows
    var areCopied = false
    var copies: [PartCopy] = []

    init(_ rows: Rows, areCopied: Bool = false) {
      self.rows = rows
      self.areCopied = areCopied
    }
  }

  // MARK: Strips of the sum

  /// A stretch of the sum: where it begins, and how many steps it has.
  struct Strip {
    var start = Index(Dim(0))
    var extent: Dim
    /// The steps as a scalar, where they may be fewer than the extent.
    var steps: ScalarID?
    /// Whether its sums are added to what stands at the target.
    var adds: Bool
    /// Whether it is the first one, which adds them to nothing.
    var isFirst: ScalarID?
  }

  /// Goes along the outermost axis of the sum.
  private func strips(_ at: [Index], _ rows: CopiedRows, _ b: inout LoopBuilder) {
    let extent = sum.extents[strip]
    if let known = extent.constant, known <= (parts.row == nil ? 2 * depth : depth) {
      return columns(at, Strip(extent: extent, adds: adds), rows, &b)
    }
    let depth = Blocks(extent, upTo: depth).size
    let total = b.dim(extent)
    // A sum of no steps has a strip too, which writes its zeros.
    let count = b.binary(.maximum, b.parts(total, of: depth), b.index(1))
    let size = b.binary(.divide, b.add(total, b.subtract(count, b.index(1))), count)
    b.loop("strip", atMost: extent.quotient(depth) + 1, turns: count) { b, number in
      let start = b.multiply(b.position(number), size)
      let steps = b.binary(.minimum, size, b.subtract(total, start))
      let isFirst = adds ? nil : b.compare(.equal, start, b.index(0))
      let part = Strip(
        start: Index(start), extent: Dim(depth), steps: steps, adds: true, isFirst: isFirst)
      columns(at, part, rows, &b)
    }
  }

  // MARK: Columns

  /// Goes along the columns: by panels of several vectors, and by single vectors at the end.
  private func columns(_ at: [Index], _ strip: Strip, _ rows: CopiedRows, _ b: inout LoopBuilder) {
    var rows = rows
    if rows.areCopied { rows.copies = copyRows(at, strip, rows.rows, &b) }
    let extent = sum.extents[column]
    let whole = extent.quotient(width)
    if whole != Dim(0) {
      if parts.row == nil {
        panelTiles(at, strip, rows, Rows(extent: whole), &b)
      } else {
        nests.parts(of: whole, upTo: panels, &b) { b, block in
          panelTiles(at, strip, rows, block, &b)
        }
      }
    }
    let rest = extent - width * whole
    if rest != Dim(0) { vectorTiles(at, strip, rows, from: width * whole, rest, &b) }
  }

  /// Computes the tiles of some panels of columns: those of a row one after the other.
  private func panelTiles(
    _ at: [Index], _ strip: Strip, _ rows: CopiedRows, _ block: Rows, _ b: inout LoopBuilder
  ) {
    let copies = parts.row == nil ? [] : copyPanels(block, at, strip, &b)
    tiles(rows, &b) { b, tile in
      nests.each(of: block, &b) { b, number in
        let first = number * Dim(width)
        var tile = tile
        tile.read(copies, number - block.start, start: first)
        b.loop("lane", Dim(lanes), lanes: lanes) { b, lane in
          let columns = (0..<vectors).map { Index(lane) + Dim($0 * lanes) + first }
          sums(of: tile, at, columns, strip, &b)
        }
      }
    }
  }

  /// Computes the tiles of the columns that fill no panel, by single vectors.
  private func vectorTiles(
    _ at: [Index], _ strip: Strip, _ rows: CopiedRows, from first: Dim, _ rest: Dim,
    _ b: inout LoopBuilder
  ) {
    let lanes = ConvolutionTiles.lanes(along: rest, upTo: lanes)
    let copies = parts.row == nil ? [] : copyVectors(from: first, rest, lanes, at, strip, &b)
    tiles(rows, &b) { b, tile in
      var tile = tile
      tile.read(copies, nil, start: Index(first))
      b.loop("lane", rest, lanes: lanes) { b, lane in
        sums(of: tile, at, [Index(lane) + first], strip, &b)
      }
    }
  }

  // MARK: Tiles

  /// Some rows, and what reads the factors for them.
  private struct Tile {
    /// None where there is one row, which needs no loop.
    var rows: [Index]
    /// Which of the rows are there; empty where all are.
    var isThere: [ScalarID]
    var readers: [ElementReader]

    /// Reads parts from their copies: from the stretch of a number, which begins there.
    mutating func read(_ copies: [PartCopy], _ number: Index?, start: Index) {
      for (part, panel) in copies {
        readers[part.factor].panels[part.value] = panel.moved(to: number, start: start)
      }
    }
  }

  /// Goes along the rows by tiles.
  private func tiles(
    _ rows: CopiedRows, _ b: inout LoopBuilder, _ body: (inout LoopBuilder, Tile) -> Void
  ) {
    let readers = sum.factors.map { _ in nests.reader }
    if parts.row == nil { return body(&b, Tile(rows: [], isThere: [], readers: readers)) }
    nests.tiles(of: rows.rows, upTo: height, &b) { b, rowTile in
      var tile = Tile(rows: rowTile.rows, isThere: rowTile.isThere, readers: readers)
      tile.read(rows.copies, rowTile.number, start: rowTile.first)
      body(&b, tile)
    }
  }

  /// Computes the sums of a tile for some vectors of columns.
  private func sums(
    of tile: Tile, _ at: [Index], _ columns: [Index], _ strip: Strip, _ b: inout LoopBuilder
  ) {
    let rows = parts.row.map { row in tile.rows.map { at.with(row, $0) } } ?? [at]
    let elements = rows.flatMap { row in columns.map { row.with(column, $0) } }
    let masks = tile.isThere.flatMap { mask in columns.map { _ in mask } }
    let lanes = b.body.lanes(of: columns[0])
    let zeros = sum.zeros(elements.count, lanes: lanes, &b)
    let sums = fold(strip, elements[0], zeros, &b) { b, step, sums in
      let positions = elements.map { element in
        element.indices.map { sum.summed.contains($0) ? step[$0] : element[$0] }
      }
      return sum.add(at: positions, onto: sums, tile.readers, &b)
    }
    func store(_ b: inout LoopBuilder, adds: Bool) {
      for (number, (at, total)) in zip(elements, sums).enumerated() {
        let mask = masks.isEmpty ? nil : masks[number]
        sum.store(total, at: at, of: target, adds: adds, mask: mask, &b)
      }
    }
    guard let isFirst = strip.isFirst else { return store(&b, adds: strip.adds) }
    let writing = b.block { store(&$0, adds: false) }
    let adding = b.block { store(&$0, adds: true) }
    b.append(.branch(isFirst, then: writing, otherwise: adding))
  }

  // MARK: Steps

  /// Goes along the steps of a strip, one after the other.
  func steps(
    of strip: Strip, _ at: [Index], _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    _ = fold(strip, at, [], &b) { b, at, _ in
      body(&b, at)
      return []
    }
  }

  /// Loops over the steps of a strip that carry sums.
  private func fold(
    _ strip: Strip, _ at: [Index], _ sums: [ScalarID], _ b: inout LoopBuilder,
    _ step: (inout LoopBuilder, [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    let inner = sum.summed.dropFirst()
    func turn(_ b: inout LoopBuilder, _ index: Index, _ sums: [ScalarID]) -> [ScalarID] {
      sum.fold(inner, at.with(self.strip, index + strip.start), sums, &b, step)
    }
    if let steps = strip.steps {
      return b.loop("step", atMost: strip.extent, turns: steps, carrying: sums, turn)
    }
    return b.loop("step", strip.extent, carrying: sums) { b, id, sums in
      turn(&b, Index(id), sums)
    }
  }
}

extension Body {
  /// The number of lanes of a position that moves with a loop.
  fileprivate func lanes(of index: Index) -> Int {
    index.loops.map { self[$0.variable].lanes }.max() ?? 1
  }
}
