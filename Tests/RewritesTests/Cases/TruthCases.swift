import GraphIR
import Ops
import Support

let selectionCases: [RuleCase] = plainSelectionCases + maskCases

private let two: [Kind] = [.mask, .number, .number]

private let plainSelectionCases: [RuleCase] = [
  RuleCase.elementwise("where-true", [.f64, .i64], [.number, .number]) { b, v in
    b.select(b.truth(true), v[0], v[1])
  },
  RuleCase.elementwise("where-true", [.f64]) { b, v in
    b.select(b.truth(true), b.k(1, v[0]), v[0])
  },
  RuleCase.silent("where-true", [.f64], two) { b, v in b.select(v[0], v[1], v[2]) },
  RuleCase.silent("where-true", [.f64], [.number, .number]) { b, v in
    b.select(b.truth(false), v[0], v[1])
  },
  RuleCase.elementwise("where-false", [.f64, .i64], [.number, .number]) { b, v in
    b.select(b.truth(false), v[0], v[1])
  },
  RuleCase.silent("where-false", [.f64], [.number, .number]) { b, v in
    b.select(b.truth(true), v[0], v[1])
  },
  RuleCase.elementwise("where-same", [.f64, .i64, .bool], [.mask, .number]) { b, v in
    b.select(v[0], v[1], v[1])
  },
  RuleCase.silent("where-same", [.f64], two) { b, v in b.select(v[0], v[1], v[2]) },
  RuleCase.elementwise("where-not", [.f64, .i64], two) { b, v in
    b.select(b.not(v[0]), v[1], v[2])
  },
  RuleCase.silent("where-not", [.f64], two) { b, v in b.select(v[0], v[1], v[2]) },
  RuleCase.elementwise("where-of-truth", [.bool]) { b, v in
    b.select(v[0], b.truth(true), b.truth(false))
  },
  RuleCase.silent("where-of-truth", [.f64], [.mask, .number]) { b, v in
    b.select(v[0], b.k(1, v[1]), b.k(0, v[1]))
  },
  RuleCase.elementwise("where-of-falsehood", [.bool]) { b, v in
    b.select(v[0], b.truth(false), b.truth(true))
  },
  RuleCase.silent("where-of-falsehood", [.bool]) { b, v in
    b.select(v[0], b.truth(true), b.truth(false))
  },
  RuleCase.elementwise("where-or", [.bool], [.number, .number]) { b, v in
    b.select(v[0], b.truth(true), v[1])
  },
  RuleCase.silent("where-or", [.bool], [.number, .number]) { b, v in
    b.select(v[0], v[1], b.truth(true))
  },
  RuleCase.elementwise("where-unequal", [.f64, .f32, .i64], [.number, .number]) { b, v in
    b.select(b.notEqual(v[0], v[1]), v[0], b.negate(v[1]))
  },
  RuleCase.silent("where-unequal", [.f64], [.number, .number]) { b, v in
    b.select(b.equal(v[0], v[1]), v[0], b.negate(v[1]))
  },
  RuleCase.elementwise("where-root", [.f64, .f32], [.number, .number]) { b, v in
    b.select(b.greaterEqual(v[0], b.k(0, v[0])), v[1], b.sqrt(v[0]))
  },
  RuleCase.silent("where-root", [.f64], [.number, .number]) { b, v in
    b.select(b.greaterEqual(v[1], b.k(0, v[0])), v[1], b.sqrt(v[0]))
  },
  RuleCase.elementwise("where-number", [.f64, .f32], [.number, .number]) { b, v in
    b.select(b.equal(v[0], v[0]), v[1], b.exp(v[0]))
  },
  RuleCase.silent("where-number", [.f64], [.number, .number]) { b, v in
    b.select(b.equal(v[0], v[1]), v[1], b.exp(v[0]))
  },
  RuleCase.elementwise("where-and", [.bool], [.number, .number]) { b, v in
    b.select(v[0], v[1], b.truth(false))
  },
  RuleCase.silent("where-and", [.f64], [.mask, .number]) { b, v in
    b.select(v[0], v[1], b.k(0, v[1]))
  },
].flatMap { $0 }

private let maskCases: [RuleCase] = [
  RuleCase.elementwise("where-implied", [.f64, .f32], two) { b, v in
    b.select(v[0], b.select(v[0], v[1], b.k(0, v[1])), b.k(0, v[1]))
  },
  RuleCase.elementwise("where-implied", [.f64], two) { b, v in
    b.select(v[0], v[1], b.select(v[0], v[1], v[2]))
  },
  RuleCase.elementwise("where-implied", [.f64], [.mask, .mask, .number, .number]) { b, v in
    b.select(b.and(v[0], v[1]), b.select(v[1], v[2], v[3]), b.k(7, v[3]))
  },
  RuleCase.elementwise("where-implied", [.f64], [.mask, .mask, .number, .number]) { b, v in
    b.select(b.or(v[0], b.not(v[1])), v[3], b.select(v[1], v[2], b.k(7, v[3])))
  },
  RuleCase.silent("where-implied", [.f64], [.mask, .mask, .number, .number]) { b, v in
    b.select(b.or(v[0], v[1]), b.select(v[1], v[2], v[3]), b.k(7, v[3]))
  },
  RuleCase.silent("where-implied", [.f64], [.mask, .mask, .number, .number]) { b, v in
    b.select(v[0], b.select(v[1], v[2], v[3]), v[3])
  },
  RuleCase.elementwise("where-below", [.f64, .f32], two) { b, v in
    b.select(v[0], b.multiply(b.select(v[0], v[1], b.k(0, v[1])), v[2]), b.k(0, v[1]))
  },
  RuleCase.elementwise("where-below", [.f64], two) { b, v in
    b.select(v[0], v[2], b.exp(b.select(v[0], v[1], v[2])))
  },
  RuleCase.elementwise("where-below", [.f64], two) { b, v in
    let mask = b.expandDims(v[0], axes: [0])
    let one = b.select(v[0], b.k(1, v[1]), b.k(0, v[1]))
    let product = b.multiply(b.expandDims(one, axes: [0]), b.expandDims(v[2], axes: [0]))
    return b.squeeze(b.select(mask, product, b.k(0, v[1])), axes: [0])
  },
  RuleCase.silent("where-below", [.f64], [.mask, .mask, .number]) { b, v in
    b.select(v[0], b.exp(b.select(v[1], v[2], b.k(0, v[2]))), b.k(0, v[2]))
  },
].flatMap { $0 }

let logicCases: [RuleCase] = connectiveCases + comparisonCases

private let connectiveCases: [RuleCase] = [
  RuleCase.elementwise("not-not", [.bool]) { b, v in b.not(b.not(v[0])) },
  RuleCase.silent("not-not", [.bool], [.number, .number]) { b, v in b.not(b.and(v[0], v[1])) },
  RuleCase.elementwise("and-true", [.bool]) { b, v in b.and(b.truth(true), v[0]) },
  RuleCase.silent("and-true", [.bool]) { b, v in b.or(b.truth(true), v[0]) },
  RuleCase.elementwise("and-false", [.bool]) { b, v in b.and(b.truth(false), v[0]) },
  RuleCase.silent("and-false", [.bool]) { b, v in b.and(b.truth(true), v[0]) },
  RuleCase.elementwise("and-self", [.bool]) { b, v in b.and(v[0], v[0]) },
  RuleCase.silent("and-self", [.bool], [.number, .number]) { b, v in b.and(v[0], v[1]) },
  RuleCase.elementwise("and-not", [.bool]) { b, v in b.and(b.not(v[0]), v[0]) },
  RuleCase.silent("and-not", [.bool], [.number, .number]) { b, v in b.and(v[0], b.not(v[1])) },
  RuleCase.elementwise("and-and", [.bool], [.number, .number]) { b, v in
    b.and(b.and(v[0], v[1]), v[1])
  },
  RuleCase.silent("and-and", [.bool], [.number, .number]) { b, v in
    b.and(b.or(v[0], v[1]), v[1])
  },
  RuleCase.elementwise("or-true", [.bool]) { b, v in b.or(b.truth(true), v[0]) },
  RuleCase.silent("or-true", [.bool]) { b, v in b.or(b.truth(false), v[0]) },
  RuleCase.elementwise("or-false", [.bool]) { b, v in b.or(b.truth(false), v[0]) },
  RuleCase.silent("or-false", [.bool]) { b, v in b.and(b.truth(false), v[0]) },
  RuleCase.elementwise("or-self", [.bool]) { b, v in b.or(v[0], v[0]) },
  RuleCase.silent("or-self", [.bool], [.number, .number]) { b, v in b.or(v[0], v[1]) },
  RuleCase.elementwise("or-not", [.bool]) { b, v in b.or(v[0], b.not(v[0])) },
  RuleCase.silent("or-not", [.bool], [.number, .number]) { b, v in b.or(v[0], b.not(v[1])) },
  RuleCase.elementwise("add-self-bool", [.bool]) { b, v in b.add(v[0], v[0]) },
  RuleCase.silent("add-self-bool", .numbers) { b, v in b.add(v[0], v[0]) },
  RuleCase.elementwise("mul-self-bool", [.bool]) { b, v in b.multiply(v[0], v[0]) },
  RuleCase.silent("mul-self-bool", .numbers) { b, v in b.multiply(v[0], v[0]) },
].flatMap { $0 }

private let pair: [Kind] = [.number, .number]

private let comparisonCases: [RuleCase] = [
  RuleCase.elementwise("not-equal", .numbers, pair) { b, v in b.not(b.equal(v[0], v[1])) },
  RuleCase.silent("not-equal", .numbers, pair) { b, v in b.not(b.less(v[0], v[1])) },
  RuleCase.elementwise("not-not-equal", .numbers, pair) { b, v in
    b.not(b.notEqual(v[0], v[1]))
  },
  RuleCase.silent("not-not-equal", .numbers, pair) { b, v in b.not(b.equal(v[0], v[1])) },
  RuleCase.elementwise("not-less", .integers, pair) { b, v in b.not(b.less(v[0], v[1])) },
  RuleCase.silent("not-less", .floats, pair) { b, v in b.not(b.less(v[0], v[1])) },
  RuleCase.elementwise("not-less-equal", .integers, pair) { b, v in
    b.not(b.lessEqual(v[0], v[1]))
  },
  RuleCase.silent("not-less-equal", .floats, pair) { b, v in b.not(b.lessEqual(v[0], v[1])) },
  RuleCase.elementwise("not-greater", .integers, pair) { b, v in
    b.not(b.greater(v[0], v[1]))
  },
  RuleCase.silent("not-greater", .floats, pair) { b, v in b.not(b.greater(v[0], v[1])) },
  RuleCase.elementwise("not-greater-equal", .integers, pair) { b, v in
    b.not(b.greaterEqual(v[0], v[1]))
  },
  RuleCase.silent("not-greater-equal", .floats, pair) { b, v in
    b.not(b.greaterEqual(v[0], v[1]))
  },
  RuleCase.elementwise("less-self", .numbers) { b, v in b.less(v[0], v[0]) },
  RuleCase.silent("less-self", .numbers, pair) { b, v in b.less(v[0], v[1]) },
  RuleCase.elementwise("greater-self", .numbers) { b, v in b.greater(v[0], v[0]) },
  RuleCase.silent("greater-self", .numbers, pair) { b, v in b.greater(v[0], v[1]) },
  RuleCase.elementwise("equal-self", .integers) { b, v in b.equal(v[0], v[0]) },
  RuleCase.silent("equal-self", .floats) { b, v in b.equal(v[0], v[0]) },
  RuleCase.elementwise("not-equal-self", .integers) { b, v in b.notEqual(v[0], v[0]) },
  RuleCase.silent("not-equal-self", .floats) { b, v in b.notEqual(v[0], v[0]) },
  RuleCase.elementwise("less-equal-self", .integers) { b, v in b.lessEqual(v[0], v[0]) },
  RuleCase.silent("less-equal-self", .floats) { b, v in b.lessEqual(v[0], v[0]) },
  RuleCase.elementwise("greater-equal-self", .integers) { b, v in
    b.greaterEqual(v[0], v[0])
  },
  RuleCase.silent("greater-equal-self", .floats) { b, v in b.greaterEqual(v[0], v[0]) },
].flatMap { $0 }
