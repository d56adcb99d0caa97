import GraphIR
import LoopIR
import Ops
import Support

extension Nests {
  /// Sums of products over windows; the innermost loop runs along the last axis of the windows,
  /// where neighbours stand side by side in images and outputs.
  func convolve(
    _ node: Node, making role: ConvolutionRole, to target: Place, _ b: inout LoopBuilder
  ) {
    let turns = turns(of: node, making: role)
    let rows = turns.windows.dropLast()
    let row = turns.windows.suffix(1)
    switch role {
    case .output:
      loops([0, 1, 2] + rows, of: turns, at: turns.start, &b) { b, at in
        loops(Array(row), of: turns, at: at, &b) { b, at in
          zero(node, turns.position(in: role, at), of: target, &b)
        }
        loops([3] + turns.places + row, of: turns, at: at, &b) { b, at in
          add(node, turns, at, making: role, to: target, &b)
        }
      }
    case .image, .kernel:
      loops(over: graph.type(node.result).shape, &b) { b, position in
        zero(node, position, of: target, &b)
      }
      let order =
        role == .image ? [3, 2] + rows + turns.places + row : [2, 3] + turns.places + turns.windows
      loops([0, 1] + order, of: turns, at: turns.start, &b) { b, at in
        add(node, turns, at, making: role, to: target, &b)
      }
    }
  }

  /// Adds elements to zeros where a function says.
  func accumulate(
    _ node: Node, _ map: (ShapeContext, [Index]) -> [Index], to target: Place,
    _ b: inout LoopBuilder
  ) {
    loops(over: graph.type(node.result).shape, &b) { b, position in
      zero(node, position, of: target, &b)
    }
    let isTruth = graph.type(node.result).dtype == .bool
    loops(over: graph.type(node.operands[0]).shape, &b) { b, position in
      var memo = ElementReader.Memo()
      let element = reader.read(node.operands[0], at: position, &b, &memo)
      b.site = node.site
      let place = map(reader.shapes(node), position)
      b.store(
        element, to: target.buffer, target.prefix + place, combining: isTruth ? .or : .add)
    }
  }

  /// Stores 0 at a position of a result.
  private func zero(_ node: Node, _ position: [Index], of target: Place, _ b: inout LoopBuilder) {
    let dtype = graph.type(node.result).dtype
    let zero: Literal = dtype == .bool ? .bool(false) : dtype.isFloat ? .float(0) : .int(0)
    b.store(
      b.constant(dtype.arithmetic, zero), to: target.buffer, target.prefix + position)
  }

  /// Adds one product to an element of the result.
  private func add(
    _ node: Node, _ turns: ConvolutionTurns, _ at: [Index], making role: ConvolutionRole,
    to target: Place, _ b: inout LoopBuilder
  ) {
    var memo = ElementReader.Memo()
    var factors: [ScalarID] = []
    for (tensor, operand) in zip(role.operands, node.operands) {
      factors.append(reader.read(operand, at: turns.position(in: tensor, at), &b, &memo))
    }
    b.site = node.site
    b.store(
      b.multiply(factors[0], factors[1]), to: target.buffer,
      target.prefix + turns.position(in: role, at), combining: .add)
  }

  /// Some of the loops of a convolution, the last one innermost.
  private func loops(
    _ numbers: [Int], of turns: ConvolutionTurns, at: [Index], _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, [Index]) -> Void
  ) {
    loops(over: numbers.map { turns.extents[$0] }, &b) { b, position in
      var at = at
      for (number, index) in zip(numbers, position) { at[number] = index }
      body(&b, at)
    }
  }

  private func turns(of node: Node, making role: ConvolutionRole) -> ConvolutionTurns {
    guard case .convolution(let convolution) = node.attributes else {
      preconditionFailure("a convolution has windows")
    }
    var shapes = [role: graph.type(node.result).shape]
    for (tensor, operand) in zip(role.operands, node.operands) {
      shapes[tensor] = graph.type(operand).shape
    }
    guard let image = shapes[.image], let kernel = shapes[.kernel] else {
      preconditionFailure("a convolution has three tensors")
    }
    return ConvolutionTurns(convolution, images: image[0], kernel: kernel)
  }
}

/// The loops of a convolution: over images, groups, output channels in a group, channels in a group;
/// then over windows, then over places in a window, one for each axis.
private struct ConvolutionTurns {
  let convolution: Convolution
  let extents: [Dim]

  init(_ convolution: Convolution, images: Dim, kernel: [Dim]) {
    self.convolution = convolution
    let groups = convolution.groups
    extents =
      [images, Dim(groups), kernel[0].quotient(groups), kernel[1]]
      + convolution.axes.map(\.count) + convolution.axes.map(\.size)
  }

  /// The first turn of every loop.
  var start: [Index] { extents.map { _ in Index(Dim(0)) } }

  /// The loops over windows.
  var windows: [Int] { convolution.axes.indices.map { 4 + $0 } }

  /// The loops over places in a window.
  var places: [Int] { convolution.axes.indices.map { 4 + convolution.axes.count + $0 } }

  /// The position in a tensor.
  func position(in tensor: ConvolutionRole, _ at: [Index]) -> [Index] {
    let output = at[1] * extents[2] + at[2]
    switch tensor {
    case .image:
      let spatial = convolution.axes.enumerated().map { number, axis in
        at[windows[number]] * Dim(axis.stride) + at[places[number]] * Dim(axis.dilation)
      }
      return [at[0], at[1] * extents[3] + at[3]] + spatial
    case .output: return [at[0], output] + windows.map { at[$0] }
    case .kernel: return [output, at[3]] + places.map { at[$0] }
    }
  }
}
