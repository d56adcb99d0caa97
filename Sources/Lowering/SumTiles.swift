import GraphIR
import LoopIR
import Ops
import Support

/// Sums over some axes by tiles in registers: some rows by some vectors of columns of the result, to
/// which the terms of all steps of the sum are added. A product of matrices is one; so are the
/// distances of all points from all centres.
///
/// What moves with the columns alone is copied for a strip of the sum, so that it lies side by side
/// and stays in the cache while all rows go by (Goto and van de Geijn, Anatomy of High-Performance
/// Matrix Multiplication, ACM TOMS 34, 2008); so is what moves with the rows, where its neighbours
/// in memory lie along them.
struct SumTiles {
  private let sum: TiledSum
  private let parts: TileParts
  private let target: Place
  private let nests: Nests
  /// Whether the sums are added to what stands at the target.
  private let adds: Bool
  /// The elements of a vector, and the vectors and rows of a tile.
  private let lanes: Int
  private let vectors: Int
  private let height: Int
  /// So many steps of the sum are taken for one copy of the columns.
  private let depth: Int
  /// Whether rows are copied, by blocks of so many.
  private let copiesRows: Bool
  private static let rowBlock = 128
  /// Fewer rows are not copied.
  private static let fewestCopied = 16

  /// Below so many rows, columns or steps of the sum, loops as they stand are as good.
  private static let least = 4

  private var column: Int { parts.column }
  /// The outermost loop of the sum.
  private var strip: Int { sum.summed[0] }

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
    depth = parts.row == nil ? 16 : 256
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
      rowBlocks(of: extent, &b) { b, rows in strips(at, rows, &b) }
    }
  }

  /// Some rows, and the copies of what moves with them alone: tile by tile.
  private struct CopiedRows {
    var rows: Rows
    var areCopied = false
    var copies: [(part: TileParts.Part, panel: ElementReader.Panel)] = []

    init(_ rows: Rows, areCopied: Bool = false) {
      self.rows = rows
      self.areCopied = areCopied
    }
  }

  private func rowBlocks(
    of extent: Dim, _ b: inout LoopBuilder, _ body: (inout LoopBuilder, CopiedRows) -> Void
  ) {
    let blocks = Blocks(extent, upTo: SumTiles.rowBlock)
    if blocks.rest == Dim(0) {
      return nests.loops(over: [blocks.count], &b) { b, number in
        let start = number[0] * Dim(blocks.size)
        let rows = Rows(start: start, extent: Dim(blocks.size))
        body(&b, CopiedRows(rows, areCopied: true))
      }
    }
    let size = SumTiles.rowBlock
    let total = b.dim(extent)
    b.loop("rows", atMost: extent, turns: b.parts(total, of: size)) { b, number in
      let start = number * Dim(size)
      let count = b.minimum(size, b.subtract(total, b.position(start)))
      let rows = Rows(start: start, extent: Dim(size), count: count)
      body(&b, CopiedRows(rows, areCopied: true))
    }
  }

  // MARK: Strips of the sum

  /// A stretch of the sum: where it begins, and how many steps it has.
  private struct Strip {
    var start = Index(Dim(0))
    var extent: Dim
    /// The steps as a scalar, where they may be fewer than the extent.
    var steps: ScalarID?
    /// Whether its sums are added to those of others.
    var adds: Bool
  }

  /// Goes along the outermost axis of the sum.
  private func strips(_ at: [Index], _ rows: CopiedRows, _ b: inout LoopBuilder) {
    let extent = sum.extents[strip]
    if let known = extent.constant, known <= 2 * depth {
      return columns(at, Strip(extent: extent, adds: adds), rows, &b)
    }
    if !adds { clear(at, rows, &b) }
    let total = b.dim(extent)
    let count = b.parts(total, of: depth)
    b.loop("strip", atMost: extent, turns: count) { b, number in
      let start = number * Dim(depth)
      let left = b.subtract(total, b.position(start))
      let steps = b.minimum(depth, left)
      let part = Strip(start: start, extent: Dim(depth), steps: steps, adds: true)
      columns(at, part, rows, &b)
    }
  }

  private func clear(_ at: [Index], _ rows: CopiedRows, _ b: inout LoopBuilder) {
    nests.each(of: rows.rows, &b) { b, row in
      nests.loops(over: [sum.extents[column]], &b) { b, place in
        var at = at.with(column, place[0])
        if let loop = parts.row { at[loop] = row }
        sum.store(b.constant(sum.dtype, .float(0)), at: at, of: target, &b)
      }
    }
  }

  // MARK: Columns

  /// Goes along the columns: by panels of several vectors, and by single vectors at the end.
  private func columns(_ at: [Index], _ strip: Strip, _ rows: CopiedRows, _ b: inout LoopBuilder) {
    let readers = sum.factors.map { _ in nests.reader }
    var rows = rows
    if rows.areCopied { copyRows(at, strip, &rows, &b) }
    let extent = sum.extents[column]
    let width = vectors * lanes
    let panels = extent.quotient(width)
    if panels != Dim(0) {
      nests.loops(over: [panels], &b) { b, number in
        let first = number[0] * Dim(width)
        var readers = readers
        if parts.row != nil {
          copyColumns(at.with(column, first), strip, Dim(width), &readers, &b)
        }
        b.loop("lane", Dim(lanes), lanes: lanes) { b, lane in
          let columns = (0..<vectors).map { Index(lane) + Dim($0 * lanes) + first }
          tiles(at, strip, rows, columns, readers, &b)
        }
      }
    }
    let rest = extent - width * panels
    if rest == Dim(0) { return }
    b.loop("lane", rest, lanes: ConvolutionTiles.lanes(along: rest, upTo: lanes)) { b, lane in
      let at = at.with(column, Index(lane) + width * panels)
      var readers = readers
      if parts.row != nil { copyColumns(at, strip, Dim(1), &readers, &b) }
      tiles(at, strip, rows, [at[column]], readers, &b)
    }
  }

  // MARK: Copies

  /// Lets what moves with columns alone be read from a copy of some columns from the one at hand on;
  /// single vectors are copied unless they are neighbours.
  private func copyColumns(
    _ at: [Index], _ strip: Strip, _ width: Dim, _ readers: inout [ElementReader],
    _ b: inout LoopBuilder
  ) {
    for part in parts.columns
    where width != Dim(1) || !part.isSideBySide(along: column, nests.reader) {
      let panel = panel(for: part, moving: column, from: at[column], strip, width, nil, &b)
      b.body[panel.buffer].lanes = b.body.lanes(of: at[column])
      steps(of: strip, at, &b) { b, at in
        nests.loops(over: [width], &b) { b, offset in
          copy(part, at.with(column, at[column] + offset[0]), to: panel, &b)
        }
      }
      readers[part.factor].panels[part.value] = panel
    }
  }

  /// Copies what moves with rows alone, tile by tile, so that a tile's rows of one step lie beside
  /// those of the next.
  private func copyRows(
    _ at: [Index], _ strip: Strip, _ rows: inout CopiedRows, _ b: inout LoopBuilder
  ) {
    guard let row = parts.row else { return }
    for part in parts.rows {
      let stretches = (rows.rows.extent + (height - 1)).quotient(height)
      let panel = panel(
        for: part, moving: row, from: rows.rows.start, strip, Dim(height), stretches, &b)
      let all = rows.rows
      steps(of: strip, at, &b) { b, at in
        nests.tiles(of: all, upTo: height, &b) { b, tile in
          let panel = panel.moved(to: tile.number, start: tile.first)
          if tile.isThere.isEmpty {
            let count = Dim(tile.rows.count)
            let lanes = ConvolutionTiles.lanes(along: count, upTo: lanes)
            b.loop("row", count, lanes: lanes) { b, place in
              copy(part, at.with(row, tile.first + Index(place)), to: panel, &b)
            }
          } else {
            for place in tile.rows { copy(part, at.with(row, place), to: panel, &b) }
          }
        }
      }
      rows.copies.append((part, panel))
    }
  }

  /// Memory for a copy of a part: the steps of a strip, each with some rows or columns; for several
  /// stretches of these, one after the other.
  private func panel(
    for part: TileParts.Part, moving loop: Int, from first: Index, _ strip: Strip, _ width: Dim,
    _ stretches: Dim?, _ b: inout LoopBuilder
  ) -> ElementReader.Panel {
    var shape = stretches.map { [$0] } ?? []
    var axes: [(axis: Int, start: Index)] = []
    for summed in sum.summed {
      guard let axis = part.axes.firstIndex(of: summed) else { continue }
      shape.append(summed == self.strip ? strip.extent : sum.extents[summed])
      axes.append((axis, summed == self.strip ? strip.start : Index(Dim(0))))
    }
    guard let axis = part.axes.firstIndex(of: loop) else { preconditionFailure("a part moves") }
    shape.append(width)
    axes.append((axis, first))
    let dtype = nests.graph.type(part.value).dtype
    return ElementReader.Panel(buffer: b.scratch("panel", dtype.arithmetic, shape), axes: axes)
  }

  private func copy(
    _ part: TileParts.Part, _ at: [Index], to panel: ElementReader.Panel, _ b: inout LoopBuilder
  ) {
    var memo = ElementReader.Memo()
    let position = part.axes.map { $0.map { at[$0] } ?? Index(Dim(0)) }
    let element = nests.reader.read(part.value, at: position, &b, &memo)
    b.store(element, to: panel.buffer, panel.place(of: position))
  }

  // MARK: Tiles

  /// Computes the tiles of some vectors of columns.
  private func tiles(
    _ at: [Index], _ strip: Strip, _ rows: CopiedRows, _ columns: [Index],
    _ readers: [ElementReader], _ b: inout LoopBuilder
  ) {
    guard let row = parts.row else {
      return tile(columns.map { at.with(column, $0) }, [], strip, readers, &b)
    }
    nests.tiles(of: rows.rows, upTo: height, &b) { b, rowTile in
      var readers = readers
      for (part, panel) in rows.copies {
        readers[part.factor].panels[part.value] = panel.moved(
          to: rowTile.number, start: rowTile.first)
      }
      let elements = rowTile.rows.flatMap { place in
        columns.map { at.with(row, place).with(column, $0) }
      }
      let masks = rowTile.isThere.flatMap { mask in columns.map { _ in mask } }
      tile(elements, masks, strip, readers, &b)
    }
  }

  /// Computes one tile, given the positions of its vectors, and which of them are there, unless all
  /// are.
  private func tile(
    _ elements: [[Index]], _ masks: [ScalarID], _ strip: Strip, _ readers: [ElementReader],
    _ b: inout LoopBuilder
  ) {
    let lanes = b.body.lanes(of: elements[0][column])
    let zeros = sum.zeros(elements.count, lanes: lanes, &b)
    let sums = fold(strip, elements[0], zeros, &b) { b, step, sums in
      let positions = elements.map { element in
        element.indices.map { sum.summed.contains($0) ? step[$0] : element[$0] }
      }
      return sum.add(at: positions, onto: sums, readers, &b)
    }
    for (number, (at, total)) in zip(elements, sums).enumerated() {
      let mask = masks.isEmpty ? nil : masks[number]
      sum.store(total, at: at, of: target, adds: strip.adds, mask: mask, &b)
    }
  }

  // MARK: Steps

  /// Goes along the steps of a strip, one after the other.
  private func steps(
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

extension ElementReader.Panel {
  /// Another stretch of the copy, whose last axis begins there.
  fileprivate func moved(to number: Index, start: Index) -> ElementReader.Panel {
    var panel = self
    panel.prefix = [number]
    panel.axes[axes.count - 1].start = start
    return panel
  }
}

extension TileParts.Part {
  /// Whether the elements along a loop are neighbours in memory.
  func isSideBySide(along loop: Int, _ reader: ElementReader) -> Bool {
    reader.unitAxis(of: value).map { axes[$0] == loop } ?? false
  }
}

extension Body {
  /// The number of lanes of a position that moves with a loop.
  fileprivate func lanes(of index: Index) -> Int {
    index.loops.map { self[$0.variable].lanes }.max() ?? 1
  }
}
