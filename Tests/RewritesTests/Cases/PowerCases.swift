import GraphIR
import Ops
import Support

let powerCases: [RuleCase] = exponentCases + functionCases

private let exponentCases: [RuleCase] = [
  RuleCase.elementwise("pow-one", .numbers) { b, v in b.power(v[0], b.k(1, v[0])) },
  RuleCase.silent("pow-one", .numbers) { b, v in b.power(v[0], b.k(2, v[0])) },
  RuleCase.elementwise("pow-zero", .numbers) { b, v in b.power(v[0], b.k(0, v[0])) },
  RuleCase.silent("pow-zero", .numbers) { b, v in b.power(v[0], b.k(1, v[0])) },
  RuleCase.elementwise("one-pow", .floats) { b, v in b.power(b.k(1, v[0]), v[0]) },
  RuleCase.silent("one-pow", .numbers) { b, v in b.power(v[0], b.k(1, v[0])) },
  RuleCase.silent("one-pow", .integers) { b, v in b.power(b.k(1, v[0]), v[0]) },
  RuleCase.elementwise("pow-two", .numbers) { b, v in b.power(v[0], b.k(2, v[0])) },
  RuleCase.silent("pow-two", .numbers) { b, v in b.power(v[0], b.k(3, v[0])) },
  RuleCase.elementwise("pow-minus-one", .floats) { b, v in b.power(v[0], b.k(-1, v[0])) },
  RuleCase.silent("pow-minus-one", .floats) { b, v in b.power(v[0], b.k(1, v[0])) },
  RuleCase.silent("pow-minus-one", [.i64]) { b, v in b.power(v[0], b.k(-1, v[0])) },
  RuleCase.elementwise("pow-half", .floats) { b, v in b.power(b.abs(v[0]), b.k(0.5, v[0])) },
  RuleCase.elementwise("pow-half", .floats, [.number, .number]) { b, v in
    b.power(b.add(b.square(of: v[0]), b.abs(v[1])), b.k(0.5, v[0]))
  },
  RuleCase.silent("pow-half", .floats) { b, v in b.power(v[0], b.k(0.5, v[0])) },
  RuleCase.elementwise("pow-half-signed", .floats) { b, v in b.power(v[0], b.k(0.5, v[0])) },
  RuleCase.silent("pow-half-signed", .floats) { b, v in b.power(v[0], b.k(1.5, v[0])) },
  RuleCase.elementwise("pow-minus-half", .floats) { b, v in
    b.power(b.abs(v[0]), b.k(-0.5, v[0]))
  },
  RuleCase.silent("pow-minus-half", .floats) { b, v in b.power(v[0], b.k(-0.5, v[0])) },
  RuleCase.elementwise("pow-integer", .numbers) { b, v in b.power(v[0], b.k(3, v[0])) },
  RuleCase.elementwise("pow-integer", .numbers) { b, v in b.power(v[0], b.k(8, v[0])) },
  RuleCase.elementwise("pow-integer", .floats) { b, v in b.power(v[0], b.k(-2, v[0])) },
  RuleCase.elementwise("pow-integer", .floats) { b, v in b.power(v[0], b.k(-7, v[0])) },
  RuleCase.elementwise("pow-integer", .floats) { b, v in b.power(v[0], b.k(32, v[0])) },
  RuleCase.elementwise("pow-integer", [.i64, .u8]) { b, v in b.power(v[0], b.k(63, v[0])) },
  RuleCase.silent("pow-integer", .floats) { b, v in b.power(v[0], b.k(33, v[0])) },
  RuleCase.silent("pow-integer", .floats) { b, v in b.power(v[0], b.k(2.5, v[0])) },
  RuleCase.silent("pow-integer", [.i64]) { b, v in b.power(v[0], b.k(-2, v[0])) },
  RuleCase.silent("pow-integer", .floats, [.number, .number]) { b, v in b.power(v[0], v[1]) },
  RuleCase.elementwise("two-pow", .floats) { b, v in b.power(b.k(2, v[0]), v[0]) },
  RuleCase.silent("two-pow", .floats) { b, v in b.power(b.k(3, v[0]), v[0]) },
  RuleCase.silent("two-pow", .integers) { b, v in b.power(b.k(2, v[0]), v[0]) },
].flatMap { $0 }

private let functionCases: [RuleCase] = [
  RuleCase.elementwise("abs-abs", .numbers) { b, v in b.abs(b.abs(v[0])) },
  RuleCase.silent("abs-abs", .numbers) { b, v in b.abs(b.sign(v[0])) },
  RuleCase.elementwise("abs-negated", .floats + [.i64, .i8]) { b, v in
    b.abs(b.negate(v[0]))
  },
  RuleCase.silent("abs-negated", [.u8, .u64]) { b, v in b.abs(b.negate(v[0])) },
  RuleCase.silent("abs-negated", .numbers) { b, v in b.negate(b.abs(v[0])) },
  RuleCase.elementwise("abs-square", .floats) { b, v in b.abs(b.square(of: v[0])) },
  RuleCase.silent("abs-square", .integers) { b, v in b.abs(b.square(of: v[0])) },
  RuleCase.elementwise("square-negated", .numbers) { b, v in b.square(of: b.negate(v[0])) },
  RuleCase.silent("square-negated", .numbers) { b, v in b.negate(b.square(of: v[0])) },
  RuleCase.elementwise("square-abs", .numbers) { b, v in b.square(of: b.abs(v[0])) },
  RuleCase.silent("square-abs", .numbers) { b, v in b.abs(b.square(of: v[0])) },
  RuleCase.elementwise("maximum-self", .numbers) { b, v in b.maximum(v[0], v[0]) },
  RuleCase.silent("maximum-self", .numbers, [.number, .number]) { b, v in
    b.maximum(v[0], v[1])
  },
  RuleCase.elementwise("minimum-self", .numbers) { b, v in b.minimum(v[0], v[0]) },
  RuleCase.silent("minimum-self", .numbers, [.number, .number]) { b, v in
    b.minimum(v[0], v[1])
  },
  RuleCase.elementwise("round-whole", .floats) { b, v in
    b.emit(.floor, [b.emit(.round, [v[0]])])
  },
  RuleCase.elementwise("round-whole", .integers) { b, v in b.emit(.ceil, [v[0]]) },
  RuleCase.silent("round-whole", .floats) { b, v in b.emit(.trunc, [v[0]]) },
].flatMap { $0 }
