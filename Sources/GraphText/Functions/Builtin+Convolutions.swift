import GraphIR
import Ops
import Support

extension Builtin {
  /// Convolutions and pools.
  static let convolutions: [Builtin] = [
    convolution("conv1d", axes: 1), convolution("conv2d", axes: 2),
    pool("max_pool2d", of: { $0 }) { b, x, axes, padding throws(TypeError) in
      try b.maxPool(x, axes, padding: padding)
    },
    pool("avg_pool2d", of: { $0.isFloat ? $0 : .f64 }) { b, x, axes, padding throws(TypeError) in
      try b.averagePool(x, axes, padding: padding)
    },
  ]

  private static func convolution(_ name: String, axes count: Int) -> Builtin {
    Builtin(
      name, ["x", "k"], options: ["stride", "padding", "dilation", "groups", "flip"]
    ) { checker, call in
      [checker.convolution(call, axes: count)]
    }
  }

  /// A function of windows of two axes; the image is converted to the type that a closure gives.
  private static func pool(
    _ name: String, of dtype: @escaping @Sendable (DType) -> DType,
    _ body: @escaping @Sendable (
      inout Builder, Value, [WindowAxis], [PadAxis]
    ) throws(TypeError) -> Value
  ) -> Builtin {
    Builtin(name, ["x", "window"], options: ["stride", "padding"]) { checker, call in
      [checker.pool(call, of: dtype, body)]
    }
  }
}

extension GraphChecker {
  // MARK: Convolutions

  /// `conv2d(x, k, stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, flip: false)`.
  fileprivate mutating func convolution(_ call: BuiltinCall, axes count: Int) -> Meaning {
    let operands = operands(call)
    let options = windowOptions(call, axes: count)
    let groups = groups(call)
    let isFlipped = flag(call, "flip")
    guard let image = type(of: operands[0].meaning), let kernel = type(of: operands[1].meaning),
      let options, let groups, let isFlipped,
      requireRank(
        count + 2, of: operands[0], image, count == 1 ? "images [n, channels, length]"
          : "images [n, channels, height, width]", call),
      requireRank(
        count + 2, of: operands[1], kernel, count == 1 ? "kernels [outputs, channels, length]"
          : "kernels [outputs, channels, height, width]", call),
      fits(kernel, image, groups: groups, operands, call),
      let axes = windows(
        Array(kernel.shape[2...]), on: Array(image.shape[2...]),
        options.strides ?? Array(repeating: 1, count: count), options, call),
      let common = common(operands.map(\.meaning))
    else { return .invalid }
    guard common.dtype != .bool else {
      return invalid("'\(call.name.text)' takes numbers, not 'bool'", at: call.site)
    }
    guard let values = values(of: operands.map(\.meaning), as: common.dtype, call.operands) else {
      return .invalid
    }
    return build(at: call.site, isWeak: common.isWeak, about: call.operands) {
      b throws(TypeError) in
      let turned = isFlipped ? b.flip(values[1], axes: Array(2..<(count + 2))) : values[1]
      return try b.convolve(
        values[0], turned, axes, padding: options.paddings, groups: groups)
    }
  }

  /// The number of groups.
  private mutating func groups(_ call: BuiltinCall) -> Int? {
    guard let expr = call.options["groups"] else { return 1 }
    guard let groups = integer(expr, "the number of groups") else { return nil }
    if groups > 0 { return groups }
    error("the number of groups is positive, not \(groups)", at: expr.site)
    return nil
  }

  /// Whether the channels of a kernel fit those of an image in so many groups.
  private mutating func fits(
    _ kernel: TensorType, _ image: TensorType, groups: Int, _ operands: [Operand],
    _ call: BuiltinCall
  ) -> Bool {
    let site = call.options["groups"]?.site ?? call.site
    let (channels, outputs) = (image.shape[1], kernel.shape[0])
    for (count, words) in [(channels, "channels"), (outputs, "output channels")] {
      if let constant = count.constant, constant % groups != 0 {
        error("\(count) \(words) do not divide into \(groups) groups", at: site)
        return false
      }
      if !count.isMultiple(of: groups) { check(.multiple(count, Dim(groups)), at: site) }
    }
    let wanted = channels.quotient(groups)
    if kernel.shape[1] == wanted { return true }
    let share = groups == 1 ? "" : " in \(groups) groups"
    let failure = TypeError(
      "'\(call.name.text)' takes a kernel of \(wanted) channels for an image of "
        + "\(channels)\(share), not of \(kernel.shape[1])", dims: [channels, kernel.shape[1]])
    error(failure, at: operands[1].expr.site, about: call.operands)
    return false
  }

  // MARK: Pools

  /// `max_pool2d(x, [2, 2], stride: [2, 2], padding: [0, 0])`.
  fileprivate mutating func pool(
    _ call: BuiltinCall, of dtype: (DType) -> DType,
    _ body: (inout Builder, Value, [WindowAxis], [PadAxis]) throws(TypeError) -> Value
  ) -> Meaning {
    let operand = operand(call)
    let sizes = windowSizes(call.operands[1], axes: 2)
    let options = windowOptions(call, axes: 2)
    guard let image = type(of: operand.meaning), let sizes, let options,
      requireRank(4, of: operand, image, "images [n, channels, height, width]", call),
      holdElements(sizes, options, call),
      let strides = strides(call, sizes, on: Array(image.shape[2...]), options),
      let axes = windows(sizes, on: Array(image.shape[2...]), strides, options, call),
      let value = value(of: operand.meaning, as: dtype(image.dtype), at: operand.expr.site)
    else { return .invalid }
    return build(at: call.site, isWeak: isWeak(operand.meaning), about: [operand.expr]) {
      b throws(TypeError) in
      try body(&b, value, axes, options.paddings)
    }
  }

  /// Refuses a padding that is as wide as a window: it would hold nothing else.
  private mutating func holdElements(
    _ sizes: [Dim], _ options: WindowOptions, _ call: BuiltinCall
  ) -> Bool {
    let site = call.options["padding"]?.site ?? call.site
    for (size, padding) in zip(sizes, options.paddings) {
      for width in [padding.low, padding.high] {
        guard
          requireSize(
            size - width - 1, at: site,
            "a padding of \(width) is not narrower than a window of \(size)")
        else { return false }
      }
    }
    return true
  }

  /// How far windows are apart: if nothing is said, as far as they reach.
  private mutating func strides(
    _ call: BuiltinCall, _ sizes: [Dim], on extents: [Dim], _ options: WindowOptions
  ) -> [Int]? {
    if let strides = options.strides { return strides }
    var strides: [Int] = []
    for (number, size) in sizes.enumerated() {
      let padding = options.paddings[number]
      if let constant = size.constant {
        strides.append(constant)
      } else if size == extents[number] + padding.low + padding.high {
        // There is one window.
        strides.append(1)
      } else {
        error(
          "the size of this window is not known here: give the distance of windows as 'stride:'",
          at: call.operands[1].site)
        return nil
      }
    }
    return strides
  }
}
