import GraphIR
import Ops
import Support

let stabilisationCases: [RuleCase] =
  logisticCases + tangentCases + exponentialCases + errorFunctionCases + rowCases + quotientCases

extension RuleCase {
  /// Cases of numbers where the rule applies, and one where it must not.
  fileprivate static func pair(
    _ rule: String, _ fires: @escaping @Sendable (inout Builder, Value, Value) -> Value,
    not silent: @escaping @Sendable (inout Builder, Value, Value) -> Value
  ) -> [RuleCase] {
    elementwise(rule, [.f64, .f32], [.number, .number]) { b, v in fires(&b, v[0], v[1]) }
      + self.silent(rule, [.f64], [.number, .number]) { b, v in silent(&b, v[0], v[1]) }
  }
}

extension Builder {
  /// 1 + eˣ
  fileprivate mutating func onePlusExp(_ x: Value) -> Value { add(k(1, x), exp(x)) }

  /// c − x
  fileprivate mutating func from(_ c: Double, _ x: Value) -> Value { subtract(k(c, x), x) }

  /// c + x
  fileprivate mutating func to(_ c: Double, _ x: Value) -> Value { add(k(c, x), x) }

  /// c·x
  fileprivate mutating func times(_ c: Double, _ x: Value) -> Value { multiply(k(c, x), x) }

  /// s(−x)
  fileprivate mutating func fall(_ x: Value) -> Value { sigmoid(negate(x)) }
}

private let logisticCases: [RuleCase] = [
  RuleCase.pair(
    "log-one-plus-exp", { b, x, _ in b.log(b.onePlusExp(x)) },
    not: { b, x, _ in b.log(b.to(2, b.exp(x))) }),
  RuleCase.pair(
    "log1p-exp", { b, x, _ in b.log1p(b.exp(x)) }, not: { b, x, _ in b.log1p(b.exp2(x)) }),
  RuleCase.pair(
    "over-one-plus-exp", { b, x, _ in b.reciprocal(b.onePlusExp(x)) },
    not: { b, x, _ in b.reciprocal(b.to(2, b.exp(x))) }),
  RuleCase.pair(
    "exp-over-one-plus-exp", { b, x, _ in b.divide(b.exp(x), b.onePlusExp(x)) },
    not: { b, x, y in b.divide(b.exp(y), b.onePlusExp(x)) }),
  RuleCase.pair(
    "expm1-over-one-plus-exp", { b, x, _ in b.divide(b.expm1(x), b.onePlusExp(x)) },
    not: { b, x, y in b.divide(b.expm1(y), b.onePlusExp(x)) }),
  RuleCase.pair(
    "any-over-one-plus-exp", { b, x, y in b.divide(y, b.onePlusExp(x)) },
    not: { b, x, y in b.divide(y, b.to(3, b.exp(x))) }),
  RuleCase.pair(
    "over-square-one-plus-exp", { b, x, _ in b.reciprocal(b.square(b.onePlusExp(x))) },
    not: { b, x, _ in b.reciprocal(b.square(b.exp(x))) }),
  RuleCase.pair(
    "any-over-square-one-plus-exp", { b, x, y in b.divide(y, b.square(b.onePlusExp(x))) },
    not: { b, x, y in b.divide(y, b.square(b.to(-1, b.exp(x)))) }),
  RuleCase.pair(
    "exp-times-sigmoid", { b, x, _ in b.multiply(b.fall(x), b.exp(x)) },
    not: { b, x, _ in b.multiply(b.sigmoid(x), b.exp(x)) }),
  RuleCase.pair(
    "exp-times-sigmoid-negated", { b, x, _ in b.multiply(b.exp(b.negate(x)), b.sigmoid(x)) },
    not: { b, x, y in b.multiply(b.exp(b.negate(x)), b.sigmoid(y)) }),
  RuleCase.pair(
    "exp-times-square-sigmoid", { b, x, _ in b.multiply(b.exp(x), b.square(b.fall(x))) },
    not: { b, x, y in b.multiply(b.exp(y), b.square(b.fall(x))) }),
  RuleCase.pair(
    "exp-times-square-sigmoid-negated",
    { b, x, _ in b.multiply(b.exp(b.negate(x)), b.square(b.sigmoid(x))) },
    not: { b, x, y in b.multiply(b.exp(b.negate(y)), b.square(b.sigmoid(x))) }),
  RuleCase.pair(
    "one-minus-sigmoid", { b, x, _ in b.from(1, b.sigmoid(x)) },
    not: { b, x, _ in b.from(2, b.sigmoid(x)) }),
  RuleCase.pair(
    "sigmoid-minus-one", { b, x, _ in b.to(-1, b.sigmoid(x)) },
    not: { b, x, _ in b.to(1, b.sigmoid(x)) }),
  RuleCase.pair(
    "log-sigmoid", { b, x, _ in b.log(b.sigmoid(x)) }, not: { b, x, _ in b.log(b.exp2(x)) }),
  RuleCase.pair(
    "log1p-sigmoid", { b, x, _ in b.log1p(b.negate(b.sigmoid(x))) },
    not: { b, x, _ in b.log1p(b.sigmoid(x)) }),
  RuleCase.pair(
    "exp-softplus", { b, x, _ in b.exp(b.negate(b.softplus(x))) },
    not: { b, x, _ in b.exp(b.softplus(x)) }),
  RuleCase.pair(
    "odds", { b, x, _ in b.divide(b.sigmoid(x), b.fall(x)) },
    not: { b, x, y in b.divide(b.sigmoid(y), b.fall(x)) }),
  RuleCase.pair(
    "odds-negated", { b, x, _ in b.divide(b.fall(x), b.sigmoid(x)) },
    not: { b, x, y in b.divide(b.fall(x), b.sigmoid(y)) }),
  RuleCase.pair(
    "logit", { b, x, _ in b.subtract(b.softplus(x), b.softplus(b.negate(x))) },
    not: { b, x, y in b.subtract(b.softplus(y), b.softplus(b.negate(x))) }),
  RuleCase.pair(
    "logit-negated", { b, x, _ in b.subtract(b.softplus(b.negate(x)), b.softplus(x)) },
    not: { b, x, y in b.subtract(b.softplus(b.negate(x)), b.softplus(y)) }),
  RuleCase.pair(
    "plus-softplus", { b, x, _ in b.add(x, b.softplus(b.negate(x))) },
    not: { b, x, _ in b.add(x, b.softplus(x)) }),
  RuleCase.pair(
    "minus-softplus", { b, x, _ in b.subtract(x, b.softplus(x)) },
    not: { b, x, _ in b.subtract(x, b.softplus(b.negate(x))) }),
  RuleCase.pair(
    "softplus-minus", { b, x, _ in b.subtract(b.softplus(x), x) },
    not: { b, x, y in b.subtract(b.softplus(x), y) }),
  RuleCase.pair(
    "sigmoid-minus-square", { b, x, _ in b.subtract(b.sigmoid(x), b.square(of: b.sigmoid(x))) },
    not: { b, x, y in b.subtract(b.sigmoid(x), b.square(of: b.sigmoid(y))) }),
].flatMap { $0 }

private let tangentCases: [RuleCase] = [
  RuleCase.pair(
    "one-plus-tanh", { b, x, _ in b.to(1, b.tanh(x)) }, not: { b, x, _ in b.to(2, b.tanh(x)) }),
  RuleCase.pair(
    "one-minus-tanh", { b, x, _ in b.from(1, b.tanh(x)) },
    not: { b, x, _ in b.from(-1, b.tanh(x)) }),
  RuleCase.pair(
    "tanh-minus-one", { b, x, _ in b.to(-1, b.tanh(x)) }, not: { b, x, _ in b.to(1, b.tanh(x)) }),
  RuleCase.pair(
    "multiple-plus-tanh", { b, x, _ in b.to(0.5, b.times(0.5, b.tanh(x))) },
    not: { b, x, _ in b.to(0.5, b.times(0.25, b.tanh(x))) }),
  RuleCase.pair(
    "multiple-minus-tanh", { b, x, _ in b.from(0.5, b.times(0.5, b.tanh(x))) },
    not: { b, x, _ in b.from(0.5, b.times(-0.5, b.tanh(x))) }),
  RuleCase.pair(
    "twice-sigmoid-minus-one", { b, x, _ in b.to(-1, b.times(2, b.sigmoid(x))) },
    not: { b, x, _ in b.to(-1, b.times(3, b.sigmoid(x))) }),
  RuleCase.pair(
    "one-minus-twice-sigmoid", { b, x, _ in b.from(1, b.times(2, b.sigmoid(x))) },
    not: { b, x, _ in b.from(2, b.times(2, b.sigmoid(x))) }),
].flatMap { $0 }

private let quotientCases: [RuleCase] = [
  RuleCase.pair(
    "square-over-base", { b, x, _ in b.divide(b.square(of: x), x) },
    not: { b, x, y in b.divide(b.square(of: x), y) }),
  RuleCase.pair(
    "base-over-square", { b, x, _ in b.divide(x, b.square(of: x)) },
    not: { b, x, y in b.divide(y, b.square(of: x)) }),
  RuleCase.pair(
    "power-over-base", { b, x, _ in b.divide(b.emit(.power, [x, b.k(3, x)]), x) },
    not: { b, x, y in b.divide(b.emit(.power, [x, b.k(3, x)]), y) }),
  RuleCase.pair(
    "multiple-over-base", { b, x, y in b.divide(b.multiply(y, b.square(of: x)), x) },
    not: { b, x, y in b.divide(b.multiply(y, b.square(of: x)), y) }),
  // Of what is NaN nothing would be left.
  RuleCase.pair(
    "product-over-base", { b, x, y in b.divide(b.multiply(b.multiply(y, x), x), x) },
    not: { b, x, y in b.divide(b.multiply(x, y), x) }),
  RuleCase.pair(
    "length-of-two", { b, x, y in b.sqrt(b.add(b.square(of: x), b.square(of: y))) },
    not: { b, x, y in b.sqrt(b.subtract(b.square(of: x), b.square(of: y))) }),
  RuleCase.shaped("length", .f64(.m, .n)) { b, v in
    b.sqrt(b.reduceSum(b.square(of: v[0]), axes: [1]))
  },
  RuleCase.shaped("length", .f64(.m, .n), fires: false) { b, v in
    b.sqrt(b.reduceSum(b.abs(v[0]), axes: [1]))
  },
].flatMap { $0 }

private let exponentialCases: [RuleCase] = [
  // The other way round a number would be made of the NaN that log gives below 0.
  RuleCase.pair("log-exp", { b, x, _ in b.log(b.exp(x)) }, not: { b, x, _ in b.exp(b.log(x)) }),
  RuleCase.pair(
    "square-sqrt", { b, x, _ in b.square(of: b.sqrt(b.negate(x))) },
    not: { b, x, _ in b.sqrt(b.square(of: x)) }),
  RuleCase.pair(
    "log1p-minus-exp", { b, x, _ in b.log1p(b.negate(b.exp(x))) },
    not: { b, x, _ in b.log1p(b.exp(x)) }),
  RuleCase.pair(
    "log-minus-expm1", { b, x, _ in b.log(b.negate(b.expm1(x))) },
    not: { b, x, _ in b.log(b.expm1(x)) }),
  RuleCase.pair(
    "log-one-plus", { b, x, _ in b.log(b.to(1, x)) }, not: { b, x, _ in b.log(b.to(2, x)) }),
  RuleCase.pair(
    "log-one-minus", { b, x, _ in b.log(b.from(1, x)) },
    not: { b, x, _ in b.log(b.from(2, x)) }),
  RuleCase.pair(
    "log-over-one-plus", { b, x, _ in b.log(b.reciprocal(b.to(1, x))) },
    not: { b, x, _ in b.log(b.reciprocal(b.to(2, x))) }),
  RuleCase.pair(
    "exp-minus-one", { b, x, _ in b.to(-1, b.exp(x)) }, not: { b, x, _ in b.to(-2, b.exp(x)) }),
  RuleCase.pair(
    "one-minus-exp", { b, x, _ in b.from(1, b.exp(x)) },
    not: { b, x, _ in b.from(-1, b.exp(x)) }),
  RuleCase.pair(
    "over-exp", { b, x, _ in b.reciprocal(b.exp(x)) },
    not: { b, x, y in b.divide(y, b.exp(x)) }),
  RuleCase.pair(
    "log-add-exp", { b, x, y in b.log(b.add(b.exp(x), b.exp(y))) },
    not: { b, x, y in b.log(b.add(b.exp(x), y)) }),
  RuleCase.pair(
    "log-of-exponentials",
    { b, x, y in b.log(b.multiply(b.exp(x), b.divide(b.sigmoid(y), b.k(2, x)))) },
    not: { b, x, y in b.log(b.multiply(b.exp(x), y)) }),
  RuleCase.pair(
    "log-of-exponentials",
    { b, x, y in b.log(b.add(b.exp(y), b.onePlusExp(x))) },
    not: { b, x, y in b.log(b.add(y, b.onePlusExp(x))) }),
  RuleCase.pair(
    "log-of-exponentials",
    { b, x, y in b.log(b.add(b.exp(b.sin(x)), b.add(b.exp(y), b.exp(x)))) },
    not: { b, x, _ in b.log(b.multiply(b.k(-2, x), b.exp(x))) }),
  RuleCase.pair(
    "log-of-exponentials",
    { b, x, y in b.log(b.multiply(b.square(of: b.exp(x)), b.sqrt(b.sigmoid(y)))) },
    not: { b, x, y in b.log(b.power(b.exp(x), y)) }),
  RuleCase.pair(
    "log-of-exponentials", { b, x, _ in b.log(b.power(b.exp(x), b.k(2.5, x))) },
    not: { b, x, _ in b.log(b.power(x, b.k(2.5, x))) }),
  RuleCase.shaped("log-of-exponentials", .f64(.m, .n)) { b, v in
    b.log(b.reduceSum(b.exp(v[0]), axes: [1]))
  },
  RuleCase.shaped("log-of-exponentials", .f64(.m, .n)) { b, v in
    b.log(b.emit(.transpose, [b.softmax(v[0], axes: [1])], .axes([1, 0])))
  },
].flatMap { $0 }

private let errorFunctionCases: [RuleCase] = [
  RuleCase.pair(
    "one-minus-erf", { b, x, _ in b.from(1, b.erf(x)) }, not: { b, x, _ in b.from(2, b.erf(x)) }),
  RuleCase.pair(
    "erf-minus-one", { b, x, _ in b.to(-1, b.erf(x)) }, not: { b, x, _ in b.to(2, b.erf(x)) }),
  RuleCase.pair(
    "one-plus-erf", { b, x, _ in b.to(1, b.erf(x)) }, not: { b, x, _ in b.to(1, b.erfc(x)) }),
  RuleCase.pair(
    "multiple-minus-erf",
    { b, x, _ in b.from(0.5, b.multiply(b.k(0.5, x), b.erf(x))) },
    not: { b, x, _ in b.from(0.5, b.multiply(b.k(0.25, x), b.erf(x))) }),
  RuleCase.pair(
    "multiple-plus-erf",
    { b, x, _ in b.to(0.5, b.multiply(b.k(0.5, x), b.erf(x))) },
    not: { b, x, _ in b.to(0.5, b.multiply(b.k(-0.5, x), b.erf(x))) }),
  RuleCase.pair(
    "one-minus-erfc", { b, x, _ in b.from(1, b.erfc(x)) },
    not: { b, x, _ in b.from(2, b.erfc(x)) }),
  RuleCase.pair(
    "erfc-minus-one", { b, x, _ in b.to(-1, b.erfc(x)) },
    not: { b, x, _ in b.to(-2, b.erfc(x)) }),
  RuleCase.pair(
    "two-minus-erfc", { b, x, _ in b.from(2, b.erfc(x)) },
    not: { b, x, _ in b.from(2, b.erf(x)) }),
  RuleCase.pair(
    "erfc-minus-two", { b, x, _ in b.to(-2, b.erfc(x)) }, not: { b, x, _ in b.to(2, b.erfc(x)) }),
  RuleCase.pair(
    "one-minus-half-erfc", { b, x, _ in b.from(1, b.times(0.5, b.erfc(x))) },
    not: { b, x, _ in b.from(1, b.times(2, b.erfc(x))) }),
  RuleCase.pair(
    "log-erfc", { b, x, _ in b.log(b.erfc(x)) }, not: { b, x, _ in b.log(b.erf(x)) }),
  RuleCase.pair(
    "log1p-erf", { b, x, _ in b.log1p(b.negate(b.erf(x))) },
    not: { b, x, _ in b.log1p(b.erf(x)) }),
].flatMap { $0 }

private let rowCases: [RuleCase] = [
  RuleCase.shaped("log-softmax", .f64(.m, .n)) { b, v in b.log(b.softmax(v[0], axes: [1])) },
  RuleCase.shaped("log-softmax", .f64(.m, .n), fires: false) { b, v in
    b.log1p(b.softmax(v[0], axes: [1]))
  },
  RuleCase.shaped("exp-log-softmax", .f64(.m, .n)) { b, v in
    b.exp(b.logSoftmax(v[0], axes: [0]))
  },
  RuleCase.shaped("exp-log-softmax", .f64(.m, .n), fires: false) { b, v in
    b.exp(b.softmax(v[0], axes: [0]))
  },
  RuleCase.shaped("one-minus-softmax", .f64(.m, .n)) { b, v in
    b.from(1, b.softmax(v[0], axes: [1]))
  },
  RuleCase.shaped("one-minus-softmax", .f64(.m, .n), fires: false) { b, v in
    b.from(2, b.softmax(v[0], axes: [1]))
  },
  shareCases, shiftCases, pickedCases,
].flatMap { $0 }

/// One element of each row beside the logarithm of its sum.
private let pickedCases: [RuleCase] = [
  RuleCase.shaped("logsumexp-minus-picked", .f64(.n, .n)) { b, v in
    b.subtract(b.logSumExp(v[0], axes: [1]), b.picked(v[0], b.arange(.n), b.arange(.n)))
  },
  RuleCase.shaped("logsumexp-minus-picked", .f64(.n, .n)) { b, v in
    b.subtract(b.picked(v[0], b.arange(.n), b.arange(.n)), b.logSumExp(v[0], axes: [1]))
  },
  RuleCase.shaped("logsumexp-minus-picked", .f64(.n)) { b, v in
    b.subtract(b.logSumExp(v[0], axes: [0]), b.picked(v[0], b.literal(.int(-1), .i64)))
  },
  RuleCase.shaped("logsumexp-minus-picked", .f64(.n, .n), fires: false) { b, v in
    b.subtract(b.logSumExp(v[0], axes: [0]), b.picked(v[0], b.arange(.n), b.arange(.n)))
  },
  RuleCase.shaped("logsumexp-minus-picked", .f64(.n, .n), fires: false) { b, v in
    let rows = b.flip(b.arange(.n), axes: [0])
    return b.subtract(b.logSumExp(v[0], axes: [1]), b.picked(v[0], rows, b.arange(.n)))
  },
].flatMap { $0 }

extension Builder {
  /// The elements at some positions along the first axes.
  fileprivate mutating func picked(_ x: Value, _ positions: Value...) -> Value {
    emit(.gather, [x] + positions, .picking(Picking(axes: Array(positions.indices), place: 0)))
  }
}

/// Exponentials over their sums, which stand beside their rows or not.
private let shareCases: [RuleCase] = [
  RuleCase.shaped("exp-over-sum", .f64(.m, .n)) { b, v in
    let e = b.exp(v[0])
    return b.divide(e, b.reduceSum(e, axes: [1], keepDims: true))
  },
  RuleCase.shaped("exp-over-sum", .f64(.m, .n)) { b, v in
    let e = b.exp(v[0])
    return b.divide(e, b.reduceSum(e, axes: [0]))
  },
  RuleCase.shaped("exp-over-sum", .f64(.m, .n)) { b, v in
    let e = b.exp(v[0])
    return b.multiply(b.reciprocal(b.reduceSum(e, axes: [0, 1])), e)
  },
  RuleCase.shaped("exp-over-sum", .f64(.m, .n)) { b, v in
    let e = b.exp(v[0])
    return b.divide(e, b.emit(.expandDims, [b.reduceSum(e, axes: [1])], .axes([1])))
  },
  // The sums of rows lie beside the columns here.
  RuleCase.shaped("exp-over-sum", .f64(.n, .n), fires: false) { b, v in
    let e = b.exp(v[0])
    return b.divide(e, b.reduceSum(e, axes: [1]))
  },
  RuleCase.shaped("exp-over-sum", .f64(.m, .n), .f64(.m, .n), fires: false) { b, v in
    b.divide(b.exp(v[1]), b.reduceSum(b.exp(v[0]), axes: [1], keepDims: true))
  },
  RuleCase.shaped("minus-logsumexp", .f64(.m, .n)) { b, v in
    b.subtract(v[0], b.logSumExp(v[0], axes: [1], keepDims: true))
  },
  RuleCase.shaped("minus-logsumexp", .f64(.n)) { b, v in
    b.subtract(v[0], b.logSumExp(v[0], axes: [0]))
  },
  RuleCase.shaped("minus-logsumexp", .f64(.n, .n), fires: false) { b, v in
    b.subtract(v[0], b.logSumExp(v[0], axes: [1]))
  },
  RuleCase.shaped("minus-logsumexp", .f64(.m, .n, .k)) { b, v in
    b.subtract(v[0], b.reshape(b.logSumExp(v[0], axes: [1, 2]), to: [.m, 1, 1]))
  },
  RuleCase.shaped("minus-logsumexp", .f64(.n, .n), fires: false) { b, v in
    b.subtract(v[0], b.reshape(b.logSumExp(v[0], axes: [1]), to: [1, .n]))
  },
  RuleCase.shaped("sum-over-exp", .f64(.m, .n)) { b, v in
    b.divide(b.reduceSum(b.exp(v[0]), axes: [1], keepDims: true), b.exp(v[0]))
  },
  RuleCase.shaped("sum-over-exp", .f64(.n, .n), fires: false) { b, v in
    b.divide(b.reduceSum(b.exp(v[0]), axes: [1]), b.exp(v[0]))
  },
  RuleCase.shaped("logsumexp-minus", .f64(.m, .n)) { b, v in
    b.subtract(b.logSumExp(v[0], axes: [1], keepDims: true), v[0])
  },
  RuleCase.shaped("logsumexp-minus", .f64(.n, .n), fires: false) { b, v in
    b.subtract(b.logSumExp(v[0], axes: [1]), v[0])
  },
].flatMap { $0 }

/// Rows with their maximum subtracted by hand.
private let shiftCases: [RuleCase] = [
  RuleCase.shaped("softmax-shifted", .f64(.m, .n)) { b, v in
    let top = b.reduceMax(v[0], axes: [1], keepDims: true)
    return b.softmax(b.subtract(v[0], top), axes: [1])
  },
  RuleCase.shaped("softmax-shifted", .f64(.n, .n), fires: false) { b, v in
    let top = b.reduceMax(v[0], axes: [1])
    return b.softmax(b.subtract(v[0], top), axes: [1])
  },
  RuleCase.shaped("logsumexp-shifted", .f64(.m, .n)) { b, v in
    let top = b.reduceMax(v[0], axes: [1], keepDims: true)
    return b.add(top, b.logSumExp(b.subtract(v[0], top), axes: [1], keepDims: true))
  },
  RuleCase.shaped("logsumexp-shifted", .f64(.m, .n)) { b, v in
    let top = b.reduceMax(v[0], axes: [1], keepDims: true)
    let sum = b.logSumExp(b.subtract(v[0], top), axes: [1])
    return b.add(sum, b.squeeze(top, axes: [1]))
  },
  RuleCase.shaped("logsumexp-shifted", .f64(.n)) { b, v in
    let top = b.reduceMax(v[0], axes: [0])
    return b.add(b.logSumExp(b.subtract(v[0], top), axes: [0]), top)
  },
  // Only one of both is held constant: the derivatives do not cancel.
  RuleCase.shaped("logsumexp-shifted", .f64(.n), fires: false) { b, v in
    let top = b.reduceMax(v[0], axes: [0])
    let held = b.emit(.stopGradient, [top])
    return b.add(b.logSumExp(b.subtract(v[0], held), axes: [0]), top)
  },
].flatMap { $0 }
