import GraphIR
import Ops
import Support

let multiplicationCases: [RuleCase] = productCases + quotientCases

private let productCases: [RuleCase] = [
  RuleCase.elementwise("mul-one", .numbers) { b, v in b.multiply(b.k(1, v[0]), v[0]) },
  RuleCase.elementwise("mul-one", .floats) { b, v in
    let ones = b.broadcast(b.literal(1.0, like: v[0]), to: b.shape(v[0]))
    return b.multiply(ones, v[0])
  },
  RuleCase.silent("mul-one", .numbers) { b, v in b.multiply(b.k(2, v[0]), v[0]) },
  RuleCase.elementwise("mul-minus-one", .floats + [.i64, .i8]) { b, v in
    b.multiply(b.k(-1, v[0]), v[0])
  },
  RuleCase.silent("mul-minus-one", .numbers) { b, v in b.multiply(b.k(1, v[0]), v[0]) },
  RuleCase.elementwise("mul-zero", .integers) { b, v in b.multiply(b.k(0, v[0]), v[0]) },
  RuleCase.silent("mul-zero", .floats) { b, v in b.multiply(b.k(0, v[0]), v[0]) },
  RuleCase.elementwise("mul-self", .numbers) { b, v in b.multiply(v[0], v[0]) },
  RuleCase.silent("mul-self", .numbers, [.number, .number]) { b, v in b.multiply(v[0], v[1]) },
  RuleCase.silent("mul-self", [.bool]) { b, v in b.multiply(v[0], v[0]) },
  RuleCase.elementwise("mul-negated-constant", .numbers) { b, v in
    b.multiply(b.k(3, v[0]), b.negate(v[0]))
  },
  RuleCase.silent("mul-negated-constant", .numbers, [.number, .number]) { b, v in
    b.multiply(v[1], b.negate(v[0]))
  },
  RuleCase.elementwise("mul-negated", .numbers, [.number, .number]) { b, v in
    b.multiply(b.negate(v[0]), v[1])
  },
  RuleCase.silent("mul-negated", .numbers, [.number, .number]) { b, v in
    b.multiply(b.abs(v[0]), v[1])
  },
  RuleCase.elementwise("mul-collect", .numbers) { b, v in
    b.multiply(b.k(3, v[0]), b.multiply(b.k(5, v[0]), v[0]))
  },
  RuleCase.elementwise("mul-collect", .floats) { b, v in
    b.multiply(b.k(3, v[0]), b.multiply(b.k(0.1, v[0]), v[0]))
  },
  // The inner product may overflow where the whole does not, or the constant may.
  RuleCase.silent("mul-collect", .floats) { b, v in
    b.multiply(b.k(0.5, v[0]), b.multiply(b.k(2, v[0]), v[0]))
  },
  RuleCase.silent("mul-collect", [.f64]) { b, v in
    b.multiply(b.k(1e200, v[0]), b.multiply(b.k(1e200, v[0]), v[0]))
  },
  RuleCase.silent("mul-collect", [.f64]) { b, v in
    b.multiply(b.k(1e-200, v[0]), b.multiply(b.k(1e-200, v[0]), v[0]))
  },
  RuleCase.elementwise("mul-divided", .floats) { b, v in
    b.multiply(b.k(3, v[0]), b.divide(v[0], b.k(7, v[0])))
  },
  RuleCase.silent("mul-divided", .floats) { b, v in
    b.multiply(b.k(0.5, v[0]), b.divide(v[0], b.k(0.3, v[0])))
  },
  RuleCase.elementwise("mul-over", .floats) { b, v in
    b.multiply(b.k(3, v[0]), b.divide(b.k(7, v[0]), v[0]))
  },
  RuleCase.silent("mul-over", .floats) { b, v in
    b.multiply(b.k(0.5, v[0]), b.divide(b.k(7, v[0]), v[0]))
  },
  RuleCase.elementwise("mul-reciprocal", .floats) { b, v in
    b.multiply(b.k(3, v[0]), b.reciprocal(of: v[0]))
  },
  RuleCase.silent("mul-reciprocal", .floats) { b, v in
    b.multiply(b.k(0.5, v[0]), b.reciprocal(of: v[0]))
  },
].flatMap { $0 }

private let quotientCases: [RuleCase] = [
  RuleCase.elementwise("div-one", .floats) { b, v in b.divide(v[0], b.k(1, v[0])) },
  RuleCase.silent("div-one", .floats) { b, v in b.divide(b.k(1, v[0]), v[0]) },
  RuleCase.elementwise("div-minus-one", .floats) { b, v in b.divide(v[0], b.k(-1, v[0])) },
  RuleCase.silent("div-minus-one", .floats) { b, v in b.divide(v[0], b.k(1, v[0])) },
  RuleCase.elementwise("one-div", .floats) { b, v in b.divide(b.k(1, v[0]), v[0]) },
  RuleCase.silent("one-div", .floats) { b, v in b.divide(b.k(2, v[0]), v[0]) },
  RuleCase.elementwise("div-power-of-two", .floats) { b, v in b.divide(v[0], b.k(8, v[0])) },
  RuleCase.elementwise("div-power-of-two", .floats) { b, v in
    b.divide(v[0], b.k(-0.25, v[0]))
  },
  RuleCase.silent("div-power-of-two", .floats) { b, v in b.divide(v[0], b.k(3, v[0])) },
  RuleCase.silent("div-power-of-two", .floats) { b, v in b.divide(v[0], b.k(0, v[0])) },
  RuleCase.silent("div-power-of-two", [.f64]) { b, v in b.divide(v[0], b.k(0x1p-1023, v[0])) },
  RuleCase.silent("div-power-of-two", [.f16]) { b, v in b.divide(v[0], b.k(0x1p15, v[0])) },
  RuleCase.elementwise("div-negated-by-constant", .floats) { b, v in
    b.divide(b.negate(v[0]), b.k(3, v[0]))
  },
  RuleCase.silent("div-negated-by-constant", .floats, [.number, .number]) { b, v in
    b.divide(b.negate(v[0]), v[1])
  },
  RuleCase.elementwise("div-constant-by-negated", .floats) { b, v in
    b.divide(b.k(3, v[0]), b.negate(v[0]))
  },
  RuleCase.silent("div-constant-by-negated", .floats, [.number, .number]) { b, v in
    b.divide(v[1], b.negate(v[0]))
  },
  RuleCase.elementwise("negated-div", .floats, [.number, .number]) { b, v in
    b.divide(b.negate(v[0]), v[1])
  },
  RuleCase.silent("negated-div", .floats, [.number, .number]) { b, v in
    b.divide(v[0], b.negate(v[1]))
  },
  RuleCase.elementwise("div-by-negated", .floats, [.number, .number]) { b, v in
    b.divide(v[0], b.negate(v[1]))
  },
  RuleCase.silent("div-by-negated", .floats, [.number, .number]) { b, v in
    b.divide(b.negate(v[0]), v[1])
  },
  RuleCase.elementwise("div-collect", .floats) { b, v in
    b.divide(b.divide(v[0], b.k(3, v[0])), b.k(7, v[0]))
  },
  RuleCase.silent("div-collect", .floats) { b, v in
    b.divide(b.divide(v[0], b.k(0.3, v[0])), b.k(7, v[0]))
  },
  RuleCase.elementwise("div-multiple", .floats) { b, v in
    b.divide(b.multiply(b.k(0.3, v[0]), v[0]), b.k(7, v[0]))
  },
  RuleCase.silent("div-multiple", .floats) { b, v in
    b.divide(b.multiply(b.k(3, v[0]), v[0]), b.k(7, v[0]))
  },
].flatMap { $0 }
