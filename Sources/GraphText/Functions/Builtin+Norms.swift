import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that bring elements to a common scale.
  static let norms: [Builtin] = [
    Builtin("batch_norm", ["x", "scale", "bias", "mean", "variance"], options: ["epsilon"]) {
      checker, call in [checker.batchNorm(call)]
    },
    Builtin("layer_norm", ["x", "scale", "bias"], options: ["axis", "epsilon"]) {
      checker, call in [checker.layerNorm(call)]
    },
  ]
}

extension GraphChecker {
  /// `batch_norm(x, scale, bias, mean, variance, epsilon: 1e-5)`: each channel, along axis 1, by
  /// statistics that are given.
  fileprivate mutating func batchNorm(_ call: BuiltinCall) -> Meaning {
    guard let operands = normOperands(call), let type = type(of: operands[0].meaning) else {
      return .invalid
    }
    guard type.rank >= 2 else {
      return invalid(
        "'batch_norm' takes a tensor with its channels along axis 1, not \(type)",
        at: operands[0].expr.site)
    }
    guard fit(operands, [type.shape[1]], call) else { return .invalid }
    let behind = Array(1..<(type.rank - 1))
    return normalized(operands, call) { b, x in
      let (scale, bias) = (b.aligned(x[1], behind), b.aligned(x[2], behind))
      return b.normalize(
        x[0], mean: b.aligned(x[3], behind), variance: b.aligned(x[4], behind), epsilon: x[5],
        scale: scale, bias: bias)
    }
  }

  /// `layer_norm(x, scale, bias, axis: -1, epsilon: 1e-5)`: by mean and variance along axes, whose
  /// shape `scale` and `bias` have.
  fileprivate mutating func layerNorm(_ call: BuiltinCall) -> Meaning {
    guard let operands = normOperands(call), let type = type(of: operands[0].meaning) else {
      return .invalid
    }
    guard let axes = normAxes(call, rank: type.rank),
      fit(operands, axes.map { type.shape[$0] }, call)
    else { return .invalid }
    let first = axes.first ?? 0
    let behind = (first..<type.rank).filter { !axes.contains($0) }.map { $0 - first }
    return normalized(operands, call) { b, x in
      let attributes = Attributes.reduction(axes: axes, keepDims: true)
      return b.normalize(
        x[0], mean: b.emit(.mean, [x[0]], attributes),
        variance: b.emit(.variance, [x[0]], attributes), epsilon: x[3],
        scale: b.aligned(x[1], behind), bias: b.aligned(x[2], behind))
    }
  }

  /// The axes behind `axis:`, the last if it is not given.
  private mutating func normAxes(_ call: BuiltinCall, rank: Int) -> [Int]? {
    if let expr = call.options["axis"] { return axes(expr, rank: rank) }
    return axis(call, rank: rank, default: -1).map { [$0] }
  }

  /// What is given without labels, then `epsilon`, which is a number.
  private mutating func normOperands(_ call: BuiltinCall) -> [Operand]? {
    let given = operands(call)
    let expr = call.options["epsilon"]
    let epsilon = Operand(
      expr: expr ?? given[0].expr, meaning: expr.map { check($0) } ?? .number(1e-5))
    guard let type = type(of: epsilon.meaning),
      given.allSatisfy({ !$0.meaning.isInvalid })
    else { return nil }
    guard type.isScalar, type.dtype != .bool else {
      error("'epsilon' is a number, not \(type)", at: epsilon.expr.site)
      return nil
    }
    return given + [epsilon]
  }

  /// Refuses parameters that are neither scalars nor of the shape that they stand for.
  private mutating func fit(_ operands: [Operand], _ shape: [Dim], _ call: BuiltinCall) -> Bool {
    for operand in operands[1...] {
      guard let type = type(of: operand.meaning) else { return false }
      if type.isScalar || type.shape == shape { continue }
      let failure = TypeError(
        "'\(call.name.text)' takes \(TensorType.spelling(shape)) here, not \(type)",
        dims: shape + type.shape)
      error(failure, at: operand.expr.site, about: [operands[0].expr, operand.expr])
      return false
    }
    return true
  }

  /// A function of operands in the type that they take together; half types are computed in `f32`
  /// throughout.
  private mutating func normalized(
    _ operands: [Operand], _ call: BuiltinCall, _ body: (inout Builder, [Value]) -> Value
  ) -> Meaning {
    guard let common = common(operands.map(\.meaning)) else { return .invalid }
    let dtype = common.dtype.isFloat ? common.dtype : .f64
    guard
      let values = values(of: operands.map(\.meaning), as: dtype, operands.map(\.expr))
    else { return .invalid }
    return build(at: call.site, isWeak: common.isWeak, about: call.operands) {
      b throws(TypeError) in
      var wide: [Value] = []
      for value in values { wide.append(b.convert(value, to: dtype.arithmetic)) }
      return b.convert(body(&b, wide), to: dtype)
    }
  }
}

extension Builder {
  /// A parameter with axes of 1 at these places, unless it is a scalar.
  fileprivate mutating func aligned(_ parameter: Value, _ axes: [Int]) -> Value {
    type(parameter).isScalar ? parameter : expandDims(parameter, axes: axes)
  }
}
