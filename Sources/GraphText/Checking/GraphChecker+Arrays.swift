import GraphIR
import Ops
import Support

/// An element of an array as it stands in the text.
private indirect enum Element {
  case leaf(Operand)
  /// `true` or `false`.
  case truth(Bool, Expr)
  case row([Element], Site)
}

extension GraphChecker {
  /// `[a, b]`: literals are data, other values are stacked.
  mutating func array(_ exprs: [Expr], at site: Site) -> Meaning {
    let elements = exprs.map { element($0) }
    let whole = Element.row(elements, site)
    guard let tree = literals(whole) else {
      let leaves = leaves(whole)
      guard let common = common(leaves.map(\.meaning)) else { return .invalid }
      return stacked(elements, as: common, at: site)
    }
    do throws(Diagnostic) {
      let array = try LiteralArray(tree)
      guard let dtype = array.dtype else { return stackedTruths(elements, at: site) }
      let tensor = try array.tensor(dtype)
      if dtype == .bool { return .value(data(tensor, at: site), isWeak: false) }
      return .array(ArrayLiteral(tensor))
    } catch {
      return invalid(error.message, at: error.site)
    }
  }

  /// The elements of an array, with the meanings of those that are no arrays.
  private mutating func element(_ expr: Expr) -> Element {
    switch expr.kind {
    case .array(let exprs):
      guard enter(at: expr.site) else { return .leaf(Operand(expr: expr, meaning: .invalid)) }
      defer { depth -= 1 }
      return .row(exprs.map { element($0) }, expr.site)
    case .boolean(let value): return .truth(value, expr)
    case .name, .integer, .float, .text, .call, .index, .unary, .power, .chain, .conditional,
      .invalid:
      return .leaf(Operand(expr: expr, meaning: check(expr)))
    }
  }

  /// The literals of an array; nil where there is something else.
  private func literals(_ element: Element) -> LiteralTree? {
    switch element {
    case .truth(let value, let expr): return .leaf(.bool(value), expr.site)
    case .leaf(let operand): return operand.meaning.literal.map { .leaf($0, operand.expr.site) }
    case .row(let elements, let site):
      var row: [LiteralTree] = []
      for element in elements {
        guard let literal = literals(element) else { return nil }
        row.append(literal)
      }
      return .row(row, site)
    }
  }

  /// The elements that are no arrays; truth values get nodes.
  private mutating func leaves(_ element: Element) -> [Operand] {
    switch element {
    case .leaf(let operand): [operand]
    case .truth(_, let expr): [Operand(expr: expr, meaning: check(expr))]
    case .row(let elements, _): elements.flatMap { leaves($0) }
    }
  }

  /// Truth values beside numbers, which are taken for 0 and 1.
  private mutating func stackedTruths(_ elements: [Element], at site: Site) -> Meaning {
    let meanings = elements.flatMap { leaves($0) }.map(\.meaning)
    guard let common = common(meanings) else { return .invalid }
    return stacked(elements, as: common, at: site)
  }

  /// The elements along a new leading axis.
  private mutating func stacked(
    _ elements: [Element], as common: CommonType, at site: Site
  ) -> Meaning {
    if elements.isEmpty {
      let none = common.dtype.isFloat
        ? Tensor(common.dtype, [0], floats: []) : Tensor(common.dtype, [0], integers: [])
      return .value(data(none, at: site), isWeak: common.isWeak)
    }
    var values: [Value] = []
    for element in elements {
      let meaning: Meaning
      let expr: Site
      switch element {
      case .leaf(let operand):
        expr = operand.expr.site
        meaning = operand.meaning
      case .truth(_, let truth):
        expr = truth.site
        meaning = check(truth)
      case .row(let inner, let site):
        expr = site
        meaning = stacked(inner, as: common, at: site)
      }
      guard let value = value(of: meaning, as: common.dtype, at: expr) else { return .invalid }
      if let first = values.first, builder.shape(first) != builder.shape(value) {
        return invalid(
          "the elements of an array have one shape: this one is "
            + "\(builder.type(value)), the first \(builder.type(first))", at: expr)
      }
      values.append(value)
    }
    return build(at: site, isWeak: common.isWeak) { b throws(TypeError) in
      b.stack(values, axis: 0)
    }
  }
}
