import GraphIR
import Ops

/// Formulas that overflow, or lose their digits, become functions that do neither.
///
/// They are tried on what the user writes, before derivatives are formed, so that values and
/// gradients are right together; and again on what derivatives spell.
extension Catalogue {
  static let stabilisation: [Rule] =
    logistics + tangents + exponentials + errorFunctions + rows + determinants + quotients

  /// The logistic function, its logarithm, its complement and its kin.
  private static let logistics: [Rule] = [
    Rule("log-one-plus-exp", log(1 + exp(x)) => softplus(x), .stable(.overflow)),
    Rule("log1p-exp", log1p(exp(x)) => softplus(x), .stable(.overflow)),
    Rule("over-one-plus-exp", reciprocal(1 + exp(x)) => sigmoid(-x), .stable(.overflow)),
    Rule("exp-over-one-plus-exp", exp(x) / (1 + exp(x)) => sigmoid(x), .stable(.overflow)),
    Rule("expm1-over-one-plus-exp", expm1(x) / (1 + exp(x)) => tanh(0.5 * x), .stable(.overflow)),
    Rule("any-over-one-plus-exp", y / (1 + exp(x)) => y * sigmoid(-x), .stable(.overflow)),
    Rule(
      "over-square-one-plus-exp", reciprocal(square(1 + exp(x))) => square(sigmoid(-x)),
      .stable(.overflow)),
    Rule(
      "any-over-square-one-plus-exp",
      y / square(1 + exp(x)) => (y * sigmoid(-x)) * sigmoid(-x), .stable(.overflow)),
    Rule("exp-times-sigmoid", exp(x) * sigmoid(-x) => sigmoid(x), .stable(.overflow)),
    Rule("exp-times-sigmoid-negated", exp(-x) * sigmoid(x) => sigmoid(-x), .stable(.overflow)),
    Rule(
      "exp-times-square-sigmoid", exp(x) * square(sigmoid(-x)) => sigmoid(x) * sigmoid(-x),
      .stable(.overflow)),
    Rule(
      "exp-times-square-sigmoid-negated",
      exp(-x) * square(sigmoid(x)) => sigmoid(-x) * sigmoid(x), .stable(.overflow)),
    Rule("one-minus-sigmoid", 1 - sigmoid(x) => sigmoid(-x), .stable(.cancellation)),
    Rule("sigmoid-minus-one", -1 + sigmoid(x) => -sigmoid(-x), .stable(.cancellation)),
    Rule("log-sigmoid", log(sigmoid(x)) => -softplus(-x), .stable(.underflow)),
    Rule("log1p-sigmoid", log1p(-sigmoid(x)) => -softplus(x), .stable(.underflow)),
    Rule("exp-softplus", exp(-softplus(x)) => sigmoid(-x), .stable(.underflow)),
    Rule("odds", sigmoid(x) / sigmoid(-x) => exp(x), .stable(.overflow)),
    Rule("odds-negated", sigmoid(-x) / sigmoid(x) => exp(-x), .stable(.overflow)),
    Rule("logit", softplus(x) - softplus(-x) => number(x), .stable(.cancellation)),
    Rule("logit-negated", softplus(-x) - softplus(x) => -number(x), .stable(.cancellation)),
    Rule("plus-softplus", x + softplus(-x) => softplus(x), .stable(.cancellation)),
    Rule("minus-softplus", x - softplus(x) => -softplus(-x), .stable(.cancellation)),
    Rule("softplus-minus", softplus(x) - x => softplus(-x), .stable(.cancellation)),
    Rule(
      "sigmoid-minus-square", sigmoid(x) - square(sigmoid(x)) => sigmoid(x) * sigmoid(-x),
      .stable(.cancellation)),
  ]

  /// The hyperbolic tangent, which is the logistic function in other units.
  private static let tangents: [Rule] = [
    Rule("one-plus-tanh", 1 + tanh(x) => 2 * sigmoid(2 * x), .stable(.cancellation)),
    Rule("one-minus-tanh", 1 - tanh(x) => 2 * sigmoid(-2 * x), .stable(.cancellation)),
    Rule("tanh-minus-one", -1 + tanh(x) => -2 * sigmoid(-2 * x), .stable(.cancellation)),
    Rule(
      "multiple-plus-tanh", c + (c * tanh(x)) => c * (2 * sigmoid(2 * x)), .stable(.cancellation)),
    Rule(
      "multiple-minus-tanh", c - (c * tanh(x)) => c * (2 * sigmoid(-2 * x)),
      .stable(.cancellation)),
    Rule("twice-sigmoid-minus-one", -1 + (2 * sigmoid(x)) => tanh(0.5 * x), .stable(.cancellation)),
    Rule("one-minus-twice-sigmoid", 1 - (2 * sigmoid(x)) => -tanh(0.5 * x), .stable(.cancellation)),
  ]

  /// Exponentials and logarithms.
  private static let exponentials: [Rule] = [
    Rule("square-sqrt", square(sqrt(x)) => select(x >= 0, x, sqrt(x)), .stable(.undefinedSlope)),
    Rule("log-exp", log(exp(x)) => number(x), .stable(.overflow)),
    Rule("log1p-minus-exp", log1p(-exp(x)) => log1mexp(x), .stable(.underflow)),
    Rule("log-minus-expm1", log(-expm1(x)) => log1mexp(x), .stable(.underflow)),
    Rule("log-one-plus", log(1 + x) => log1p(x), .stable(.cancellation)),
    Rule("log-one-minus", log(1 - x) => log1p(-x), .stable(.cancellation)),
    Rule("log-over-one-plus", log(reciprocal(1 + x)) => -log1p(x), .stable(.cancellation)),
    Rule("exp-minus-one", -1 + exp(x) => expm1(x), .stable(.cancellation)),
    Rule("one-minus-exp", 1 - exp(x) => -expm1(x), .stable(.cancellation)),
    Rule("over-exp", reciprocal(exp(x)) => exp(-x), .stable(.overflow)),
    Rule("log-add-exp", log(exp(x) + exp(y)) => logaddexp(x, y), .stable(.overflow)),
    .code(
      "log-of-exponentials", "log(f(exp(x), …))", "logsumexp and others of x", .stable(.overflow),
      on: [.log]
    ) { r, node in r.logarithm(of: node.operands[0]) },
  ]

  /// The error function, its complement and their logarithms.
  private static let errorFunctions: [Rule] = [
    Rule("one-minus-erf", 1 - erf(x) => erfc(x), .stable(.cancellation)),
    Rule("erf-minus-one", -1 + erf(x) => -erfc(x), .stable(.cancellation)),
    Rule("one-plus-erf", 1 + erf(x) => erfc(-x), .stable(.cancellation)),
    Rule("multiple-minus-erf", c - (c * erf(x)) => c * erfc(x), .stable(.cancellation)),
    Rule("multiple-plus-erf", c + (c * erf(x)) => c * erfc(-x), .stable(.cancellation)),
    Rule("one-minus-erfc", 1 - erfc(x) => erf(x), .stable(.cancellation)),
    Rule("erfc-minus-one", -1 + erfc(x) => -erf(x), .stable(.cancellation)),
    Rule("two-minus-erfc", 2 - erfc(x) => erfc(-x), .stable(.cancellation)),
    Rule("erfc-minus-two", -2 + erfc(x) => -erfc(-x), .stable(.cancellation)),
    Rule("one-minus-half-erfc", 1 - (0.5 * erfc(x)) => 0.5 * erfc(-x), .stable(.cancellation)),
    Rule("log-erfc", log(erfc(x)) => logErfc(x), .stable(.underflow)),
    Rule("log1p-erf", log1p(-erf(x)) => logErfc(x), .stable(.underflow)),
  ]

  /// Rows of exponentials.
  private static let rows: [Rule] = [
    Rule("log-softmax", log(softmax(x, a)) => logSoftmax(x, a), .stable(.underflow)),
    Rule("exp-log-softmax", exp(logSoftmax(x, a)) => softmax(x, a), .stable(.underflow)),
    Rule("one-minus-softmax", 1 - softmax(x, a) => softmaxComplement(x, a), .stable(.cancellation)),
    .code(
      "exp-over-sum", "exp(x) / sum(exp(x))", "softmax(x)", .stable(.overflow),
      on: [.divide, .multiply]
    ) { r, node in r.shares(node) },
    .code(
      "sum-over-exp", "sum(exp(x)) / exp(x)", "1 / softmax(x)", .stable(.overflow), on: [.divide]
    ) { r, node in
      r.share(node.operands[1], over: node.operands[0]).map { r.emit(.reciprocal, [$0]) }
    },
    .code(
      "minus-logsumexp", "x - logsumexp(x)", "log_softmax(x)", .stable(.cancellation),
      on: [.subtract]
    ) { r, node in
      let x = node.operands[0]
      guard let axes = r.axes(of: node.operands[1], asRowsOf: x, made: .logSumExp, from: x) else {
        return nil
      }
      return r.along(.logSoftmax, x, axes)
    },
    .code(
      "logsumexp-minus", "logsumexp(x) - x", "-log_softmax(x)", .stable(.cancellation),
      on: [.subtract]
    ) { r, node in
      let x = node.operands[1]
      guard let axes = r.axes(of: node.operands[0], asRowsOf: x, made: .logSumExp, from: x) else {
        return nil
      }
      return r.emit(.negate, [r.along(.logSoftmax, x, axes)])
    },
    .code(
      "logsumexp-minus-picked", "logsumexp(x) - x[i, j], one j of each row i",
      "-log_softmax(x)[i, j]", .stable(.cancellation), on: [.subtract]
    ) { r, node in
      if let row = r.logShare(picked: node.operands[1], total: node.operands[0]) {
        return r.emit(.negate, [row])
      }
      return r.logShare(picked: node.operands[0], total: node.operands[1])
    },
    .code(
      "softmax-shifted", "softmax(x - max(x))", "softmax(x)", .stable(.overflow),
      on: [.softmax, .logSoftmax]
    ) { r, node in
      r.unshifted(node.operands[0], node.attributes.reducedAxes).map {
        r.emit(node.operation, [$0], node.attributes)
      }
    },
    .code(
      "logsumexp-shifted", "max(x) + logsumexp(x - max(x))", "logsumexp(x)", .stable(.overflow),
      on: [.add]
    ) { r, node in
      r.unshiftedSum(node.operands[1], plus: node.operands[0])
        ?? r.unshiftedSum(node.operands[0], plus: node.operands[1])
    },
  ]
}
