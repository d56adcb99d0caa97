import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that combine elements along axes.
  static let reductions: [Builtin] =
    [Operation.sum, .product].map { reduction($0) { $0.accumulator } }
    + [Operation.greatest, .least].map { reduction($0) { $0 } }
    + [Operation.any, .every].map { reduction($0) { _ in .bool } }
    + [Operation.mean, .variance, .standardDeviation, .norm, .logSumExp].map {
      reduction($0) { $0.isFloat ? $0 : .f64 }
    }
    + [Operation.argmax, .argmin].map { search($0) }

  /// A reduction of the operand converted to the type that a closure gives.
  private static func reduction(
    _ operation: Operation, in dtype: @escaping @Sendable (DType) -> DType
  ) -> Builtin {
    Builtin(operation.name, ["x"], options: ["axis", "keepdims"]) { checker, call in
      let operand = checker.operand(call)
      guard let type = checker.type(of: operand.meaning),
        let axes = checker.axes(call, rank: type.rank),
        let keep = checker.flag(call, "keepdims"),
        let value = checker.value(of: operand.meaning, at: operand.expr.site)
      else { return [.invalid] }
      let isWeak = checker.isWeak(operand.meaning) && dtype(type.dtype) != .bool
      return [
        checker.build(at: call.site, isWeak: isWeak, about: [operand.expr]) { b throws(TypeError) in
          let converted = b.convert(value, to: dtype(type.dtype))
          let attributes = Attributes.reduction(axes: axes, keepDims: keep)
          return try b.tryEmit(operation, [converted], attributes)[0]
        }
      ]
    }
  }

  /// A search for a place, along one axis or in the row-major order of all.
  private static func search(_ operation: Operation) -> Builtin {
    Builtin(operation.name, ["x"], options: ["axis", "keepdims"]) { checker, call in
      let operand = checker.operand(call)
      guard let type = checker.type(of: operand.meaning),
        let keep = checker.flag(call, "keepdims"),
        let value = checker.value(of: operand.meaning, at: operand.expr.site)
      else { return [.invalid] }
      var axes = Array(0..<type.rank)
      if let expr = call.options["axis"] {
        guard let axis = checker.axis(expr, rank: type.rank) else { return [.invalid] }
        axes = [axis]
      }
      return [
        checker.emit(
          operation, [value], .reduction(axes: axes, keepDims: keep), at: call.site,
          about: [operand.expr])
      ]
    }
  }
}

extension DType {
  /// The type in which sums of the type accumulate.
  var accumulator: DType {
    if isFloat { return self }
    return isUnsigned ? .u64 : .i64
  }
}
