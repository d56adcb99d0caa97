import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that make values of sizes.
  static let creation: [Builtin] = [
    Builtin("zeros", ["shape"]) { checker, call in [checker.filled(call, with: .float(0))] },
    Builtin("ones", ["shape"]) { checker, call in [checker.filled(call, with: .float(1))] },
    Builtin("full", ["shape", "value"]) { checker, call in
      let value = checker.operand(call, 1)
      guard let shape = checker.shape(call.operands[0]),
        let filler = checker.value(of: value.meaning, at: value.expr.site)
      else { return [.invalid] }
      return [
        checker.emit(
          .broadcastTo, [filler], .shape(shape), isWeak: checker.isWeak(value.meaning),
          at: call.site, about: [value.expr])
      ]
    },
    Builtin("zeros_like", ["x"]) { checker, call in [checker.filled(like: call, with: 0)] },
    Builtin("ones_like", ["x"]) { checker, call in [checker.filled(like: call, with: 1)] },
    Builtin("arange", ["n"]) { checker, call in
      guard let size = checker.count(call.operands[0]) else { return [.invalid] }
      return [checker.build(at: call.site, isWeak: true) { b throws(TypeError) in b.arange(size) }]
    },
    Builtin("eye", ["n"]) { checker, call in
      guard let size = checker.count(call.operands[0]) else { return [.invalid] }
      return [
        checker.build(at: call.site, isWeak: true) { b throws(TypeError) in
          let places = b.arange(size)
          let isDiagonal = b.equal(b.expandDims(places, axes: [1]), places)
          return b.convert(isDiagonal, to: .f64)
        }
      ]
    },
    Builtin("linspace", ["a", "b", "n"]) { checker, call in [checker.linspace(call)] },
  ]
}

extension GraphChecker {
  /// A number of elements, which is not negative.
  fileprivate mutating func count(_ expr: Expr) -> Dim? {
    guard let size = size(expr) else { return nil }
    guard !TypeRules.isNegative(size) else {
      error("size \(size) is negative", at: expr.site)
      return nil
    }
    return size
  }

  /// `zeros([m, n])`: a weak float.
  fileprivate mutating func filled(_ call: BuiltinCall, with literal: Literal) -> Meaning {
    guard let shape = shape(call.operands[0]) else { return .invalid }
    return build(at: call.site, isWeak: true) { b throws(TypeError) in
      b.broadcast(b.literal(literal, .f64), to: shape)
    }
  }

  /// `zeros_like(x)`: of the type of `x`.
  fileprivate mutating func filled(like call: BuiltinCall, with number: Int) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else { return .invalid }
    let literal: Literal =
      type.dtype == .bool
      ? .bool(number == 1) : type.dtype.isFloat ? .float(Double(number)) : .int(Int64(number))
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      b.broadcast(b.literal(literal, type.dtype), to: type.shape)
    }
  }

  /// `linspace(a, b, n)`: `n` numbers at even distances, of which the last is exactly `b`.
  fileprivate mutating func linspace(_ call: BuiltinCall) -> Meaning {
    let ends = [operand(call, 0), operand(call, 1)]
    let meanings = ends.map(\.meaning)
    guard let size = count(call.operands[2]), let common = common(meanings) else {
      return .invalid
    }
    let dtype = common.dtype.isFloat ? common.dtype : .f64
    guard let values = values(of: meanings, as: dtype, ends.map(\.expr)) else { return .invalid }
    for (value, end) in zip(values, ends) where !builder.type(value).isScalar {
      return invalid("the ends of 'linspace' are scalars", at: end.expr.site)
    }
    return build(at: call.site, isWeak: common.isWeak) { b throws(TypeError) in
      let place = b.arange(size)
      let one = b.literal(1, like: place)
      // One number alone is the first: the distance is over 1 then, not over 0.
      let last = b.maximum(b.subtract(b.size(size, .i64), one), one)
      let step = b.divide(b.subtract(values[1], values[0]), b.convert(last, to: dtype))
      let inner = b.add(b.multiply(b.convert(place, to: dtype), step), values[0])
      return b.select(b.equal(place, last), values[1], inner)
    }
  }
}
