import GraphIR
import LoopIR
import Ops
import Support

/// The loops of a convolution: over images, groups, output channels in a group, channels in a
/// group; then over windows, then over places in a window, one for each axis.
struct ConvolutionTurns {
  let convolution: Convolution
  let extents: [Dim]

  /// The numbers of the loops that are no windows and no places.
  static let image = 0
  static let group = 1
  static let output = 2
  static let channel = 3

  init(of node: Node, making role: ConvolutionRole, in graph: Graph) {
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
    self.convolution = convolution
    extents =
      [image[0], Dim(convolution.groups), kernel[0].quotient(convolution.groups), kernel[1]]
      + convolution.axes.map(\.count) + convolution.axes.map(\.size)
  }

  /// The first turn of every loop.
  var start: [Index] { extents.map { _ in Index(Dim(0)) } }

  /// The loops over windows.
  var windows: [Int] { convolution.axes.indices.map { 4 + $0 } }

  /// The loops over places in a window.
  var places: [Int] { convolution.axes.indices.map { 4 + convolution.axes.count + $0 } }

  /// The loops along the last axis.
  var lastWindow: Int { 3 + convolution.axes.count }
  var lastPlace: Int { 3 + 2 * convolution.axes.count }

  /// Whether windows begin at every element of an image.
  var isDense: Bool { convolution.axes.allSatisfy { $0.stride == 1 } }

  /// The position in a tensor.
  func position(in tensor: ConvolutionRole, _ at: [Index]) -> [Index] {
    switch tensor {
    case .image:
      let spatial = convolution.axes.enumerated().map { number, axis in
        at[windows[number]] * Dim(axis.stride) + at[places[number]] * Dim(axis.dilation)
      }
      return [at[ConvolutionTurns.image], channel(at)] + spatial
    case .output: return [at[ConvolutionTurns.image], output(at)] + windows.map { at[$0] }
    case .kernel: return [output(at), at[ConvolutionTurns.channel]] + places.map { at[$0] }
    }
  }

  /// The channel of an image.
  func channel(_ at: [Index]) -> Index {
    at[ConvolutionTurns.group] * extents[ConvolutionTurns.channel] + at[ConvolutionTurns.channel]
  }

  /// The channel of an output.
  func output(_ at: [Index]) -> Index {
    at[ConvolutionTurns.group] * extents[ConvolutionTurns.output] + at[ConvolutionTurns.output]
  }
}
