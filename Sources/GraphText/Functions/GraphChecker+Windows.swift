import GraphIR
import Ops
import Support

/// How windows lie on some axes, as the options of a call say.
struct WindowOptions {
  /// One for each axis.
  var strides: [Int]?
  var dilations: [Int]
  var paddings: [PadAxis]
}

/// Reading the options of functions that work on windows.
extension GraphChecker {
  /// The stride, dilation and padding of a call, for a number of axes.
  mutating func windowOptions(_ call: BuiltinCall, axes count: Int) -> WindowOptions? {
    let strides = factors(call, "stride", axes: count)
    let dilations = factors(call, "dilation", axes: count)
    let paddings = paddings(call, axes: count)
    guard let strides, let dilations, let paddings else { return nil }
    let ones = Array(repeating: 1, count: count)
    return WindowOptions(
      strides: strides.value, dilations: dilations.value ?? ones, paddings: paddings)
  }

  /// An option that may not be given.
  private struct Option<T> {
    var value: T?
  }

  /// Positive integers, one for each axis.
  private mutating func factors(
    _ call: BuiltinCall, _ label: String, axes count: Int
  ) -> Option<[Int]>? {
    guard let expr = call.options[label] else { return Option(value: nil) }
    guard let exprs = perAxis(expr, label, axes: count) else { return nil }
    var factors: [Int] = []
    for expr in exprs {
      guard let factor = integer(expr, "the \(label) along an axis") else { return nil }
      guard factor > 0 else {
        error("'\(label)' is positive, not \(factor)", at: expr.site)
        return nil
      }
      factors.append(factor)
    }
    return Option(value: exprs.count == 1 ? Array(repeating: factors[0], count: count) : factors)
  }

  /// The widths before and behind each axis.
  private mutating func paddings(_ call: BuiltinCall, axes count: Int) -> [PadAxis]? {
    let none = PadAxis(low: Dim(0), high: Dim(0))
    guard let expr = call.options["padding"] else { return Array(repeating: none, count: count) }
    // One axis may have its pair without a list around it.
    if count == 1, case .array(let pair) = expr.kind, pair.count == 2 {
      return sides(expr).map { [$0] }
    }
    guard let exprs = perAxis(expr, "padding", axes: count) else { return nil }
    var paddings: [PadAxis] = []
    for expr in exprs {
      guard let padding = sides(expr) else { return nil }
      paddings.append(padding)
    }
    return exprs.count == 1 ? Array(repeating: paddings[0], count: count) : paddings
  }

  /// The widths on both sides of an axis: a pair, or one for both.
  private mutating func sides(_ expr: Expr) -> PadAxis? {
    guard case .array(let pair) = expr.kind else {
      return width(expr).map { PadAxis(low: $0, high: $0) }
    }
    guard pair.count == 2 else {
      error("the padding of an axis is a width, or a pair: '[before, behind]'", at: expr.site)
      return nil
    }
    guard let low = width(pair[0]), let high = width(pair[1]) else { return nil }
    return PadAxis(low: low, high: high)
  }

  /// A width that is not negative.
  private mutating func width(_ expr: Expr) -> Dim? {
    guard let dim = size(expr) else { return nil }
    return requireSize(dim, at: expr.site, "'padding' is not negative") ? dim : nil
  }

  /// What is given for each axis, or once for all.
  private mutating func perAxis(
    _ expr: Expr, _ label: String, axes count: Int
  ) -> [Expr]? {
    guard case .array(let exprs) = expr.kind else { return [expr] }
    guard exprs.count == count else {
      error(
        "'\(label)' is one number, or a list of \(count): one for each axis of the windows",
        at: expr.site)
      return nil
    }
    return exprs
  }

  /// The sizes of windows, one for each axis or one for all; each holds something.
  mutating func windowSizes(_ expr: Expr, axes count: Int) -> [Dim]? {
    guard let exprs = perAxis(expr, "window", axes: count) else { return nil }
    var sizes: [Dim] = []
    for expr in exprs {
      guard let size = size(expr),
        requireSize(size - 1, at: expr.site, "a window has at least one element along each axis")
      else { return nil }
      sizes.append(size)
    }
    return exprs.count == 1 ? Array(repeating: sizes[0], count: count) : sizes
  }

  /// Windows of some sizes on axes of some extents, if one fits; what is not known is checked when
  /// the graph runs.
  mutating func windows(
    _ sizes: [Dim], on extents: [Dim], _ strides: [Int], _ options: WindowOptions,
    _ call: BuiltinCall
  ) -> [WindowAxis]? {
    var axes: [WindowAxis] = []
    for (number, size) in sizes.enumerated() {
      let padding = options.paddings[number]
      let axis = WindowAxis(
        extent: extents[number] + padding.low + padding.high, size: size,
        stride: strides[number], dilation: options.dilations[number])
      let room = axis.extent - axis.reach
      if TypeRules.isNegative(room) {
        let failure = TypeError(
          "'\(call.name.text)': a window over \(axis.reach) elements does not fit an axis of "
            + "\(axis.extent)", dims: [axis.reach, axis.extent])
        error(failure, at: call.site, about: call.operands)
        return nil
      }
      guard requireSize(room, at: call.site, "") else { return nil }
      axes.append(axis)
    }
    return axes
  }

  /// Makes sure that a size is 0 or more: now where that is known, else when the graph runs, which
  /// then ends with the status of a negative size.
  mutating func requireSize(_ dim: Dim, at site: Site, _ message: String) -> Bool {
    if dim.isKnownNonNegative { return true }
    if dim.isTooLarge {
      error("this size is too large for 64 bits", at: site)
      return false
    }
    if TypeRules.isNegative(dim) {
      error(message, at: site)
      return false
    }
    check(.nonNegative(dim), at: site)
    return true
  }

  /// Refuses an operand that has not so many axes.
  mutating func requireRank(
    _ rank: Int, of operand: Operand, _ type: TensorType, _ words: String, _ call: BuiltinCall
  ) -> Bool {
    if type.rank == rank { return true }
    error("'\(call.name.text)' takes \(words), not \(type)", at: operand.expr.site)
    return false
  }
}
