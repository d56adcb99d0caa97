package import GraphIR
import Support

/// What the functions of nets are made of; images have axes `[batch, channel, …]`.
extension Builder {
  /// An image with a scalar around it along its last axes.
  private mutating func surround(
    _ image: Value, with filler: Literal, _ paddings: [PadAxis]
  ) -> Value {
    let none = PadAxis(low: Dim(0), high: Dim(0))
    let leading = shape(image).dropLast(paddings.count).map { _ in none }
    return pad(image, with: literal(filler, dtype(image)), leading + paddings)
  }

  /// The sums of products of a kernel and the windows of an image that zeros surround. The windows'
  /// extents are those with the padding.
  package mutating func convolve(
    _ image: Value, _ kernel: Value, _ axes: [WindowAxis], padding: [PadAxis], groups: Int
  ) throws(TypeError) -> Value {
    let zero: Literal = dtype(image).isFloat ? .float(0) : .int(0)
    let channels = shape(image)[1]
    let padded = surround(image, with: zero, padding)
    let convolution = Convolution(axes: axes, groups: groups, channels: channels)
    return try tryEmit(.convolve, [padded, kernel], .convolution(convolution))[0]
  }

  /// The greatest element of each window.
  package mutating func maxPool(
    _ image: Value, _ axes: [WindowAxis], padding: [PadAxis]
  ) throws(TypeError) -> Value {
    let padded = surround(image, with: dtype(image).leastNumber, padding)
    let windows = try tryEmit(.windows, [padded], .windows(axes))[0]
    let rank = shape(windows).count
    return reduceMax(windows, axes: Array((rank - axes.count)..<rank))
  }

  /// The mean of the elements of each window that are not padding.
  package mutating func averagePool(
    _ image: Value, _ axes: [WindowAxis], padding: [PadAxis]
  ) throws(TypeError) -> Value {
    let padded = surround(image, with: .float(0), padding)
    let windows = try tryEmit(.windows, [padded], .windows(axes))[0]
    let rank = shape(windows).count
    let inner = Array((rank - axes.count)..<rank)
    if padded == image { return mean(windows, axes: inner) }
    let dtype = dtype(image)
    let sums = reduceSum(convert(windows, to: dtype.arithmetic), axes: inner)
    let extents = shape(image).suffix(axes.count)
    let counts = try elementCounts(Array(extents), axes, padding: padding, dtype.arithmetic)
    return convert(divide(sums, counts), to: dtype)
  }

  /// For each window the number of its elements that are not padding, which is a product over axes.
  private mutating func elementCounts(
    _ extents: [Dim], _ axes: [WindowAxis], padding: [PadAxis], _ dtype: DType
  ) throws(TypeError) -> Value {
    var product = literal(.float(1), dtype)
    for (number, axis) in axes.enumerated() {
      let ones = broadcast(literal(.float(1), dtype), to: [extents[number]])
      let padded = surround(ones, with: .float(0), [padding[number]])
      let windows = try tryEmit(.windows, [padded], .windows([axis]))[0]
      let counts = reduceSum(windows, axes: [1])
      let behind = Array(1..<(axes.count - number))
      product = multiply(product, expandDims(counts, axes: behind))
    }
    return product
  }

  /// `(x - mean) / sqrt(variance + epsilon) * scale + bias`, where the statistics have the shape of
  /// `x` or broadcast to it; half types are computed in `f32` throughout.
  package mutating func normalize(
    _ x: Value, mean: Value, variance: Value, epsilon: Value, scale: Value, bias: Value
  ) -> Value {
    let deviation = rsqrt(add(variance, epsilon))
    let factor = multiply(deviation, scale)
    return add(multiply(subtract(x, mean), factor), bias)
  }
}
