import GraphIR
import Support

/// Expressions that no text has spelled: without sites.
extension Expr {
  static func make(_ kind: Kind) -> Expr { Expr(kind, at: .none) }

  static func name(_ text: String) -> Expr { make(.name(text)) }

  /// An integer; a negative one with its sign in front.
  static func integer(_ value: Int) -> Expr { make(.integer(Int64(value))) }

  /// `[a, b]`.
  static func list(_ elements: [Expr]) -> Expr { make(.array(elements)) }

  /// `[0, 1]`.
  static func list(_ numbers: [Int]) -> Expr { list(numbers.map { integer($0) }) }

  /// `f(a, axis: 0)`.
  static func call(
    _ name: String, _ operands: [Expr], _ options: [(String, Expr)] = []
  ) -> Expr {
    let given = operands.map { Argument(label: nil, value: $0) }
    let labelled = options.map { Argument(label: Name($0.0, at: .none), value: $0.1) }
    return make(.call(Name(name, at: .none), given + labelled))
  }

  /// `a + b`.
  static func infix(_ left: Expr, _ operation: BinaryOperator, _ right: Expr) -> Expr {
    make(.chain(left, [Link(operation: operation, operatorSite: .none, operand: right)]))
  }

  /// `a ** b`.
  static func power(_ base: Expr, _ exponent: Expr) -> Expr { make(.power(base, .none, exponent)) }

  /// `x[i, :]`; indices behind one another stay apart.
  static func index(_ base: Expr, _ subscripts: [Subscript]) -> Expr {
    let indexing = Indexing(site: .none, subscripts: subscripts)
    if case .index(let inner, let indexings) = base.kind {
      return make(.index(inner, indexings + [indexing]))
    }
    return make(.index(base, [indexing]))
  }

  /// Zeros of a type.
  static func zeros(_ type: TensorType) -> Expr {
    let zero =
      type.dtype == .bool
      ? Expr.make(.boolean(false)) : .call(type.dtype.rawValue, [.integer(0)])
    return type.isScalar ? zero : .call("full", [.list(type.shape.map(\.spelled)), zero])
  }

  /// How many columns it takes.
  var width: Int { sourceText.utf8.count }
}

extension Subscript {
  /// `lower:upper:step`.
  static func stretch(_ lower: Expr?, _ upper: Expr?, _ step: Int) -> Subscript {
    let step = step == 1 ? nil : Expr.integer(step)
    return .slice(Slice(site: .none, lower: lower, upper: upper, step: step))
  }

  /// `:`.
  static let whole = Subscript.stretch(nil, nil, 1)
  /// `::-1`.
  static let turned = Subscript.stretch(nil, nil, -1)
}

extension Dim {
  /// The size as the language spells it, beginning with what is not taken off.
  var spelled: Expr {
    var sum: Expr?
    for term in terms.filter({ $0.coefficient > 0 }) + terms.filter({ $0.coefficient < 0 }) {
      guard let left = sum else {
        let isNegated = term.coefficient == -1 && !term.atoms.isEmpty
        let first = term.spelled(isNegated: isNegated)
        sum = isNegated ? .make(.unary(.negate, first)) : first
        continue
      }
      // A difference where the coefficient is negative.
      sum =
        term.coefficient < 0
        ? .infix(left, .subtract, term.spelled(isNegated: true))
        : .infix(left, .add, term.spelled(isNegated: false))
    }
    return sum ?? .integer(0)
  }
}

extension Dim.Term {
  /// The term, or its negative, as the language spells it.
  fileprivate func spelled(isNegated: Bool) -> Expr {
    let factor = isNegated ? 0 - coefficient : coefficient
    var product: Expr? = factor == 1 && !atoms.isEmpty ? nil : .integer(factor)
    for atom in atoms {
      product = product.map { .infix($0, .multiply, atom.spelled) } ?? atom.spelled
    }
    return product ?? .integer(1)
  }
}

extension Dim.Atom {
  /// The factor as the language spells it.
  fileprivate var spelled: Expr {
    switch self {
    case .symbol(let name): .name(name)
    case .quotient(let dim, let divisor): .infix(dim.spelled, .floorDivide, .integer(divisor))
    }
  }
}

extension TensorType {
  /// The type as the language spells it.
  var spelled: TypeExpr {
    TypeExpr(site: .none, element: Name(dtype.rawValue, at: .none), dims: shape.map(\.spelled))
  }
}

extension Literal {
  /// The number in as few digits as tell it from others of the type; weak, unless it is a truth
  /// value.
  func spelled(as dtype: DType) -> Expr {
    switch self {
    case .bool(let value): return .make(.boolean(value))
    case .int(let value):
      if dtype == .u64, value < 0 {
        return .call("bit_not", [.call("u64", [.make(.integer(~value))])])
      }
      return .make(.integer(value))
    case .float(let value): return Literal.spelled(value, as: dtype)
    }
  }

  /// The same of a floating number.
  private static func spelled(_ value: Double, as dtype: DType) -> Expr {
    if value.isNaN { return .name("nan") }
    if value.sign == .minus {
      return .make(.unary(.negate, spelled(-value, as: dtype))).withFoldedSign
    }
    if value.isInfinite { return .name("inf") }
    if value == value.rounded(), value < 1e15 { return .integer(Int(value)) }
    // The shortest digits of an `f32` are not those of the same number as an `f64`.
    let digits = dtype.arithmetic == .f32 ? Double(Float(value).description) ?? value : value
    return .make(.float(digits))
  }
}

extension Expr {
  /// The expression with the sign of an integer in the literal, unless it is `-0`.
  fileprivate var withFoldedSign: Expr {
    if case .unary(.negate, let operand) = kind, case .integer(let value) = operand.kind {
      return value == 0 ? .make(.unary(.negate, .make(.float(0)))) : .make(.integer(-value))
    }
    return self
  }
}
