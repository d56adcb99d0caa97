import GraphIR
import LoopIR
import Ops
import Support

/// The image of a convolution whose windows begin at every element.
extension ConvolutionTiles {
  /// A tile is the same stretch of elements in several channels. Each element is the sum over all
  /// windows that hold it; along the last axis zeros stand on both sides of the output, so that
  /// every place of a window may be taken, along the others the places are counted.
  func image(_ b: inout LoopBuilder) {
    let source = surrounded(&b)
    let axes = turns.convolution.axes
    let last = axes.count - 1
    nests.loops([ConvolutionTurns.image, ConvolutionTurns.group], of: turns, at: turns.start, &b) {
      b, at in
      nests.blocks(of: turns.extents[ConvolutionTurns.channel], upTo: 8, &b) { b, first, count in
        nests.loops(over: axes.dropLast().map(\.extent), &b) { b, rows in
          vectors(along: axes[last].extent, &b) { b, index, lanes in
            let windows = zip(axes, rows).map { ReachingWindows(of: $0, $1, &b) }
            let zeros = Array(repeating: zero(lanes, &b), count: count)
            let sums = sum([ConvolutionTurns.output], from: at, zeros, &b) { b, at, sums in
              sumRows(windows[...], at, [], sums, &b) { b, at, rows, sums in
                let along = index + at[turns.lastPlace] * Dim(-axes[last].dilation)
                let output = source.read(
                  [at[ConvolutionTurns.image], turns.output(at)] + rows + [along], self, &b)
                return sums.enumerated().map { number, sum in
                  let at = at.with(ConvolutionTurns.channel, first + Dim(number))
                  let kernel = read(1, turns.position(in: .kernel, at), &b)
                  return multiplyAdd(output, kernel, sum, &b)
                }
              }
            }
            for (number, sum) in sums.enumerated() {
              let at = at.with(ConvolutionTurns.channel, first + Dim(number))
              b.store(
                sum, to: target.buffer,
                target.prefix + [at[ConvolutionTurns.image], turns.channel(at)] + rows + [index])
            }
          }
        }
      }
    }
  }

  /// Loops over the places of windows that hold an element, along all axes but the last those that
  /// are counted; `step` gets the positions of the windows.
  private func sumRows(
    _ windows: ArraySlice<ReachingWindows>, _ at: [Index], _ rows: [Index], _ sums: [ScalarID],
    _ b: inout LoopBuilder,
    _ step: (inout LoopBuilder, [Index], [Index], [ScalarID]) -> [ScalarID]
  ) -> [ScalarID] {
    guard let axis = windows.first else {
      return sum([turns.lastPlace], from: at, sums, &b) { b, at, sums in step(&b, at, rows, sums) }
    }
    return b.loop("place", axis.axis.size, carrying: sums) { b, id, sums in
      b.body[id].bound = axis.count
      let place = Index(axis.first) + Index(id)
      let row = axis.position + place * Dim(-axis.axis.dilation)
      return sumRows(
        windows.dropFirst(), at.with(turns.places[rows.count], place), rows + [row], sums, &b, step)
    }
  }

  /// The output with zeros before and behind its last axis.
  private func surrounded(_ b: inout LoopBuilder) -> SurroundedOutput {
    let axis = turns.convolution.axes[turns.convolution.axes.count - 1]
    let width = axis.reach - 1
    if width == Dim(0) { return SurroundedOutput(buffer: nil, width: width) }
    let type = nests.graph.type(node.operands[0])
    let rows = Array(type.shape.dropLast())
    let shape = rows + [axis.count + 2 * width]
    let buffer = b.scratch("surrounded", type.dtype, shape)
    nests.loops(over: rows, &b) { b, row in
      nests.loops(over: [width], &b) { b, position in
        let nothing = zero(1, &b)
        b.store(nothing, to: buffer, row + position)
        b.store(nothing, to: buffer, row + [position[0] + (width + axis.count)])
      }
      nests.loops(over: [axis.count], &b) { b, position in
        let element = read(0, row + position, &b)
        b.store(element, to: buffer, row + [position[0] + width])
      }
    }
    return SurroundedOutput(buffer: buffer, width: width)
  }
}

/// An output with so many zeros on both sides of its last axis, if there are any.
private struct SurroundedOutput {
  var buffer: BufferID?
  var width: Dim

  /// An element, or a vector of them, at a position of the output.
  func read(
    _ position: [Index], _ tiles: ConvolutionTiles, _ b: inout LoopBuilder
  ) -> ScalarID {
    guard let buffer else { return tiles.read(0, position, &b) }
    return b.load(buffer, position.dropLast() + position.suffix(1).map { $0 + width })
  }
}

/// The places of windows along an axis at which they hold an element of the image.
private struct ReachingWindows {
  var axis: WindowAxis
  /// The element of the image.
  var position: Index
  /// The first place, and the number of places.
  var first: ScalarID
  var count: ScalarID

  init(of axis: WindowAxis, _ position: Index, _ b: inout LoopBuilder) {
    self.axis = axis
    self.position = position
    let zero = b.index(0)
    let dilation = b.index(axis.dilation)
    // Places after `element / dilation` lie in windows before the first one.
    let element = b.position(position)
    let last = b.binary(.minimum, b.binary(.divide, element, dilation), b.dim(axis.size - 1))
    // Places before `(element - (windows - 1)) / dilation`, rounded up, in windows behind the last.
    let missing = b.binary(.maximum, b.position(position + (Dim(1) - axis.count)), zero)
    first = b.binary(.divide, b.add(missing, b.index(axis.dilation - 1)), dilation)
    count = b.add(b.subtract(last, first), b.index(1))
  }
}
