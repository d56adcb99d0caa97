/// One step from the cotangent of a result to that of an operand, or from the tangent of an operand
/// to that of a result.
///
/// Steps are applied from left to right: `ct * 2 * x` is `[.times(2), .times(x)]`.
package enum Factor: Sendable {
  /// Multiplied by a value.
  case times(Value)
  /// Divided by a value.
  case over(Value)
  /// Negated.
  case negated
  /// Kept where a `bool` value holds, exactly 0 elsewhere, whatever was computed there.
  case selected(Value)
}

/// What a rule of an operation's derivative sees.
package struct DerivativeContext: Sendable {
  /// The node that is differentiated; operands and results are values of the builder's graph.
  package var operation: Operation
  package var operands: [Value]
  package var results: [Value]
  package var attributes: Attributes
  package var regions: [Graph]
  /// What is known of the cotangents of the results where a rule written by hand pulls them back: a
  /// `bool` value that broadcasts to a result holds wherever structure has not left the cotangent
  /// out; nil, or no element, holds everywhere.
  package var masks: [Value?] = []
  /// Whether a loop keeps results of the node for its reverse, so that they cost nothing to use.
  package var isResultKept = false

  package init(
    operation: Operation, operands: [Value], results: [Value], attributes: Attributes,
    regions: [Graph]
  ) {
    self.operation = operation
    self.operands = operands
    self.results = results
    self.attributes = attributes
    self.regions = regions
  }

  /// The only result.
  package var result: Value { results[0] }
}

/// The derivative of an elementwise operation with respect to one operand.
package enum Partial: Sendable {
  /// The operand has no influence to first order.
  case zero
  /// The factors of the partial derivative, from left to right.
  case factors(@Sendable (inout Builder, DerivativeContext) -> [Factor])
}

/// The derivative of an operation: one rule that serves forward and reverse mode.
package enum Derivative: Sendable {
  /// Results that do not change, or that are not real: comparisons, `floor`, integers.
  case zero
  /// Refused, with the reason in the user's words.
  case refused(String)
  /// Elementwise with broadcasting: one partial for each operand.
  case pointwise([Partial])
  /// Linear in the named operands together: the tangent is the operation itself, applied to their
  /// tangents, and to the other operands as they are. `transpose` gives the cotangent of the
  /// operand of that number from the cotangent of the result; it must work for `bool` too, where a
  /// sum is an `any`, so that masks flow back the same way. An operation that `leavesOut` elements
  /// of its operands begins a mask there.
  case linear(
    operands: LinearOperands, leavesOut: Bool,
    transpose: @Sendable (inout Builder, DerivativeContext, Value, Int) -> Value)
  /// Linear in each of two operands: `left` and `right` give their cotangents.
  case bilinear(
    left: @Sendable (inout Builder, DerivativeContext, Value) -> Value,
    right: @Sendable (inout Builder, DerivativeContext, Value) -> Value)
  /// A reduction that picks elements of its operand, as `max` does: the rule gives a `bool` value
  /// of the operand's shape. Each picked element takes the whole cotangent, the others exactly 0,
  /// and a mask begins there; the tangent is the sum of the picked ones along the reduced axes.
  case picking(@Sendable (inout Builder, DerivativeContext) -> Value)
  /// Both modes by hand: `jvp` gives the tangents of the results from those of the operands (nil
  /// where an operand has none), `vjp` the cotangents of the operands from those of the results.
  case custom(
    jvp: @Sendable (inout Builder, DerivativeContext, [Value?]) -> [Value?],
    vjp: @Sendable (inout Builder, DerivativeContext, [Value?]) -> [Value?])
  /// Reverse mode alone, by hand: `vjp` as for `custom`. Forward mode is refused, with the reason
  /// in the user's words.
  case reverseOnly(
    String,
    vjp: @Sendable (inout Builder, DerivativeContext, [Value?]) -> [Value?])
  /// Differentiated by differentiating its regions.
  case regions
  /// Differentiated by way of the operation's expansion into others.
  case byExpansion
}

/// The operands in which an operation is linear.
package enum LinearOperands: Sendable {
  case all
  case only([Int])

  package func contains(_ index: Int) -> Bool {
    switch self {
    case .all: true
    case .only(let indices): indices.contains(index)
    }
  }
}
