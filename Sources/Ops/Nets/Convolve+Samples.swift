import GraphIR
import Support

/// Operands of convolutions.
enum ConvolutionSamples {
  /// Operands from which a tensor is made: with every option, in one and two dimensions, and without
  /// elements.
  static func of(_ role: ConvolutionRole) -> [Sample] {
    kinds.map { kind in
      let shapes = role.operands.map { shape($0, kind) }
      return Sample(
        shapes: shapes, domains: shapes.map { _ in .interval(-1, 1) },
        attributes: .convolution(kind.convolution))
    }
  }

  /// A convolution with the sizes that are no windows.
  private struct Kind {
    var images: Int
    var outputs: Int
    var convolution: Convolution
  }

  private static let kinds = [
    kind(2, 3, 2, [axis(4, 2)]),
    kind(1, 2, 3, [axis(5, 3), axis(4, 2)]),
    kind(2, 2, 1, [axis(6, 2, stride: 2), axis(5, 3, stride: 2)]),
    kind(1, 1, 2, [axis(6, 2, dilation: 3), axis(7, 3, stride: 2, dilation: 2)]),
    kind(1, 4, 6, groups: 2, [axis(3, 3), axis(3, 2)]),
    kind(2, 3, 3, groups: 3, [axis(5, 2, stride: 3)]),
    kind(1, 1, 1, [axis(1, 1), axis(2, 1)]),
    kind(0, 2, 1, [axis(3, 2)]),
    kind(1, 2, 0, [axis(3, 2)]),
    kind(1, 0, 2, [axis(3, 2)]),
    kind(1, 1, 1, [axis(1, 2), axis(3, 2)]),
  ]

  private static func kind(
    _ images: Int, _ outputs: Int, _ channels: Int, groups: Int = 1, _ axes: [WindowAxis]
  ) -> Kind {
    Kind(
      images: images, outputs: outputs,
      convolution: Convolution(axes: axes, groups: groups, channels: Dim(channels)))
  }

  private static func axis(
    _ extent: Int, _ size: Int, stride: Int = 1, dilation: Int = 1
  ) -> WindowAxis {
    WindowAxis(extent: Dim(extent), size: Dim(size), stride: stride, dilation: dilation)
  }

  private static func shape(_ tensor: ConvolutionRole, _ kind: Kind) -> [Int] {
    let c = kind.convolution
    func sizes(_ size: (WindowAxis) -> Dim) -> [Int] { c.axes.map { size($0).constant ?? 0 } }
    let channels = c.channels.constant ?? 0
    switch tensor {
    case .image: return [kind.images, channels] + sizes(\.extent)
    case .output: return [kind.images, kind.outputs] + sizes(\.count)
    case .kernel: return [kind.outputs, channels / c.groups] + sizes(\.size)
    }
  }
}
