package import Support

/// How images, kernels and outputs of a convolution belong together.
///
/// An image has axes `[batch, channel, …]`, a kernel `[output channel, channel in its group, …]`,
/// an output `[batch, output channel, …]`: along each further axis the size of the image, the size
/// of the kernel, and the number of windows. Channels and output channels are in `groups`, of
/// which each pairs with its own kind only.
package struct Convolution: Hashable, Sendable {
  package var axes: [WindowAxis]
  package var groups: Int
  /// The number of channels of an image.
  package var channels: Dim

  package init(axes: [WindowAxis], groups: Int = 1, channels: Dim) {
    self.axes = axes
    self.groups = groups
    self.channels = channels
  }

  /// The convolution with other dims in place of its own.
  package func mapDims(_ map: (Dim) -> Dim) -> Convolution {
    Convolution(axes: axes.map { $0.mapDims(map) }, groups: groups, channels: map(channels))
  }
}
