import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions of matrices.
  static let linearAlgebra: [Builtin] = solving + decompositions

  /// What is made of triangular factors.
  private static let solving: [Builtin] = [
    ofMatrix(.cholesky), ofMatrix(.inverse), ofMatrix(.determinant),
    ofMatrix(.signedLogDeterminant), ofMatrix(.expm),
    Builtin("solve", ["a", "b"]) { checker, call in
      [checker.equations(call) { b, a, sides in b.solve(a, sides) }]
    },
    Builtin("triangular_solve", ["l", "b"], options: ["lower"]) { checker, call in
      let isLower = call.options["lower"] == nil ? true : checker.flag(call, "lower")
      return [
        checker.equations(call) { b, a, sides in
          b.triangularSolve(a, sides, MatrixForm(isLower: isLower ?? true))
        }
      ]
    },
  ]

  /// What is made of orthogonal factors.
  private static let decompositions: [Builtin] = [
    ofMatrix(.qr, isSquare: false), ofMatrix(.eigh), ofMatrix(.svd, isSquare: false),
  ]

  /// A function of one matrix, or of a stack of matrices.
  static func ofMatrix(_ operation: Operation, isSquare: Bool = true) -> Builtin {
    Builtin(operation.name, ["x"]) { checker, call in
      let operand = checker.operand(call)
      guard let matrix = checker.matrix(operand, call, isSquare: isSquare) else {
        return [.invalid]
      }
      let isWeak = checker.isWeak(operand.meaning)
      return checker.buildAll(at: call.site, as: matrix.dtype, isWeak: isWeak) {
        b throws(TypeError) in try b.tryEmit(operation, [matrix.value])
      }
    }
  }
}

extension GraphChecker {
  /// A system of equations with NumPy's rules: `b` is a vector, or matrices of as many rows as `a`
  /// has; axes before the matrices broadcast.
  fileprivate mutating func equations(
    _ call: BuiltinCall, _ solve: (inout Builder, Value, Value) -> Value
  ) -> Meaning {
    let operands = operands(call)
    guard let common = common(operands.map(\.meaning)),
      let matrices = matrix(operands[0], call), let type = type(of: operands[1].meaning)
    else { return .invalid }
    guard type.rank >= 1 else {
      return invalid(
        "'\(call.name.text)' takes a vector or matrices as the right side, not \(type)",
        at: operands[1].expr.site)
    }
    let dtype = common.dtype.isFloat ? common.dtype : .f64
    let left = builder.convert(matrices.value, to: dtype.arithmetic)
    guard let right = value(of: operands[1].meaning, as: dtype, at: operands[1].expr.site) else {
      return .invalid
    }
    return build(at: call.site, isWeak: common.isWeak, about: call.operands) {
      b throws(TypeError) in
      let sides = b.convert(right, to: dtype.arithmetic)
      let solution = try b.equations(call.name.text, left, sides, solve)
      return b.convert(solution, to: dtype)
    }
  }
}

extension Builder {
  /// Solves where matrices and right sides have the same axes before them, once these are brought
  /// there.
  fileprivate mutating func equations(
    _ name: String, _ a: Value, _ sides: Value, _ solve: (inout Builder, Value, Value) -> Value
  ) throws(TypeError) -> Value {
    let (left, right) = (type(a), type(sides))
    let isVector = right.rank == 1
    let rows = right.shape[isVector ? 0 : right.rank - 2]
    guard rows == left.shape[left.rank - 1] else {
      throw TypeError(
        "'\(name)' takes a right side for each row of \(left): \(rows) of \(right) are not "
          + "\(left.shape[left.rank - 1])", dims: [rows, left.shape[left.rank - 1]])
    }
    let columns = isVector ? expandDims(sides, axes: [1]) : sides
    let batches = (MatrixShape(left.shape), MatrixShape(shape(columns)))
    if batches.0.batch.isEmpty, !batches.1.batch.isEmpty {
      return solveStack(a, columns, solve)
    }
    let batch: [Dim]
    do {
      batch = try TypeRules.broadcast([batches.0.batch, batches.1.batch])
    } catch {
      throw TypeError(
        "'\(name)' of \(left) and \(right): \(error.message)", dims: error.dims)
    }
    let n = batches.0.rows
    let solution = solve(
      &self, broadcast(a, to: batch + [n, n]),
      broadcast(columns, to: batch + [n, batches.1.columns]))
    return isVector ? squeeze(solution, axes: [batch.count + 1]) : solution
  }

  /// Solves with one matrix for a stack of right sides: as one with all their columns.
  private mutating func solveStack(
    _ a: Value, _ sides: Value, _ solve: (inout Builder, Value, Value) -> Value
  ) -> Value {
    let shape = self.shape(sides)
    let rank = shape.count
    let order = [rank - 2] + Array(0..<(rank - 2)) + [rank - 1]
    let turned = transpose(sides, order)
    let wide = self.shape(turned)
    let flat = reshape(turned, to: [wide[0], Dim.product(wide.dropFirst())])
    let solution = reshape(solve(&self, a, flat), to: wide)
    return transpose(solution, Array(1..<(rank - 1)) + [0, rank - 1])
  }
}

/// Matrices as an operand, in the type in which they are computed.
struct MatrixOperand {
  var value: Value
  /// The type of what is made of them.
  var dtype: DType
}

extension GraphChecker {
  /// An operand as matrices of floats, integers as `f64`; the half types are computed in `f32`.
  mutating func matrix(
    _ operand: Operand, _ call: BuiltinCall, isSquare: Bool = true
  ) -> MatrixOperand? {
    guard let type = type(of: operand.meaning) else { return nil }
    let isMatrix = type.rank >= 2
    guard isMatrix, !isSquare || type.shape[type.rank - 2] == type.shape[type.rank - 1] else {
      let wanted = isMatrix ? "square matrices" : "matrices"
      let failure = TypeError(
        "'\(call.name.text)' takes \(wanted), not \(type)", dims: type.shape.suffix(2))
      error(failure, at: operand.expr.site, about: [operand.expr])
      return nil
    }
    let dtype = type.dtype.isFloat ? type.dtype : .f64
    guard let value = value(of: operand.meaning, as: dtype, at: operand.expr.site) else {
      return nil
    }
    return MatrixOperand(value: builder.convert(value, to: dtype.arithmetic), dtype: dtype)
  }

  /// Adds nodes with several values, of which floats come out as a type.
  mutating func buildAll(
    at site: Site, as dtype: DType, isWeak: Bool = false, about operands: [Expr] = [],
    _ body: (inout Builder) throws(TypeError) -> [Value]
  ) -> [Meaning] {
    guard hasRoom(at: site) else { return [.invalid] }
    builder.site = site
    do throws(TypeError) {
      let values = try body(&builder)
      return values.map { value in
        guard builder.dtype(value).isFloat else { return .value(value, isWeak: false) }
        return .value(builder.convert(value, to: dtype), isWeak: isWeak)
      }
    } catch {
      self.error(error, at: site, about: operands)
      return [.invalid]
    }
  }
}
