import GraphIR
import Ops
import Support

/// What names in the sizes of a type may be.
enum SizeNames {
  /// New symbols of the graph, which come from the parameter of this name in quotes.
  case introducing(String)
  /// Names that are given already.
  case known
}

extension GraphChecker {
  /// The type that a text says; nil where it has mistakes.
  mutating func type(_ expr: TypeExpr, names: SizeNames) -> TensorType? {
    let dtype = DType.named(expr.element.text, options)
    if dtype == nil {
      let unknown = DType.unknown(expr.element)
      error(unknown.message, at: unknown.site, fix: unknown.fix)
    }
    var shape: [Dim] = []
    for dim in expr.dims {
      guard let dim = self.dim(dim, names: names) else { continue }
      shape.append(dim)
    }
    guard let dtype, shape.count == expr.dims.count else { return nil }
    guard isCountable(shape) else {
      error("this shape has more elements than 64 bits can count", at: expr.site)
      return nil
    }
    return TensorType(dtype, shape)
  }

  /// A size in a type; refuses one that is negative for all symbols.
  private mutating func dim(_ expr: Expr, names: SizeNames) -> Dim? {
    introduce(expr, names: names)
    let meaning = check(expr)
    guard let dim = size(meaning, expr) else { return nil }
    guard !TypeRules.isNegative(dim) else {
      error("size \(dim) is negative", at: expr.site)
      return nil
    }
    return dim
  }

  /// Makes symbols of the new names in a size.
  private mutating func introduce(_ expr: Expr, names: SizeNames) {
    guard case .introducing(let parameter) = names else { return }
    switch expr.kind {
    case .name(let text):
      guard binding(of: text) == nil, module.names[text] == nil else { return }
      giveSize(Name(text, at: expr.site), from: "'\(text)' is a size of \(parameter)")
    case .chain(let first, let links):
      introduce(first, names: names)
      for link in links { introduce(link.operand, names: names) }
    case .unary(_, let operand): introduce(operand, names: names)
    case .integer, .float, .boolean, .text, .array, .call, .index, .power, .conditional, .invalid:
      break
    }
  }

  /// The size that an expression stands for; reports others.
  mutating func size(_ expr: Expr) -> Dim? {
    let meaning = check(expr)
    return size(meaning, expr)
  }

  /// The size that a meaning stands for; reports others.
  mutating func size(_ meaning: Meaning, _ expr: Expr) -> Dim? {
    switch meaning {
    case .size(let dim): return dim
    case .invalid: return nil
    case .number, .array, .value:
      error(
        "a size is made of integers and of names of sizes by '+', '-', '*' and '//' with a "
          + "positive integer", at: expr.site)
      return nil
    }
  }

  /// The sizes of `[m, n]`, or of `n` alone.
  mutating func shape(_ expr: Expr) -> [Dim]? {
    guard case .array(let exprs) = expr.kind else { return size(expr).map { [$0] } }
    var shape: [Dim] = []
    for expr in exprs {
      guard let size = size(expr) else { continue }
      guard !TypeRules.isNegative(size) else {
        error("size \(size) is negative", at: expr.site)
        continue
      }
      shape.append(size)
    }
    guard shape.count == exprs.count else { return nil }
    guard isCountable(shape) else {
      error("this shape has more elements than 64 bits can count", at: expr.site)
      return nil
    }
    return shape
  }

  /// Makes sure that a dim is 0 or more: now where that is known, else when the graph runs.
  ///
  /// - Returns: Whether it may be; where it cannot be, that is reported.
  mutating func require(
    _ dim: Dim, at site: Site, _ message: @autoclosure () -> String
  ) -> Bool {
    if dim.isKnownNonNegative { return true }
    if TypeRules.isNegative(dim) {
      error(message(), at: site)
      return false
    }
    check(.inRange(dim), at: site)
    return true
  }

  /// Adds a check of sizes to the graph, once.
  mutating func check(_ condition: SizeCheck.Condition, at site: Site) {
    guard sizeChecks.insert(condition).inserted else { return }
    builder.graph.sizeChecks.append(SizeCheck(condition, site: site))
  }
}
