import GraphIR
import Ops
import Support

/// Reading what calls of built-in functions are given.
extension GraphChecker {
  /// The operand of a call by its number.
  mutating func operand(_ call: BuiltinCall, _ number: Int = 0) -> Operand {
    Operand(expr: call.operands[number], meaning: check(call.operands[number]))
  }

  /// All operands of a call.
  mutating func operands(_ call: BuiltinCall) -> [Operand] {
    call.operands.map { Operand(expr: $0, meaning: check($0)) }
  }

  /// An integer that is known.
  mutating func integer(_ expr: Expr, _ what: String) -> Int? {
    let meaning = check(expr)
    if case .size(let dim) = meaning, let constant = dim.constant { return constant }
    if !meaning.isInvalid { error("\(what) is an integer literal", at: expr.site) }
    return nil
  }

  /// `true` or `false`.
  mutating func flag(_ call: BuiltinCall, _ label: String) -> Bool? {
    guard let expr = call.options[label] else { return false }
    if case .boolean(let value) = expr.kind { return value }
    if case .invalid = expr.kind { return nil }
    error("'\(label)' is 'true' or 'false'", at: expr.site)
    return nil
  }

  /// One axis as a number from 0.
  mutating func axis(_ expr: Expr, rank: Int) -> Int? {
    guard let number = integer(expr, "an axis") else { return nil }
    do throws(TypeError) {
      return try TypeRules.axis(number, rank: rank)
    } catch {
      self.error(error.message, at: expr.site)
      return nil
    }
  }

  /// One axis or several, ascending.
  mutating func axes(_ expr: Expr, rank: Int) -> [Int]? {
    guard case .array(let exprs) = expr.kind else { return axis(expr, rank: rank).map { [$0] } }
    var axes: Set<Int> = []
    for expr in exprs {
      guard let axis = axis(expr, rank: rank) else { return nil }
      guard axes.insert(axis).inserted else {
        error("axis \(axis) is given twice", at: expr.site)
        return nil
      }
    }
    return axes.sorted()
  }

  /// The axes behind `axis:`, all of them if it is not given.
  mutating func axes(_ call: BuiltinCall, rank: Int) -> [Int]? {
    guard let expr = call.options["axis"] else { return Array(0..<rank) }
    return axes(expr, rank: rank)
  }

  /// The axis behind `axis:`.
  mutating func axis(_ call: BuiltinCall, rank: Int, default: Int) -> Int? {
    guard let expr = call.options["axis"] else {
      let axis = `default` < 0 ? rank + `default` : `default`
      if (0..<rank).contains(axis) { return axis }
      error("'\(call.name.text)' takes no scalar", at: call.site)
      return nil
    }
    return axis(expr, rank: rank)
  }

  /// The expressions of a list in brackets.
  mutating func list(_ expr: Expr, _ what: String) -> [Expr]? {
    if case .array(let exprs) = expr.kind { return exprs }
    if case .invalid = expr.kind { return nil }
    checkNames(expr)
    error("\(what) stand in a list: '[a, b]'", at: expr.site)
    return nil
  }

  /// The operand as a value of floating type: integers and `bool` become `f64`.
  mutating func float(_ operand: Operand) -> Value? {
    guard let dtype = type(of: operand.meaning)?.dtype else { return nil }
    return value(of: operand.meaning, as: dtype.isFloat ? dtype : .f64, at: operand.expr.site)
  }
}
