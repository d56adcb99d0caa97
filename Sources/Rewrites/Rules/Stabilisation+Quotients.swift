import GraphIR
import Ops

/// Powers over what they are powers of, and lengths: their squares overflow, or vanish, where the
/// result does neither.
///
/// A factor is cancelled only where it is in the result as well: what is NaN has to stay so.
extension Catalogue {
  static let quotients: [Rule] = [
    Rule("square-over-base", square(x) / x => number(x), .stable(.overflow)),
    Rule("base-over-square", x / square(x) => reciprocal(x), .stable(.overflow)),
    Rule("power-over-base", (x ** c) / x => x ** (c - 1), .stable(.overflow)),
    Rule("multiple-over-base", (square(x) * y) / x => x * y, .stable(.overflow)),
    Rule("product-over-base", (x * (x * y)) / x => x * y, .stable(.overflow)),
    Rule("length-of-two", sqrt(square(x) + square(y)) => hypot(x, y), .stable(.overflow)),
    Rule("length", sqrt(sum(square(x), a)) => norm(x, a), .stable(.undefinedSlope)),
  ]

  private static func hypot(_ x: Pattern, _ y: Pattern) -> Pattern { .node(.hypot, x, y) }

  /// `norm(x, axes)`.
  private static func norm(_ x: Pattern, _ axes: AttributeVariable) -> Pattern {
    .node(.norm, [x], .bound(axes))
  }
}
