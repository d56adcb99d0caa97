import GraphIR
import LoopIR
import Ops
import Support

/// A part of the terms, and what is read in its place.
typealias PartCopy = (part: TileParts.Part, panel: ElementReader.Panel)

/// Copies of what moves with the columns or with the rows alone, for a strip of the sum.
extension SumTiles {
  /// Below so many rows, neighbours in memory at the end of the columns are read where they lie.
  private static let fewestRows = 32

  /// Copies some panels of columns: step by step where the columns are neighbours in memory, else
  /// panel by panel, so that what lies beside one step is still in the cache for the next.
  func copyPanels(
    _ block: Rows, _ at: [Index], _ strip: Strip, _ b: inout LoopBuilder
  ) -> [PartCopy] {
    parts.columns.map { part in
      let memory = panel(
        for: part, moving: column, from: Index(Dim(0)), strip, Dim(width), block.extent, &b)
      func panels(_ b: inout LoopBuilder, _ body: (inout LoopBuilder, ElementReader.Panel) -> Void) {
        nests.each(of: block, &b) { b, number in
          body(&b, memory.moved(to: number - block.start, start: number * Dim(width)))
        }
      }
      if part.isSideBySide(along: column, nests.reader) {
        steps(of: strip, at, &b) { b, at in
          panels(&b) { b, panel in
            b.loop("lane", Dim(lanes), lanes: lanes) { b, lane in
              for vector in 0..<vectors {
                let place = panel.start + Index(lane) + Dim(vector * lanes)
                copy(part, at.with(column, place), to: panel, &b)
              }
            }
          }
        }
      } else {
        panels(&b) { b, panel in
          steps(of: strip, at, &b) { b, at in
            nests.loops(over: [Dim(width)], &b) { b, offset in
              copy(part, at.with(column, panel.start + offset[0]), to: panel, &b)
            }
          }
        }
      }
      return (part, memory)
    }
  }

  /// Copies the columns that fill no panel, by vectors; neighbours stay where they lie if there are
  /// few rows or no other columns.
  func copyVectors(
    from first: Dim, _ rest: Dim, _ lanes: Int, _ at: [Index], _ strip: Strip,
    _ b: inout LoopBuilder
  ) -> [PartCopy] {
    let isOnce = first == Dim(0)
      || parts.row.map { !sum.extents[$0].isPerhaps(atLeast: SumTiles.fewestRows) } ?? true
    let copied = parts.columns.filter {
      !isOnce || !$0.isSideBySide(along: column, nests.reader)
    }
    return copied.map { part in
      let extent = rest.constant == nil ? Dim(width - 1) : rest
      let panel = panel(for: part, moving: column, from: Index(first), strip, extent, nil, &b)
      steps(of: strip, at, &b) { b, at in
        b.loop("lane", rest, lanes: lanes) { b, lane in
          copy(part, at.with(column, Index(lane) + first), to: panel, &b)
        }
      }
      return (part, panel)
    }
  }

  /// Copies what moves with rows alone, tile by tile, so that a tile's rows of one step lie beside
  /// those of the next.
  func copyRows(
    _ at: [Index], _ strip: Strip, _ rows: Rows, _ b: inout LoopBuilder
  ) -> [PartCopy] {
    guard let row = parts.row else { return [] }
    return parts.rows.map { part in
      let stretches = (rows.extent + (height - 1)).quotient(height)
      let panel = panel(
        for: part, moving: row, from: rows.start, strip, Dim(height), stretches, &b)
      steps(of: strip, at, &b) { b, at in
        nests.tiles(of: rows, upTo: height, &b) { b, tile in
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
      return (part, panel)
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
}

extension ElementReader.Panel {
  /// Where the copy begins along its last axis.
  fileprivate var start: Index { axes[axes.count - 1].start }

  /// Another stretch of the copy, whose last axis begins there; nil where there is only one.
  func moved(to number: Index?, start: Index) -> ElementReader.Panel {
    var panel = self
    panel.prefix = number.map { [$0] } ?? []
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
