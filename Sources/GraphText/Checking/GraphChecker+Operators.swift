import GraphIR
import Ops
import Support

extension GraphChecker {
  /// Left-associative operators of one precedence, however many.
  mutating func chain(_ first: Expr, _ links: [Link]) -> Meaning {
    var left = Operand(expr: first, meaning: check(first))
    for link in links {
      let right = Operand(expr: link.operand, meaning: check(link.operand))
      let site = first.site.through(link.operand.site)
      let meaning = binary(link, left, right, at: site)
      // What has been read so far stands for no expression of its own.
      left = Operand(expr: Expr(.invalid, at: site), meaning: meaning)
    }
    return left.meaning
  }

  /// One operator between two operands.
  private mutating func binary(
    _ link: Link, _ left: Operand, _ right: Operand, at site: Site
  ) -> Meaning {
    if left.meaning.isInvalid || right.meaning.isInvalid { return .invalid }
    if let folded = folded(link.operation, left.meaning, right.meaning, at: site) { return folded }
    switch link.operation {
    case .or: return logical(.or, left, right, at: site)
    case .and: return logical(.and, left, right, at: site)
    case .equal: return comparison(.equal, left, right, at: site)
    case .notEqual: return comparison(.notEqual, left, right, at: site)
    case .less: return comparison(.less, left, right, at: site)
    case .lessOrEqual: return comparison(.lessEqual, left, right, at: site)
    case .greater: return comparison(.greater, left, right, at: site)
    case .greaterOrEqual: return comparison(.greaterEqual, left, right, at: site)
    case .add: return arithmetic(.add, ofTruth: .or, [left, right], at: site)
    case .subtract: return difference(left, right, at: site)
    case .multiply: return arithmetic(.multiply, ofTruth: .and, [left, right], at: site)
    case .divide: return quotient(left, right, at: site)
    case .floorDivide: return counted(.floorDivide, [left, right], at: site)
    case .remainder: return counted(.modulo, [left, right], at: site)
    case .matrixMultiply:
      return product([left, right], at: site) { b, x, y throws(TypeError) in try b.matmul(x, y) }
    }
  }

  /// Arithmetic on sizes and literals, which needs no node.
  private mutating func folded(
    _ operation: BinaryOperator, _ a: Meaning, _ b: Meaning, at site: Site
  ) -> Meaning? {
    if let x = a.literal, let y = b.literal {
      return Folding.combine(operation, x, y).map { Meaning($0) }
    }
    guard case .size(let x) = a, case .size(let y) = b else { return nil }
    let dim: Dim
    switch operation {
    case .add: dim = x + y
    case .subtract: dim = x - y
    case .multiply: dim = x * y
    case .floorDivide:
      guard let divisor = y.constant, divisor > 0 else { return nil }
      dim = x.quotient(divisor)
    case .or, .and, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .divide,
      .remainder, .matrixMultiply:
      return nil
    }
    return dim.isTooLarge ? invalid("this size is too large for 64 bits", at: site) : .size(dim)
  }

  /// An elementwise operation in the type that its operands take together.
  mutating func elementwise(
    _ operation: Operation, _ operands: [Operand], as dtype: DType? = nil, at site: Site
  ) -> Meaning {
    let meanings = operands.map(\.meaning)
    guard let common = common(meanings) else { return .invalid }
    let exprs = operands.map(\.expr)
    guard let values = values(of: meanings, as: dtype ?? common.dtype, exprs) else {
      return .invalid
    }
    return emit(operation, values, isWeak: common.isWeak, at: site, about: exprs)
  }

  /// Arithmetic that NumPy does by logic where all operands are `bool`.
  private mutating func arithmetic(
    _ operation: Operation, ofTruth logic: Operation, _ operands: [Operand], at site: Site
  ) -> Meaning {
    let isTruth = common(operands.map(\.meaning))?.dtype == .bool
    return elementwise(isTruth ? logic : operation, operands, at: site)
  }

  private mutating func difference(
    _ left: Operand, _ right: Operand, at site: Site
  ) -> Meaning {
    guard common([left.meaning, right.meaning])?.dtype != .bool else {
      return invalid("'-' takes no 'bool'; write '!=' for what differs", at: site)
    }
    return elementwise(.subtract, [left, right], at: site)
  }

  /// True division, which gives `f64` for integers.
  private mutating func quotient(_ left: Operand, _ right: Operand, at site: Site) -> Meaning {
    guard let common = common([left.meaning, right.meaning]) else { return .invalid }
    return elementwise(
      .divide, [left, right], as: common.dtype.isFloat ? common.dtype : .f64, at: site)
  }

  /// Arithmetic in which NumPy takes `bool` for `i8`.
  private mutating func counted(
    _ operation: Operation, _ operands: [Operand], at site: Site
  ) -> Meaning {
    let isTruth = common(operands.map(\.meaning))?.dtype == .bool
    return elementwise(operation, operands, as: isTruth ? .i8 : nil, at: site)
  }

  private mutating func comparison(
    _ operation: Operation, _ left: Operand, _ right: Operand, at site: Site
  ) -> Meaning {
    strong(elementwise(operation, [left, right], at: site))
  }

  /// The meaning as one that keeps its type: truth values are never weak.
  func strong(_ meaning: Meaning) -> Meaning {
    if case .value(let value, _) = meaning { .value(value, isWeak: false) } else { meaning }
  }

  private mutating func logical(
    _ operation: Operation, _ left: Operand, _ right: Operand, at site: Site
  ) -> Meaning {
    for operand in [left, right] {
      guard requireTruth(operand, "'\(operation == .and ? "&&" : "||")'") else { return .invalid }
    }
    return elementwise(operation, [left, right], at: site)
  }

  /// Reports an operand that is not `bool`.
  private mutating func requireTruth(_ operand: Operand, _ what: String) -> Bool {
    guard let type = type(of: operand.meaning) else { return false }
    if type.dtype == .bool { return true }
    error(
      "\(what) takes 'bool', not '\(type.dtype.rawValue)'; compare with 0: '!= 0'",
      at: operand.expr.site)
    return false
  }

  /// A product of matrices in the type that both take together.
  mutating func product(
    _ operands: [Operand], at site: Site,
    _ body: (inout Builder, Value, Value) throws(TypeError) -> Value
  ) -> Meaning {
    let meanings = operands.map(\.meaning)
    let exprs = operands.map(\.expr)
    guard let common = common(meanings),
      let values = values(of: meanings, as: common.dtype, exprs)
    else { return .invalid }
    return build(at: site, isWeak: common.isWeak, about: exprs) { b throws(TypeError) in
      try body(&b, values[0], values[1])
    }
  }

  /// `-x` and `!x`.
  mutating func unary(_ operation: UnaryOperator, _ expr: Expr, at site: Site) -> Meaning {
    let operand = Operand(expr: expr, meaning: check(expr))
    guard let type = type(of: operand.meaning) else { return .invalid }
    switch operation {
    case .not:
      guard requireTruth(operand, "'!'") else { return .invalid }
      return elementwise(.not, [operand], at: site)
    case .negate:
      if let literal = operand.meaning.literal, let negated = Folding.negated(literal) {
        return Meaning(negated)
      }
      if case .size(let dim) = operand.meaning, !(-dim).isTooLarge { return .size(-dim) }
      guard type.dtype != .bool else {
        return invalid("'-' takes no 'bool'; write '!' for what is not true", at: site)
      }
      return elementwise(.negate, [operand], at: site)
    }
  }
}

/// An operand as it stands in the text, with its meaning.
struct Operand {
  var expr: Expr
  var meaning: Meaning
}
