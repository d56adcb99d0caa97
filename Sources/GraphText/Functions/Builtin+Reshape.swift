import GraphIR
import Ops
import Support

extension GraphChecker {
  /// `reshape(x, [m, -1])`.
  mutating func reshape(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else {
      checkNames(call.operands[1])
      return .invalid
    }
    guard let (shape, isOpen) = shape(call.operands[1], reshaping: type),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    guard isCountable(shape) else {
      return invalid("this shape has more elements than 64 bits can count", at: call.site)
    }
    let meaning = emit(
      .reshape, [value], .shape(shape), isWeak: isWeak(operand.meaning), at: call.site,
      about: [operand.expr])
    // What -1 stands for has been made to fit.
    let count = Dim.product(shape)
    if !meaning.isInvalid, !isOpen, count != type.count {
      check(.equal(type.count, count), at: call.site)
    }
    return meaning
  }

  /// A shape in which one size may be -1, for what the others leave; and whether one is.
  private mutating func shape(
    _ expr: Expr, reshaping type: TensorType
  ) -> (shape: [Dim], isOpen: Bool)? {
    let exprs = if case .array(let exprs) = expr.kind { exprs } else { [expr] }
    var shape: [Dim] = []
    var open: Int?
    for expr in exprs {
      guard let dim = size(expr) else { return nil }
      if dim == Dim(-1) {
        if open != nil {
          error("only one size may be -1", at: expr.site)
          return nil
        }
        open = shape.count
      } else if TypeRules.isNegative(dim) {
        error("size \(dim) is negative", at: expr.site)
        return nil
      }
      shape.append(dim)
    }
    guard let open else { return (shape, false) }
    let others = shape.enumerated().filter { $0.offset != open }.map(\.element)
    guard let rest = rest(of: type, without: others, at: exprs[open].site) else { return nil }
    shape[open] = rest
    return (shape, true)
  }

  /// The size that is left of a shape by some sizes, if it is one.
  private mutating func rest(of type: TensorType, without others: [Dim], at site: Site) -> Dim? {
    var left = type.shape
    var divisors: [Dim] = []
    for dim in others {
      if let place = left.firstIndex(of: dim), dim != Dim(0) {
        left.remove(at: place)
      } else {
        divisors.append(dim)
      }
    }
    let count = Dim.product(left)
    let divisor = Dim.product(divisors)
    if let exact = count.dividedExactly(by: divisor) { return exact }
    let words = "\(type) does not divide into parts of \(Dim.product(others)) elements"
    guard let constant = divisor.constant, constant > 0 else {
      error(
        divisor == Dim(0) ? "\(words), of which there may be any number"
          : "\(type.count) over \(Dim.product(others)) is no size: write out what -1 stands for",
        at: site)
      return nil
    }
    if let known = count.constant, known % constant != 0 {
      error(words, at: site)
      return nil
    }
    check(.multiple(count, Dim(constant)), at: site)
    return count.quotient(constant)
  }
}

extension Dim {
  /// The quotient by a product of numbers and symbols, where every term has it as a factor.
  func dividedExactly(by divisor: Dim) -> Dim? {
    guard !isTooLarge, divisor.terms.count == 1, let factor = divisor.terms.first,
      factor.coefficient > 0
    else { return nil }
    var sum = Dim(0)
    for term in terms {
      guard term.coefficient % factor.coefficient == 0 else { return nil }
      var atoms = term.atoms
      for atom in factor.atoms {
        guard let place = atoms.firstIndex(of: atom) else { return nil }
        atoms.remove(at: place)
      }
      let coefficient = Dim(term.coefficient / factor.coefficient)
      sum = sum + atoms.reduce(coefficient) { $0 * Dim($1) }
    }
    return sum
  }

  /// A symbol or a quotient as a dim.
  private init(_ atom: Atom) {
    switch atom {
    case .symbol(let name): self = .symbol(name)
    case .quotient(let dim, let divisor): self = dim.quotient(divisor)
    }
  }
}
