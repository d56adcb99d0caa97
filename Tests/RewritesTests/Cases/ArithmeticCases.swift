import GraphIR
import Ops
import Support

let additionCases: [RuleCase] = sumCases + differenceCases + negationCases

private let sumCases: [RuleCase] = [
  RuleCase.elementwise("add-zero", .numbers) { b, v in b.add(b.k(0, v[0]), v[0]) },
  RuleCase.silent("add-zero", .floats) { b, v in b.add(b.k(-0.0, v[0]), v[0]) },
  RuleCase.silent("add-zero", .numbers) { b, v in b.add(b.k(1, v[0]), v[0]) },
  RuleCase.elementwise("add-minus-zero", .floats) { b, v in b.add(b.k(-0.0, v[0]), v[0]) },
  RuleCase.silent("add-minus-zero", .numbers) { b, v in b.add(b.k(0, v[0]), v[0]) },
  RuleCase.elementwise("add-self", .numbers) { b, v in b.add(v[0], v[0]) },
  RuleCase.silent("add-self", .numbers + [.bool], [.number, .number]) { b, v in
    b.add(v[0], v[1])
  },
  RuleCase.silent("add-self", [.bool]) { b, v in b.add(v[0], v[0]) },
  RuleCase.elementwise("add-negated", .numbers, [.number, .number]) { b, v in
    b.add(v[0], b.negate(v[1]))
  },
  RuleCase.elementwise("add-negated", .numbers, [.number, .number]) { b, v in
    b.add(b.negate(v[1]), v[0])
  },
  RuleCase.silent("add-negated", .numbers, [.number, .number]) { b, v in
    b.add(v[0], b.abs(v[1]))
  },
  RuleCase.elementwise("add-collect", .numbers) { b, v in
    b.add(b.k(3, v[0]), b.add(b.k(2, v[0]), v[0]))
  },
  RuleCase.elementwise("add-collect", .floats) { b, v in
    b.add(b.k(-3, v[0]), b.add(b.k(2.5, v[0]), v[0]))
  },
  // 1e-20 + 1 is not exact, and an inner 1e308 may overflow where the sum does not.
  RuleCase.silent("add-collect", .floats) { b, v in
    b.add(b.k(1e-7, v[0]), b.add(b.k(1, v[0]), v[0]))
  },
  RuleCase.silent("add-collect", [.f64]) { b, v in
    b.add(b.k(-1e308, v[0]), b.add(b.k(1e308, v[0]), v[0]))
  },
  RuleCase.elementwise("add-collect-difference", .numbers) { b, v in
    b.add(b.k(3, v[0]), b.subtract(b.k(2, v[0]), v[0]))
  },
  RuleCase.silent("add-collect-difference", .floats) { b, v in
    b.add(b.k(1e-7, v[0]), b.subtract(b.k(1, v[0]), v[0]))
  },
  RuleCase.elementwise("add-multiple", .numbers) { b, v in
    b.add(v[0], b.multiply(b.k(3, v[0]), v[0]))
  },
  RuleCase.elementwise("add-multiple", .floats) { b, v in
    b.add(b.multiply(b.k(0.5, v[0]), v[0]), v[0])
  },
  RuleCase.silent("add-multiple", .floats) { b, v in
    b.add(v[0], b.multiply(b.k(-2, v[0]), v[0]))
  },
  RuleCase.silent("add-multiple", .floats) { b, v in
    b.add(v[0], b.multiply(b.k(1e-7, v[0]), v[0]))
  },
  RuleCase.elementwise("add-multiples", .numbers) { b, v in
    b.add(b.multiply(b.k(3, v[0]), v[0]), b.multiply(b.k(5, v[0]), v[0]))
  },
  RuleCase.elementwise("add-branches", [.f64, .f32], [.mask, .number, .number]) { b, v in
    b.add(b.select(v[0], v[1], b.k(0, v[1])), b.select(v[0], b.k(0, v[2]), v[2]))
  },
  RuleCase.silent("add-branches", [.f64], [.mask, .number, .number]) { b, v in
    b.add(b.select(v[0], v[1], b.k(0, v[1])), b.select(v[0], v[2], b.k(0, v[2])))
  },
  RuleCase.silent("add-multiples", .floats) { b, v in
    b.add(b.multiply(b.k(3, v[0]), v[0]), b.multiply(b.k(-5, v[0]), v[0]))
  },
].flatMap { $0 }

private let differenceCases: [RuleCase] = [
  RuleCase.elementwise("sub-zero", .numbers) { b, v in b.subtract(v[0], b.k(0, v[0])) },
  RuleCase.silent("sub-zero", .floats) { b, v in b.subtract(v[0], b.k(-0.0, v[0])) },
  RuleCase.elementwise("sub-minus-zero", .floats) { b, v in b.subtract(v[0], b.k(-0.0, v[0])) },
  RuleCase.silent("sub-minus-zero", .numbers) { b, v in b.subtract(v[0], b.k(0, v[0])) },
  RuleCase.elementwise("zero-sub", .numbers) { b, v in b.subtract(b.k(0, v[0]), v[0]) },
  RuleCase.silent("zero-sub", .numbers) { b, v in b.subtract(b.k(1, v[0]), v[0]) },
  RuleCase.elementwise("sub-self", .integers) { b, v in b.subtract(v[0], v[0]) },
  RuleCase.silent("sub-self", .floats) { b, v in b.subtract(v[0], v[0]) },
  RuleCase.elementwise("sub-negated", .numbers, [.number, .number]) { b, v in
    b.subtract(v[0], b.negate(v[1]))
  },
  RuleCase.silent("sub-negated", .numbers, [.number, .number]) { b, v in
    b.subtract(b.negate(v[0]), v[1])
  },
  RuleCase.elementwise("sub-constant", .floats + [.i64, .i8]) { b, v in
    b.subtract(v[0], b.k(3, v[0]))
  },
  RuleCase.silent("sub-constant", [.u8, .u64]) { b, v in b.subtract(v[0], b.k(3, v[0])) },
  RuleCase.elementwise("sub-collect", .numbers) { b, v in
    b.subtract(b.k(7, v[0]), b.add(b.k(2, v[0]), v[0]))
  },
  RuleCase.silent("sub-collect", .floats) { b, v in
    b.subtract(b.k(1e-7, v[0]), b.add(b.k(2, v[0]), v[0]))
  },
  RuleCase.elementwise("sub-collect-difference", .numbers) { b, v in
    b.subtract(b.k(7, v[0]), b.subtract(b.k(2, v[0]), v[0]))
  },
  RuleCase.silent("sub-collect-difference", .floats) { b, v in
    b.subtract(b.k(1e-7, v[0]), b.subtract(b.k(2, v[0]), v[0]))
  },
].flatMap { $0 }

private let negationCases: [RuleCase] = [
  RuleCase.elementwise("neg-neg", .numbers) { b, v in b.negate(b.negate(v[0])) },
  RuleCase.silent("neg-neg", .numbers) { b, v in b.negate(b.abs(v[0])) },
  RuleCase.elementwise("neg-sub", .numbers, [.number, .number]) { b, v in
    b.negate(b.subtract(v[0], v[1]))
  },
  RuleCase.silent("neg-sub", .numbers, [.number, .number]) { b, v in
    b.negate(b.add(v[0], v[1]))
  },
  RuleCase.elementwise("neg-multiple", .numbers) { b, v in
    b.negate(b.multiply(b.k(3, v[0]), v[0]))
  },
  RuleCase.silent("neg-multiple", .numbers, [.number, .number]) { b, v in
    b.negate(b.multiply(v[0], v[1]))
  },
  RuleCase.elementwise("neg-over", .floats) { b, v in b.negate(b.divide(b.k(3, v[0]), v[0])) },
  RuleCase.silent("neg-over", .floats, [.number, .number]) { b, v in
    b.negate(b.divide(v[0], v[1]))
  },
  RuleCase.elementwise("neg-multiple-product", .numbers, [.number, .number]) { b, v in
    b.negate(b.multiply(b.multiply(b.k(3, v[0]), v[0]), v[1]))
  },
  RuleCase.silent("neg-multiple-product", .numbers, [.number, .number]) { b, v in
    b.negate(b.multiply(b.add(b.k(3, v[0]), v[0]), v[1]))
  },
  RuleCase.elementwise("neg-over-product", .floats, [.number, .number]) { b, v in
    b.negate(b.multiply(v[1], b.divide(b.k(3, v[0]), v[0])))
  },
  RuleCase.silent("neg-over-product", .floats, [.number, .number]) { b, v in
    b.negate(b.multiply(v[1], b.divide(v[0], b.k(3, v[0]))))
  },
  RuleCase.elementwise("neg-divided", .floats) { b, v in
    b.negate(b.divide(v[0], b.k(3, v[0])))
  },
  RuleCase.silent("neg-divided", .floats, [.number, .number]) { b, v in
    b.negate(b.divide(v[0], v[1]))
  },
].flatMap { $0 }
