import GraphIR
import LoopIR
import Ops
import Support

/// Products of matrices by tiles in registers: some rows of the left operand by some vectors of
/// columns of the right one, summed up along the axes that they share.
///
/// The columns of a tile are copied for a strip of the sum, so that they lie side by side and stay
/// in the cache while all rows go by (Goto and van de Geijn, Anatomy of High-Performance Matrix
/// Multiplication, ACM TOMS 34, 2008, with one operand packed).
struct ContractionTiles {
  private let nests: Nests
  private let node: Node
  private let axes: ContractionAxes
  private let target: Place
  private let dtype: DType
  /// The operands that rows and columns belong to, by number.
  private let rowOperand: Int
  private let columnOperand: Int
  /// The axes of rows and columns, and the outermost one of the sum.
  private let row: Int
  private let column: Int
  private let strip: Int
  /// The elements of a vector, and the vectors and rows of a tile.
  private let lanes: Int
  private let vectors = 3
  private let height: Int

  /// So many steps of a sum are taken for one copy of the columns.
  private static let depth = 256
  /// Below so many rows, columns or steps of the sum, loops as they stand are as good.
  private static let least = 4

  /// Plans the tiles of a contraction; nil where it is none of two matrices that are worth it.
  init?(nests: Nests, node: Node, axes: ContractionAxes, target: Place) {
    dtype = nests.graph.type(node.result).dtype
    lanes = nests.vectors.bytes / dtype.byteSize
    // Three registers hold vectors of columns, one an element of the rows, all others sums.
    height = nests.vectors.registers >= 32 ? 8 : 4
    guard dtype == .f32 || dtype == .f64, let strip = axes.summed.first,
      axes.summed.contains(where: { axes.extents[$0].isPerhaps(atLeast: Self.least) }),
      let (rows, columns) = Self.roles(axes, lanes)
    else { return nil }
    (rowOperand, row) = rows
    (columnOperand, column) = columns
    self.strip = strip
    self.nests = nests
    self.node = node
    self.axes = axes
    self.target = target
  }

  /// An axis that an operand alone has.
  private typealias FreeAxis = (operand: Int, loop: Int)

  /// Which operand gives rows, which columns: those lie along the last axis that is written, if
  /// that is long enough for vectors.
  private static func roles(_ axes: ContractionAxes, _ lanes: Int) -> (FreeAxis, FreeAxis)? {
    let free = [axes.leftFree, axes.rightFree].map { loops in
      axes.result.last { loops.contains($0) }
    }
    guard let left = free[0], let right = free[1] else { return nil }
    let sides = [(0, left), (1, right)]
    let columns = left == axes.result.last ? [0, 1] : [1, 0]
    for column in columns
    where axes.extents[sides[column].1].isPerhaps(atLeast: lanes / 2)
      && axes.extents[sides[1 - column].1].isPerhaps(atLeast: least)
    {
      return (sides[1 - column], sides[column])
    }
    return nil
  }

  /// Emits the loops.
  func emit(_ b: inout LoopBuilder) {
    let outer = axes.batch + (axes.leftFree + axes.rightFree).filter { $0 != row && $0 != column }
    nests.loops(over: outer.map { axes.extents[$0] }, &b) { b, prefix in
      var at = [Index](repeating: Index(Dim(0)), count: axes.extents.count)
      for (loop, index) in zip(outer, prefix) { at[loop] = index }
      strips(at, &b)
    }
  }

  // MARK: Strips of the sum

  /// A stretch of the sum: where it begins, and how many steps it has.
  private struct Strip {
    var start: Index
    var extent: Dim
    /// The steps as a scalar, where they may be fewer than the extent.
    var steps: ScalarID?
    /// Whether its sums are added to those of others.
    var isOneOfSeveral: Bool
  }

  /// Goes along the outermost axis of the sum.
  private func strips(_ at: [Index], _ b: inout LoopBuilder) {
    let extent = axes.extents[strip]
    if let known = extent.constant, known <= 2 * Self.depth {
      let whole = Strip(start: Index(Dim(0)), extent: extent, steps: nil, isOneOfSeveral: false)
      return columns(at, whole, &b)
    }
    nests.loops(over: [axes.extents[row], axes.extents[column]], &b) { b, position in
      let zero = b.constant(dtype, .float(0))
      b.store(zero, to: target.buffer, place(at.with(row, position[0]).with(column, position[1])))
    }
    let total = b.dim(extent)
    let count = b.parts(total, of: Self.depth)
    b.loop("strip", atMost: extent, turns: count) { b, number in
      let start = number * Dim(Self.depth)
      let first = b.position(start)
      let left = b.subtract(total, first)
      let steps = b.minimum(Self.depth, left)
      let part = Strip(
        start: start, extent: Dim(Self.depth), steps: steps, isOneOfSeveral: true)
      columns(at, part, &b)
    }
  }

  // MARK: Columns

  /// Goes along the columns: by copied panels, and by single vectors at the end.
  private func columns(_ at: [Index], _ strip: Strip, _ b: inout LoopBuilder) {
    let extent = axes.extents[column]
    let width = vectors * lanes
    let panels = extent.quotient(width)
    if panels != Dim(0) {
      let rest = axes.summed.dropFirst().map { axes.extents[$0] }
      let panel = b.scratch("panel", dtype, [strip.extent] + rest + [Dim(width)])
      nests.loops(over: [panels], &b) { b, number in
        let first = number[0] * Dim(width)
        copy(at.with(column, first), strip, to: panel, &b)
        b.loop("lane", Dim(lanes), lanes: lanes) { b, lane in
          let columns = (0..<vectors).map { Index(lane) + Dim($0 * lanes) + first }
          rows(at, strip, columns: columns, &b) { b, at, number in
            let index = Index(lane) + Dim(number * lanes)
            return b.load(panel, summedPosition(at, in: strip) + [index])
          }
        }
      }
    }
    let rest = extent - width * panels
    if rest == Dim(0) { return }
    b.loop("lane", rest, lanes: ConvolutionTiles.lanes(along: rest, upTo: lanes)) { b, lane in
      lastColumns(at.with(column, Index(lane) + width * panels), strip, &b)
    }
  }

  /// Goes along the rows for one vector of columns, which is copied unless its elements are
  /// neighbours.
  private func lastColumns(_ at: [Index], _ strip: Strip, _ b: inout LoopBuilder) {
    if nests.reader.unitAxis(of: node.operands[columnOperand])
      .map({ axes(of: columnOperand)[$0] }) == column {
      return rows(at, strip, columns: [at[column]], &b) { b, place, _ in
        read(columnOperand, place, &b)
      }
    }
    let rest = axes.summed.dropFirst().map { axes.extents[$0] }
    let copied = b.scratch("columns", dtype, [strip.extent] + rest)
    b.body[copied].lanes = b.body.lanes(of: at[column])
    steps(of: strip, at, &b) { b, at in
      b.store(read(columnOperand, at, &b), to: copied, summedPosition(at, in: strip))
    }
    rows(at, strip, columns: [at[column]], &b) { b, at, _ in
      b.load(copied, summedPosition(at, in: strip))
    }
  }

  /// Copies the columns of a panel for a strip of the sum.
  private func copy(
    _ at: [Index], _ strip: Strip, to panel: BufferID, _ b: inout LoopBuilder
  ) {
    steps(of: strip, at, &b) { b, at in
      b.loop("column", Dim(vectors * lanes)) { b, offset in
        let element = read(columnOperand, at.with(column, at[column] + Index(offset)), &b)
        b.store(element, to: panel, summedPosition(at, in: strip) + [Index(offset)])
      }
    }
  }

  /// Goes along the steps of a strip, one after the other.
  private func steps(
    of strip: Strip, _ at: [Index], _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    _ = sum(strip, at, [], &b) { b, at, _ in
      body(&b, at)
      return []
    }
  }

  /// Where the steps of the sum stand in a panel.
  private func summedPosition(_ at: [Index], in strip: Strip) -> [Index] {
    axes.summed.map { $0 == self.strip ? at[$0] - strip.start : at[$0] }
  }

  // MARK: Rows

  /// Goes along the rows by tiles; `vector` gives a vector of columns by its number.
  private func rows(
    _ at: [Index], _ strip: Strip, columns: [Index], _ b: inout LoopBuilder,
    _ vector: (inout LoopBuilder, [Index], Int) -> ScalarID
  ) {
    nests.blocks(of: axes.extents[row], upTo: height, &b) { b, first, count in
      let zero = b.scalar(
        ScalarType(dtype, lanes: b.body.lanes(of: columns[0])), .constant(.float(0)))
      let zeros = Array(repeating: zero, count: count * columns.count)
      let sums = sum(strip, at, zeros, &b) { b, at, sums in
        let vectors = columns.indices.map { vector(&b, at, $0) }
        var next: [ScalarID] = []
        for number in 0..<count {
          let number = first + Dim(number)
          let element = read(rowOperand, at.with(row, number), &b)
          for vector in vectors {
            b.site = node.site
            next.append(b.multiplyAdd(element, vector, sums[next.count]))
          }
        }
        return next
      }
      for (number, sum) in sums.enumerated() {
        let at = at.with(row, first + Dim(number / columns.count))
          .with(column, columns[number % columns.count])
        b.store(
          sum, to: target.buffer, place(at), combining: strip.isOneOfSeveral ? .add : nil)
      }
    }
  }

  /// Loops over the steps of a strip that carry sums.
  private func sum(
    _ strip: Strip, _ at: [Index], _ sums: [ScalarID], _ b: inout LoopBuilder,
    _ step: (inout LoopBuilder, [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    let inner = Array(axes.summed.dropFirst())
    func turn(_ b: inout LoopBuilder, _ index: Index, _ sums: [ScalarID]) -> [ScalarID] {
      sum(inner[...], at.with(self.strip, index + strip.start), sums, &b, step)
    }
    if let steps = strip.steps {
      return b.loop("step", atMost: strip.extent, turns: steps, carrying: sums, turn)
    }
    return b.loop("step", strip.extent, carrying: sums) { b, id, sums in
      turn(&b, Index(id), sums)
    }
  }

  private func sum(
    _ loops: ArraySlice<Int>, _ at: [Index], _ sums: [ScalarID], _ b: inout LoopBuilder,
    _ step: (inout LoopBuilder, [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    guard let loop = loops.first else { return step(&b, at, sums) }
    return b.loop("step", axes.extents[loop], carrying: sums) { b, id, sums in
      sum(loops.dropFirst(), at.with(loop, Index(id)), sums, &b, step)
    }
  }

  // MARK: Elements

  /// An element, or a vector, of an operand.
  private func read(_ operand: Int, _ at: [Index], _ b: inout LoopBuilder) -> ScalarID {
    var memo = ElementReader.Memo()
    let position = axes(of: operand).map { at[$0] }
    let element = nests.reader.read(node.operands[operand], at: position, &b, &memo)
    b.site = node.site
    return element
  }

  /// The loops along the axes of an operand.
  private func axes(of operand: Int) -> [Int] { operand == 0 ? axes.left : axes.right }

  /// Where an element of the result stands.
  private func place(_ at: [Index]) -> [Index] { target.prefix + axes.result.map { at[$0] } }
}

extension Body {
  /// The number of lanes of a position that moves with a loop.
  fileprivate func lanes(of index: Index) -> Int {
    index.loops.map { self[$0.variable].lanes }.max() ?? 1
  }
}

extension Dim {
  /// Whether it may be so large: it is not known to be less.
  fileprivate func isPerhaps(atLeast size: Int) -> Bool { constant.map { $0 >= size } ?? true }
}
