import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that move elements.
  static let shapes: [Builtin] = [
    Builtin("reshape", ["x", "shape"]) { checker, call in [checker.reshape(call)] },
    Builtin("transpose", ["x"], optional: ["axes"]) { checker, call in [checker.transpose(call)] },
    Builtin("expand_dims", ["x"], required: ["axis"]) { checker, call in
      [checker.expandDims(call)]
    },
    Builtin("squeeze", ["x"], options: ["axis"]) { checker, call in [checker.squeeze(call)] },
    Builtin("broadcast_to", ["x", "shape"]) { checker, call in
      let operand = checker.operand(call)
      guard let shape = checker.shape(call.operands[1]),
        let value = checker.value(of: operand.meaning, at: operand.expr.site)
      else { return [.invalid] }
      return [
        checker.emit(
          .broadcastTo, [value], .shape(shape), isWeak: checker.isWeak(operand.meaning),
          at: call.site, about: [operand.expr])
      ]
    },
    Builtin("flip", ["x"], options: ["axis"]) { checker, call in
      let operand = checker.operand(call)
      guard let type = checker.type(of: operand.meaning),
        let axes = checker.axes(call, rank: type.rank)
      else { return [.invalid] }
      return [checker.moved(operand, at: call.site) { b, x in b.flip(x, axes: axes) }]
    },
    Builtin("pad", ["x", "widths"], options: ["value"]) { checker, call in [checker.pad(call)] },
    Builtin("concatenate", ["values"], options: ["axis"]) { checker, call in
      [checker.concatenate(call)]
    },
    Builtin("stack", ["values"], options: ["axis"]) { checker, call in [checker.stack(call)] },
  ]
}

extension GraphChecker {
  /// A value whose elements are moved, as weak as it is.
  fileprivate mutating func moved(
    _ operand: Operand, at site: Site,
    _ body: (inout Builder, Value) throws(TypeError) -> Value
  ) -> Meaning {
    guard let value = value(of: operand.meaning, at: operand.expr.site) else { return .invalid }
    let isWeak = isWeak(operand.meaning)
    return build(at: site, isWeak: isWeak, about: [operand.expr]) { b throws(TypeError) in
      try body(&b, value)
    }
  }

  /// `transpose(x)`, `transpose(x, [1, 0, 2])`.
  fileprivate mutating func transpose(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else {
      for expr in call.operands.dropFirst() { checkNames(expr) }
      return .invalid
    }
    var axes = Array((0..<type.rank).reversed())
    if call.operands.count == 2 {
      let expr = call.operands[1]
      guard let exprs = list(expr, "the axes of 'transpose'") else { return .invalid }
      axes = []
      for expr in exprs {
        guard let axis = axis(expr, rank: type.rank) else { return .invalid }
        axes.append(axis)
      }
      guard axes.sorted() == Array(0..<type.rank) else {
        return invalid(
          "'transpose' takes each of the \(type.rank) axes of \(type) once", at: expr.site)
      }
    }
    return moved(operand, at: call.site) { b, x in b.transpose(x, axes) }
  }

  /// `expand_dims(x, axis: 0)`; the axis is one of the result.
  fileprivate mutating func expandDims(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning), let expr = call.options["axis"] else {
      return .invalid
    }
    let count = if case .array(let exprs) = expr.kind { exprs.count } else { 1 }
    guard let axes = axes(expr, rank: type.rank + count) else { return .invalid }
    return moved(operand, at: call.site) { b, x in b.expandDims(x, axes: axes) }
  }

  /// `squeeze(x, axis: 0)`; without `axis` all axes of 1.
  fileprivate mutating func squeeze(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else { return .invalid }
    var axes = type.shape.indices.filter { type.shape[$0] == Dim(1) }
    if let expr = call.options["axis"] {
      guard let given = self.axes(expr, rank: type.rank) else { return .invalid }
      axes = given
    }
    return moved(operand, at: call.site) { b, x throws(TypeError) in
      axes.isEmpty ? x : try b.tryEmit(.squeeze, [x], .axes(axes))[0]
    }
  }

  /// `pad(x, [[1, 1], [0, 0]], value: 0)`.
  fileprivate mutating func pad(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    let filler =
      call.options["value"].map { Operand(expr: $0, meaning: check($0)) }
      ?? Operand(expr: operand.expr, meaning: filler(for: operand.meaning))
    guard let type = type(of: operand.meaning), let widths = widths(call.operands[1], of: type),
      let common = common([operand.meaning, filler.meaning]),
      let values = values(
        of: [operand.meaning, filler.meaning], as: common.dtype, [operand.expr, filler.expr])
    else { return .invalid }
    return emit(
      .pad, values, .pad(widths), isWeak: common.isWeak, at: call.site, about: [operand.expr])
  }

  /// What a value is padded with if nothing is said.
  private mutating func filler(for meaning: Meaning) -> Meaning {
    guard type(of: meaning)?.dtype == .bool else { return .integer(0) }
    return .value(builder.literal(.bool(false), .bool), isWeak: false)
  }

  /// The widths of a padding, a pair for each axis.
  private mutating func widths(_ expr: Expr, of type: TensorType) -> [PadAxis]? {
    guard let rows = list(expr, "the widths of 'pad'") else { return nil }
    guard rows.count == type.rank else {
      error(
        "'pad' takes a pair of widths for each of the \(type.rank) axes of \(type), not "
          + "\(rows.count)", at: expr.site)
      return nil
    }
    var widths: [PadAxis] = []
    for row in rows {
      guard case .array(let pair) = row.kind, pair.count == 2 else {
        error("the widths of an axis are a pair: '[before, behind]'", at: row.site)
        return nil
      }
      guard let low = width(pair[0]), let high = width(pair[1]) else { return nil }
      widths.append(PadAxis(low: low, high: high))
    }
    return widths
  }

  /// A width that is not negative.
  private mutating func width(_ expr: Expr) -> Dim? {
    guard let dim = size(expr) else { return nil }
    return require(dim, at: expr.site, "a width is not negative") ? dim : nil
  }

  /// `concatenate([a, b], axis: 0)`.
  fileprivate mutating func concatenate(_ call: BuiltinCall) -> Meaning {
    guard let (operands, values, isWeak) = values(call),
      let axis = axis(call, rank: builder.shape(values[0]).count, default: 0)
    else { return .invalid }
    return emit(
      .concatenate, values, .axis(axis), isWeak: isWeak, at: call.site,
      about: operands.map(\.expr))
  }

  /// `stack([a, b], axis: 0)`.
  fileprivate mutating func stack(_ call: BuiltinCall) -> Meaning {
    guard let (operands, values, isWeak) = values(call) else { return .invalid }
    let rank = builder.shape(values[0]).count
    guard let axis = axis(call, rank: rank + 1, default: 0) else { return .invalid }
    for (value, operand) in zip(values, operands)
    where builder.shape(value) != builder.shape(values[0]) {
      let failure = TypeError(
        "'stack' takes values of one shape: this one is \(builder.type(value)), the first "
          + "\(builder.type(values[0]))", dims: builder.shape(value) + builder.shape(values[0]))
      error(failure, at: operand.expr.site, about: [operands[0].expr, operand.expr])
      return .invalid
    }
    return build(at: call.site, isWeak: isWeak) { b throws(TypeError) in
      b.stack(values, axis: axis)
    }
  }

  /// The values of a list in the type that they take together.
  private mutating func values(
    _ call: BuiltinCall
  ) -> (operands: [Operand], values: [Value], isWeak: Bool)? {
    guard let exprs = list(call.operands[0], "the values of '\(call.name.text)'") else {
      return nil
    }
    let operands = exprs.map { Operand(expr: $0, meaning: check($0)) }
    guard !operands.isEmpty else {
      error("'\(call.name.text)' takes at least one value", at: call.operands[0].site)
      return nil
    }
    guard let common = common(operands.map(\.meaning)),
      let values = values(of: operands.map(\.meaning), as: common.dtype, exprs)
    else { return nil }
    return (operands, values, common.isWeak)
  }
}
