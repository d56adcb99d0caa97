import GraphIR
import LoopIR
import Ops
import Support

/// Convolutions by tiles of vectors in registers.
struct ConvolutionTiles {
  let nests: Nests
  let node: Node
  let turns: ConvolutionTurns
  let target: Place

  /// So many vectors are summed up at a time: enough to hide the latency of an addition.
  private static let tileLimit = 8
  /// So many of those to which two vectors each contribute.
  private static let gridLimit = 20

  private var dtype: DType { nests.graph.type(node.result).dtype }

  // MARK: Output

  /// A tile is the same stretch of windows in several output channels: a vector of the image serves
  /// all of them.
  func output(_ b: inout LoopBuilder) {
    let rows = Array(turns.windows.dropLast())
    nests.loops([ConvolutionTurns.image, ConvolutionTurns.group], of: turns, at: turns.start, &b) {
      b, at in
      nests.blocks(of: turns.extents[ConvolutionTurns.output], upTo: Self.tileLimit, &b) {
        b, first, count in
        nests.loops(rows, of: turns, at: at, &b) { b, at in
          vectors(along: turns.extents[turns.lastWindow], &b) { b, index, lanes in
            var at = at
            at[turns.lastWindow] = index
            let tile = (0..<count).map { at.with(ConvolutionTurns.output, first + Dim($0)) }
            let sums = sum(
              [ConvolutionTurns.channel] + turns.places, from: at,
              Array(repeating: zero(lanes, &b), count: count), &b
            ) { b, at, sums in
              outputStep(at, first, sums, &b)
            }
            for (at, sum) in zip(tile, sums) {
              b.store(sum, to: target.buffer, target.prefix + turns.position(in: .output, at))
            }
          }
        }
      }
    }
  }

  /// Adds the products of a vector of the image with a number of the kernel for each channel.
  private func outputStep(
    _ at: [Index], _ first: Index, _ sums: [ScalarID], _ b: inout LoopBuilder
  ) -> [ScalarID] {
    let image = read(0, turns.position(in: .image, at), &b)
    return sums.enumerated().map { number, sum in
      let at = at.with(ConvolutionTurns.output, first + Dim(number))
      let kernel = read(1, turns.position(in: .kernel, at), &b)
      return multiplyAdd(image, kernel, sum, &b)
    }
  }

  // MARK: Kernel

  /// A tile is a grid of output channels and places along the last axis; vectors of images and of
  /// outputs go by, and at the end the lanes of each are added up.
  func kernel(_ b: inout LoopBuilder) {
    let places = turns.extents[turns.lastPlace]
    let width = Blocks(places, upTo: 6).size
    let height = min(Self.tileLimit, Self.gridLimit / width)
    let outer = [ConvolutionTurns.channel] + turns.places.dropLast()
    nests.loops([ConvolutionTurns.group], of: turns, at: turns.start, &b) { b, at in
      let outputs = turns.extents[ConvolutionTurns.output]
      nests.blocks(of: outputs, upTo: height, &b) { b, output, rows in
        nests.loops(outer, of: turns, at: at, &b) { b, at in
          nests.blocks(of: places, upTo: width, &b) { b, place, columns in
            let grid = (0..<rows).flatMap { row in
              (0..<columns).map { column in
                at.with(ConvolutionTurns.output, output + Dim(row))
                  .with(turns.lastPlace, place + Dim(column))
              }
            }
            kernelTile(at, grid, rows: rows, columns: columns, &b)
          }
        }
      }
    }
  }

  /// The elements of a kernel at some positions.
  private func kernelTile(
    _ at: [Index], _ grid: [[Index]], rows: Int, columns: Int, _ b: inout LoopBuilder
  ) {
    let extent = turns.extents[turns.lastWindow]
    let lanes = Self.lanes(along: extent, upTo: dtype.arithmetic.rowLanes)
    let zeros = Array(repeating: zero(lanes, &b), count: grid.count)
    let outer = [ConvolutionTurns.image] + turns.windows.dropLast()
    let sums = sum(outer, from: at, zeros, &b) { b, at, sums in
      let step = { (b: inout LoopBuilder, index: Index, sums: [ScalarID]) -> [ScalarID] in
        func position(_ tensor: ConvolutionRole, _ number: Int) -> [Index] {
          var place = at.with(turns.lastWindow, index)
          for loop in [ConvolutionTurns.output, turns.lastPlace] {
            place[loop] = grid[number][loop]
          }
          return turns.position(in: tensor, place)
        }
        let images = (0..<columns).map { read(0, position(.image, $0), &b) }
        let outputs = (0..<rows).map { read(1, position(.output, $0 * columns), &b) }
        return sums.indices.map {
          multiplyAdd(images[$0 % columns], outputs[$0 / columns], sums[$0], &b)
        }
      }
      if extent == Dim(1) { return step(&b, Index(Dim(0)), sums) }
      return b.loop("row", extent, lanes: lanes, carrying: sums) { b, id, sums in
        step(&b, Index(id), sums)
      }
    }
    for (at, sum) in zip(grid, sums) {
      let total =
        lanes == 1 ? sum : b.scalar(ScalarType(dtype.arithmetic), .acrossLanes(.add, sum))
      b.store(total, to: target.buffer, target.prefix + turns.position(in: .kernel, at))
    }
  }

  // MARK: Parts

  /// An element, or a vector of them, of an operand.
  func read(_ operand: Int, _ position: [Index], _ b: inout LoopBuilder) -> ScalarID {
    var memo = ElementReader.Memo()
    let element = nests.reader.read(node.operands[operand], at: position, &b, &memo)
    b.site = node.site
    return element
  }

  /// `x y + sum`.
  func multiplyAdd(
    _ x: ScalarID, _ y: ScalarID, _ sum: ScalarID, _ b: inout LoopBuilder
  ) -> ScalarID {
    dtype.isFloat ? b.multiplyAdd(x, y, sum) : b.add(b.multiply(x, y), sum)
  }

  /// A vector of zeros.
  func zero(_ lanes: Int, _ b: inout LoopBuilder) -> ScalarID {
    b.scalar(
      ScalarType(dtype.arithmetic, lanes: lanes), .constant(dtype.isFloat ? .float(0) : .int(0)))
  }

  /// Loops that carry sums; `step` adds to them at a position.
  func sum(
    _ numbers: [Int], from at: [Index], _ sums: [ScalarID], _ b: inout LoopBuilder,
    _ step: (inout LoopBuilder, [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    guard let number = numbers.first else { return step(&b, at, sums) }
    let rest = Array(numbers.dropFirst())
    if turns.extents[number] == Dim(1) { return sum(rest, from: at, sums, &b, step) }
    return b.loop("i\(number)", turns.extents[number], carrying: sums) { b, id, sums in
      sum(rest, from: at.with(number, Index(id)), sums, &b, step)
    }
  }

  /// A loop that goes along an axis by vectors.
  func vectors(
    along extent: Dim, _ b: inout LoopBuilder, _ body: (inout LoopBuilder, Index, Int) -> Void
  ) {
    if extent == Dim(1) { return body(&b, Index(Dim(0)), 1) }
    let lanes = Self.lanes(along: extent, upTo: dtype.arithmetic.rowLanes)
    b.loop("row", extent, lanes: lanes) { b, id in body(&b, Index(id), lanes) }
  }

  /// The number of lanes for an axis: no more than it needs for as few vectors as possible.
  static func lanes(along extent: Dim, upTo greatest: Int) -> Int {
    var lanes = greatest
    guard let extent = extent.constant else { return lanes }
    let vectors = (extent + lanes - 1) / lanes
    while lanes > 1, (extent + lanes / 2 - 1) / (lanes / 2) <= vectors { lanes /= 2 }
    return lanes
  }
}
