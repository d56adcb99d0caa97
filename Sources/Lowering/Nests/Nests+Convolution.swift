import GraphIR
import LoopIR
import Ops
import Support

extension Nests {
  /// Sums of products over windows. Vectors lie along the last axis, where neighbours stand side by
  /// side in images and outputs; a tile of several of them is summed up in registers, for each
  /// place of a window one vector of an operand with one number, or two vectors, of the other.
  func convolve(
    _ node: Node, making role: ConvolutionRole, to target: Place, _ b: inout LoopBuilder
  ) {
    let turns = ConvolutionTurns(of: node, making: role, in: graph)
    let tiles = ConvolutionTiles(nests: self, node: node, turns: turns, target: target)
    switch role {
    case .output: tiles.output(&b)
    case .kernel: tiles.kernel(&b)
    case .image: turns.isDense ? tiles.image(&b) : spread(node, turns, to: target, &b)
    }
  }

  /// The image, where windows do not begin at each of its elements: every product is added where it
  /// belongs.
  private func spread(
    _ node: Node, _ turns: ConvolutionTurns, to target: Place, _ b: inout LoopBuilder
  ) {
    loops(over: graph.type(node.result).shape, &b) { b, position in
      zero(node, position, of: target, &b)
    }
    let order =
      [ConvolutionTurns.image, ConvolutionTurns.group, ConvolutionTurns.channel]
      + [ConvolutionTurns.output] + turns.windows.dropLast() + turns.places
    loops(order + [turns.lastWindow], of: turns, at: turns.start, &b) { b, at in
      var memo = ElementReader.Memo()
      let output = reader.read(
        node.operands[0], at: turns.position(in: .output, at), &b, &memo)
      let kernel = reader.read(
        node.operands[1], at: turns.position(in: .kernel, at), &b, &memo)
      b.site = node.site
      b.store(
        b.multiply(output, kernel), to: target.buffer,
        target.prefix + turns.position(in: .image, at), combining: .add)
    }
  }

  /// Some of the loops of a convolution, the last one innermost.
  func loops(
    _ numbers: [Int], of turns: ConvolutionTurns, at: [Index], _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    loops(over: numbers.map { turns.extents[$0] }, &b) { b, position in
      var at = at
      for (number, index) in zip(numbers, position) { at[number] = index }
      body(&b, at)
    }
  }

  /// Adds elements to zeros where a function says; stores them, where it is known that no two of
  /// them meet.
  func accumulate(
    _ node: Node, _ map: (ShapeContext, [Index]) -> [Index], to target: Place,
    _ b: inout LoopBuilder
  ) {
    let axes = if case .windows(let axes) = node.attributes { axes } else { [WindowAxis]() }
    let meet = axes.isEmpty || axes.contains(where: \.mayOverlap)
    if meet || !axes.allSatisfy(\.coversExtent) {
      loops(over: graph.type(node.result).shape, &b) { b, position in
        zero(node, position, of: target, &b)
      }
    }
    let combining: BinaryOperation = graph.type(node.result).dtype == .bool ? .or : .add
    loops(over: graph.type(node.operands[0]).shape, &b) { b, position in
      var memo = ElementReader.Memo()
      let element = reader.read(node.operands[0], at: position, &b, &memo)
      b.site = node.site
      let place = map(reader.shapes(node), position)
      b.store(
        element, to: target.buffer, target.prefix + place, combining: meet ? combining : nil)
    }
  }

  /// Stores 0 at a position of a result.
  private func zero(_ node: Node, _ position: [Index], of target: Place, _ b: inout LoopBuilder) {
    let dtype = graph.type(node.result).dtype
    let zero: Literal = dtype == .bool ? .bool(false) : dtype.isFloat ? .float(0) : .int(0)
    b.store(
      b.constant(dtype.arithmetic, zero), to: target.buffer, target.prefix + position)
  }
}
