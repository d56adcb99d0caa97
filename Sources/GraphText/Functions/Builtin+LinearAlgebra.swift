import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions of matrices.
  static let linearAlgebra: [Builtin] = solving + decompositions

  /// What is made of triangular factors.
  private static let solving: [Builtin] = []

  /// What is made of orthogonal factors.
  private static let decompositions: [Builtin] = []

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
