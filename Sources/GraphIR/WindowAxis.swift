package import Support

/// Windows along one axis: `size` elements, `dilation` apart, the first of each `stride` behind the
/// first of the one before; as many as fit into the axis, whose size is `extent`.
package struct WindowAxis: Hashable, Sendable {
  package var extent: Dim
  package var size: Dim
  package var stride: Int
  package var dilation: Int

  package init(extent: Dim, size: Dim, stride: Int = 1, dilation: Int = 1) {
    self.extent = extent
    self.size = size
    self.stride = stride
    self.dilation = dilation
  }

  /// How many elements of the axis a window reaches over.
  package var reach: Dim { (size - 1) * Dim(dilation) + 1 }

  /// The number of windows.
  package var count: Dim { (extent - reach).quotient(stride) + 1 }

  /// Whether an element may belong to several windows.
  package var mayOverlap: Bool { !(Dim(stride) - reach).isKnownNonNegative }

  /// Whether it is known that windows stand side by side without a rest.
  package var coversExtent: Bool {
    dilation == 1 && size == Dim(stride) && extent == size * count
  }

  /// The axis with other dims in place of its own.
  package func mapDims(_ map: (Dim) -> Dim) -> WindowAxis {
    WindowAxis(extent: map(extent), size: map(size), stride: stride, dilation: dilation)
  }
}
