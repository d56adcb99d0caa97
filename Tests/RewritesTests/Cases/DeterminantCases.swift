import GraphIR
import Ops
import Support

/// Logarithms of determinants that are positive where the values are moderate.
let determinantCases: [RuleCase] = [
  RuleCase.shaped("log-det", .f64(.n, .n)) { b, v in b.log(b.determinant(v[0], plus: 3)) },
  RuleCase.shaped("log-det", .f64(.m, .n, .n)) { b, v in b.log(b.determinant(v[0], plus: 3)) },
  RuleCase.shaped("log-det", .f64(.n, .n), fires: false) { b, v in
    b.log2(b.determinant(v[0], plus: 3))
  },
  RuleCase.shaped("log-abs-det", .f64(.n, .n)) { b, v in
    b.log(b.abs(b.determinant(v[0], plus: -3)))
  },
  RuleCase.shaped("log-abs-det", .f64(.n, .n), fires: false) { b, v in
    b.log(b.abs(b.reduceProduct(v[0], axes: [0, 1])))
  },
  RuleCase.shaped("log-negated-det", .f64(.n, .n)) { b, v in
    b.log(b.negate(b.determinant(v[0], plus: -3)))
  },
  RuleCase.shaped("log-negated-det", .f64(.n, .n), fires: false) { b, v in
    b.negate(b.log(b.determinant(v[0], plus: 3)))
  },
  RuleCase.shaped("log-multiple-det", .f64(.n, .n)) { b, v in
    b.log(b.multiply(b.k(2.5, v[0]), b.determinant(v[0], plus: 3)))
  },
  RuleCase.shaped("log-multiple-det", .f64(.m, .n, .n), .f64(.m)) { b, v in
    b.log(b.multiply(b.determinant(v[0], plus: -3), v[1]))
  },
  RuleCase.shaped("log-multiple-det", .f64(.n, .n), .f64(), fires: false) { b, v in
    b.log(b.add(b.determinant(v[0], plus: 3), v[1]))
  },
].flatMap { $0 }

extension Builder {
  /// The determinants of matrices with a number added to their diagonals.
  fileprivate mutating func determinant(_ x: Value, plus number: Double) -> Value {
    let diagonal = multiply(identity(like: x), k(number, x))
    return emit(.determinant, [add(x, diagonal)])
  }
}
