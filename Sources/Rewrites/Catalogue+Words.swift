import GraphIR
import Ops
import Support

/// Variables of patterns: any values.
extension Catalogue {
  static let x: Pattern = .value(Variable(index: 0, name: "x"))
  static let y: Pattern = .value(Variable(index: 1, name: "y"))
  static let z: Pattern = .value(Variable(index: 2, name: "z"))
  static let w: Pattern = .value(Variable(index: 3, name: "w"))
  /// Masks.
  static let m: Pattern = .value(Variable(index: 4, name: "m"))
  static let n: Pattern = .value(Variable(index: 5, name: "n"))
  /// Constants.
  static let c: Pattern = .constant(Variable(index: 6, name: "c"))
  static let d: Pattern = .constant(Variable(index: 7, name: "d"))
  /// What a floating literal does not write.
  static let infinity: Pattern = .literal(.float(.infinity))
  static let minusInfinity: Pattern = .literal(.float(-.infinity))
  static let notANumber: Pattern = .literal(.float(.nan))
  /// Attributes.
  static let a = AttributeVariable(index: 0, name: "axes")
}

/// Operations that have no sign of their own, by the names of the graph language.
extension Catalogue {
  static func abs(_ x: Pattern) -> Pattern { .node(.abs, x) }
  static func sign(_ x: Pattern) -> Pattern { .node(.sign, x) }
  static func exp2(_ x: Pattern) -> Pattern { .node(.exp2, x) }
  static func sqrt(_ x: Pattern) -> Pattern { .node(.sqrt, x) }
  static func rsqrt(_ x: Pattern) -> Pattern { .node(.rsqrt, x) }
  static func square(_ x: Pattern) -> Pattern { .node(.square, x) }
  static func reciprocal(_ x: Pattern) -> Pattern { .node(.reciprocal, x) }
  static func maximum(_ x: Pattern, _ y: Pattern) -> Pattern { .node(.maximum, x, y) }
  static func minimum(_ x: Pattern, _ y: Pattern) -> Pattern { .node(.minimum, x, y) }

  /// `where(m, x, y)`.
  static func select(_ m: Pattern, _ x: Pattern, _ y: Pattern) -> Pattern {
    .node(.select, m, x, y)
  }

  /// `sum(x, axes)`.
  static func sum(_ x: Pattern, _ axes: AttributeVariable) -> Pattern {
    .node(.sum, [x], .bound(axes))
  }
}
