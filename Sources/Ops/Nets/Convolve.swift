package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The sums, for each window of an image, of its elements times those of a kernel:
  ///
  ///     y[n, o, i…] = Σ_c Σ_j… x[n, c, stride · i + dilation · j…] k[o, c, j…]
  ///
  /// where `c` goes over the channels of the group of `o`. With a third tensor this is a form linear
  /// in each of them, of which `convolve`, `convolve_image` and `convolve_kernel` are the slopes: so
  /// the transposes of each are the two others.
  package static let convolve: Operation = convolution("convolve", .output)

  /// From an output and a kernel the image: the transpose of `convolve` for the image.
  package static let convolveImage: Operation = convolution("convolve_image", .image)

  /// From an image and an output the kernel: the transpose of `convolve` for the kernel.
  package static let convolveKernel: Operation = convolution("convolve_kernel", .kernel)

  /// The operation that makes one of the three tensors, from the others in the order image, output,
  /// kernel.
  private static func convolution(_ name: String, _ role: ConvolutionRole) -> Operation {
    Operation(
      name, arity: .exactly(2),
      infer: { query throws(TypeError) in [try Convolving.type(query, role)] },
      derivative: .bilinear(
        left: { b, c, ct in Convolving.cotangent(&b, c, ct, role, left: true) },
        right: { b, c, ct in Convolving.cotangent(&b, c, ct, role, left: false) }),
      evaluate: { context in [Convolving.evaluate(context, role)] },
      lowering: Kernel.convolution(role), samples: ConvolutionSamples.of(role), notation: .function)
  }
}

extension ConvolutionRole {
  /// The tensors that this one is made of, in the order of the operands.
  package var operands: [ConvolutionRole] {
    switch self {
    case .output: [.image, .kernel]
    case .image: [.output, .kernel]
    case .kernel: [.image, .output]
    }
  }

  /// The operation that makes it.
  var operation: Operation {
    switch self {
    case .output: .convolve
    case .image: .convolveImage
    case .kernel: .convolveKernel
    }
  }

  /// The tensor in the words of a diagnostic.
  var words: String {
    switch self {
    case .output: "the output"
    case .image: "the image"
    case .kernel: "the kernel"
    }
  }
}

/// What makes up the records of convolutions.
private enum Convolving {
  /// The type of the result, if the operands are as the attributes say.
  static func type(_ query: TypeQuery, _ role: ConvolutionRole) throws(TypeError) -> TensorType {
    guard case .convolution(let c) = query.attributes, c.groups > 0 else {
      throw TypeError("needs windows and groups")
    }
    let dtype = try TypeRules.common(query.operands)
    guard dtype != .bool else { throw TypeError("a convolution takes numbers, not 'bool'") }
    try TypeRules.windows(c.axes)
    for (tensor, type) in zip(role.operands, query.operands) {
      guard type.rank == c.axes.count + 2 else {
        throw TypeError(
          "\(tensor.words) of a convolution has \(c.axes.count + 2) axes, not those of \(type)")
      }
      try TypeRules.trailing(type.shape, are: spatial(tensor, c), "the axes of \(tensor.words)")
    }
    let (left, right) = (query.operands[0].shape, query.operands[1].shape)
    let perGroup = c.channels.quotient(c.groups)
    switch role {
    case .output:
      try same(left[1], c.channels, "channels of the image")
      try same(right[1], perGroup, "channels of the kernel")
      return TensorType(dtype, [left[0], right[0]] + spatial(role, c))
    case .image:
      try same(left[1], right[0], "channels of the output")
      try same(right[1], perGroup, "channels of the kernel")
      return TensorType(dtype, [left[0], c.channels] + spatial(role, c))
    case .kernel:
      try same(left[0], right[0], "images")
      try same(left[1], c.channels, "channels of the image")
      return TensorType(dtype, [right[1], perGroup] + spatial(role, c))
    }
  }

  /// The sizes of a tensor along the windows.
  private static func spatial(_ tensor: ConvolutionRole, _ c: Convolution) -> [Dim] {
    switch tensor {
    case .output: c.axes.map(\.count)
    case .image: c.axes.map(\.extent)
    case .kernel: c.axes.map(\.size)
    }
  }

  /// Refuses sizes that differ.
  private static func same(_ a: Dim, _ b: Dim, _ what: String) throws(TypeError) {
    if a != b { throw TypeError("\(a) \(what) where \(b) belong", dims: [a, b]) }
  }

  /// The cotangent of an operand: made of the other operand and of that of the result, which stands
  /// in the place of the result.
  static func cotangent(
    _ b: inout Builder, _ c: DerivativeContext, _ ct: Value, _ role: ConvolutionRole, left: Bool
  ) -> Value {
    let wanted = role.operands[left ? 0 : 1]
    let other = c.operands[left ? 1 : 0]
    let operands = wanted.operands.map { $0 == role ? ct : other }
    return b.emit(wanted.operation, operands, c.attributes)
  }

  /// The sums of products, one after the other.
  static func evaluate(_ context: EvaluationContext, _ role: ConvolutionRole) -> Tensor {
    guard case .convolution(let c) = context.attributes else { return context.operands[0] }
    var shapes = [role: context.shape]
    for (tensor, operand) in zip(role.operands, context.operands) {
      shapes[tensor] = operand.shape
    }
    let extents = Convolving.extents(shapes, c)
    func places(_ tensor: ConvolutionRole) -> [Int] {
      let strides = Broadcasting.strides(shapes[tensor] ?? [])
      return Broadcasting.offsets(
        shape: extents, strides: Convolving.strides(strides, tensor, extents, c))
    }
    let results = places(role)
    let (left, right) = (places(role.operands[0]), places(role.operands[1]))
    let count = context.shape.reduce(1, *)
    switch (context.operands[0].elements, context.operands[1].elements) {
    case (.floats(let a), .floats(let b)):
      var sums = [Double](repeating: 0, count: count)
      for i in results.indices { sums[results[i]] += a[left[i]] * b[right[i]] }
      return Tensor(
        context.dtype, context.shape, floats: sums.map { context.dtype.rounded($0) })
    case (.integers(let a), .integers(let b)):
      var sums = [Int64](repeating: 0, count: count)
      for i in results.indices { sums[results[i]] &+= a[left[i]] &* b[right[i]] }
      return Tensor(
        context.dtype, context.shape, integers: sums.map { context.dtype.wrapped($0) })
    case (.floats, .integers), (.integers, .floats):
      preconditionFailure("operands of different types")
    }
  }

  /// The numbers of images, groups, output channels and channels in a group, windows, and places in
  /// a window.
  private static func extents(_ shapes: [ConvolutionRole: [Int]], _ c: Convolution) -> [Int] {
    guard let image = shapes[.image], let output = shapes[.output], let kernel = shapes[.kernel]
    else { return [] }
    return [image[0], c.groups, output[1] / c.groups, kernel[1]] + output[2...] + kernel[2...]
  }

  /// How far a step along each of the extents moves in a tensor with those strides.
  private static func strides(
    _ strides: [Int], _ tensor: ConvolutionRole, _ extents: [Int], _ c: Convolution
  ) -> [Int] {
    let last = strides[2...]
    let none = c.axes.map { _ in 0 }
    switch tensor {
    case .image:
      let windows = zip(last, c.axes).map { $0 * $1.stride }
      let places = zip(last, c.axes).map { $0 * $1.dilation }
      return [strides[0], extents[3] * strides[1], 0, strides[1]] + windows + places
    case .output: return [strides[0], extents[2] * strides[1], strides[1], 0] + last + none
    case .kernel: return [0, extents[2] * strides[0], strides[0], strides[1]] + none + last
    }
  }
}
