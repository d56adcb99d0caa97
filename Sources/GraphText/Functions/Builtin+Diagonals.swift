import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions of the places of elements in matrices.
  static let diagonals: [Builtin] = [
    triangle("tril", .greaterEqual), triangle("triu", .lessEqual),
    Builtin("diag", ["v"]) { checker, call in [checker.diag(call)] },
    Builtin("diagonal", ["x"]) { checker, call in
      let operand = checker.operand(call)
      return [checker.diagonal(operand, call)]
    },
    Builtin("trace", ["x"]) { checker, call in [checker.trace(call)] },
    Builtin("one_hot", ["i", "n"]) { checker, call in [checker.oneHot(call)] },
  ]

  /// The elements of matrices whose row compares so with their column, others zero.
  private static func triangle(_ name: String, _ comparison: Operation) -> Builtin {
    Builtin(name, ["x"]) { checker, call in
      let operand = checker.operand(call)
      guard let type = checker.type(of: operand.meaning) else { return [.invalid] }
      guard type.rank >= 2 else {
        return [checker.invalid("'\(name)' takes matrices, not \(type)", at: operand.expr.site)]
      }
      guard let value = checker.value(of: operand.meaning, at: operand.expr.site) else {
        return [.invalid]
      }
      let isWeak = checker.isWeak(operand.meaning)
      return [
        checker.build(at: call.site, isWeak: isWeak) { b throws(TypeError) in
          let rows = b.expandDims(b.arange(type.shape[type.rank - 2]), axes: [1])
          let isKept = b.emit(comparison, [rows, b.arange(type.shape[type.rank - 1])])
          return b.select(isKept, value, b.zeros(TensorType(type.dtype)))
        }
      ]
    }
  }
}

extension GraphChecker {
  /// `diag(v)`, a matrix; of a matrix, as in NumPy, its diagonal.
  fileprivate mutating func diag(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else { return .invalid }
    if type.rank == 2 { return diagonal(operand, call) }
    guard type.rank == 1 else {
      return invalid("'diag' takes a vector, not \(type)", at: operand.expr.site)
    }
    guard let value = value(of: operand.meaning, at: operand.expr.site) else { return .invalid }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      let places = b.arange(type.shape[0])
      let isDiagonal = b.equal(b.expandDims(places, axes: [1]), places)
      return b.select(isDiagonal, value, b.zeros(TensorType(type.dtype)))
    }
  }

  /// `diagonal(x)`, that of the first two axes, which stands behind the other axes.
  fileprivate mutating func diagonal(_ operand: Operand, _ call: BuiltinCall) -> Meaning {
    guard let type = type(of: operand.meaning), let size = diagonalSize(operand, type, call),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      b.diagonal(value, size)
    }
  }

  /// `trace(x)`, in the type in which sums accumulate.
  fileprivate mutating func trace(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning), let size = diagonalSize(operand, type, call),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      let diagonal = b.diagonal(value, size)
      return b.reduceSum(b.convert(diagonal, to: type.dtype.accumulator), axes: [type.rank - 2])
    }
  }

  /// The length of the diagonal of the first two axes.
  private mutating func diagonalSize(
    _ operand: Operand, _ type: TensorType, _ call: BuiltinCall
  ) -> Dim? {
    guard type.rank >= 2 else {
      error("'\(call.name.text)' takes matrices, not \(type)", at: operand.expr.site)
      return nil
    }
    let (rows, columns) = (type.shape[0], type.shape[1])
    if (columns - rows).isKnownNonNegative { return rows }
    if (rows - columns).isKnownNonNegative { return columns }
    if let a = rows.constant, let b = columns.constant { return Dim(min(a, b)) }
    error(
      TypeError(
        "which of \(rows) and \(columns) is the length of the diagonal of \(type) is not known",
        dims: [rows, columns]), at: operand.expr.site, about: [operand.expr])
    return nil
  }

  /// `one_hot(i, n)`: a weak float, zero where `i` is none of the places.
  fileprivate mutating func oneHot(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning), let size = size(call.operands[1]),
      require(size, at: call.operands[1].site, "size \(size) is negative")
    else { return .invalid }
    guard type.dtype.isInteger else {
      return invalid(
        "'one_hot' takes integers, not '\(type.dtype.rawValue)'", at: operand.expr.site)
    }
    guard isCountable(type.shape + [size]),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    return build(at: call.site, isWeak: true) { b throws(TypeError) in
      let places = b.expandDims(b.convert(value, to: .i64), axes: [type.rank])
      return b.convert(b.equal(places, b.arange(size)), to: .f64)
    }
  }
}

extension Builder {
  /// The diagonal of the first two axes, behind the others.
  fileprivate mutating func diagonal(_ value: Value, _ size: Dim) -> Value {
    let places = arange(size)
    let picking = Picking(axes: [0, 1], place: shape(value).count - 2)
    return emit(.gather, [value, places, places], .picking(picking))
  }
}
