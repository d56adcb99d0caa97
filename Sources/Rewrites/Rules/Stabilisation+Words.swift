import GraphIR
import Ops

/// Functions by the names of the graph language.
extension Catalogue {
  static func exp(_ x: Pattern) -> Pattern { .node(.exp, x) }
  static func expm1(_ x: Pattern) -> Pattern { .node(.expm1, x) }
  static func log(_ x: Pattern) -> Pattern { .node(.log, x) }
  static func log1p(_ x: Pattern) -> Pattern { .node(.log1p, x) }
  static func log1mexp(_ x: Pattern) -> Pattern { .node(.log1mexp, x) }
  static func logaddexp(_ x: Pattern, _ y: Pattern) -> Pattern { .node(.logaddexp, x, y) }
  static func sigmoid(_ x: Pattern) -> Pattern { .node(.sigmoid, x) }
  static func sigmoidSlope(_ x: Pattern) -> Pattern { .node(.sigmoidSlope, x) }
  static func softplus(_ x: Pattern) -> Pattern { .node(.softplus, x) }
  static func tanh(_ x: Pattern) -> Pattern { .node(.tanh, x) }
  static func tanhSlope(_ x: Pattern) -> Pattern { .node(.tanhSlope, x) }
  static func erf(_ x: Pattern) -> Pattern { .node(.erf, x) }
  static func erfc(_ x: Pattern) -> Pattern { .node(.erfc, x) }
  static func logErfc(_ x: Pattern) -> Pattern { .node(.logErfc, x) }

  /// `x` with slope 1, but NaN where `x` is: what a formula gives that has both.
  static func number(_ x: Pattern) -> Pattern { select(x == x, x, exp(x)) }

  /// `softmax(x, axes)`.
  static func softmax(_ x: Pattern, _ axes: AttributeVariable) -> Pattern {
    .node(.softmax, [x], .bound(axes))
  }

  /// `log_softmax(x, axes)`.
  static func logSoftmax(_ x: Pattern, _ axes: AttributeVariable) -> Pattern {
    .node(.logSoftmax, [x], .bound(axes))
  }

  /// `softmax_complement(x, axes)`.
  static func softmaxComplement(_ x: Pattern, _ axes: AttributeVariable) -> Pattern {
    .node(.softmaxComplement, [x], .bound(axes))
  }
}
