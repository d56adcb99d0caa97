import GraphIR
import Ops
import Support

/// Reductions of what is stretched or scaled.
let stretchedCases: [RuleCase] = [
  RuleCase.shaped("sum-of-broadcast", .f64(.n)) { b, v in
    b.reduceSum(b.broadcast(v[0], to: [5, .n]), axes: [0, 1])
  },
  RuleCase.shaped("sum-of-broadcast", .f64(.n)) { b, v in
    b.reduceSum(b.broadcast(v[0], to: [.m, 5, .n]), axes: [1], keepDims: true)
  },
  RuleCase.shaped("sum-of-broadcast", .f64(.n, 1)) { b, v in
    b.reduceSum(b.broadcast(v[0], to: [.n, 7]), axes: [1])
  },
  RuleCase.shaped("sum-of-broadcast", .f64(.n)) { b, v in
    b.reduceSum(b.broadcast(v[0], to: [.m, .n]), axes: [1])
  },
  // There may be no rows: then the sum is 0, whatever a row holds.
  RuleCase.shaped("sum-of-broadcast", .f64(.n), fires: false) { b, v in
    b.reduceSum(b.broadcast(v[0], to: [.m, .n]), axes: [0])
  },
  RuleCase.shaped("reduce-of-broadcast", .f64(.n)) { b, v in
    b.reduceMax(b.broadcast(v[0], to: [5, .n]), axes: [0, 1])
  },
  RuleCase.shaped("reduce-of-broadcast", .bool(.n, 1)) { b, v in
    b.reduceAny(b.broadcast(v[0], to: [.m, .n, 4]), axes: [2])
  },
  RuleCase.shaped("reduce-of-broadcast", .f64(.n), fires: false) { b, v in
    b.reduceMin(b.broadcast(v[0], to: [.m, .n]), axes: [0])
  },
  RuleCase.shaped("sum-multiple", .f64(.m, .n)) { b, v in
    b.reduceSum(b.multiply(b.k(3, v[0]), v[0]), axes: [1])
  },
  RuleCase.shaped("sum-multiple", .f64(.n)) { b, v in
    b.reduceSum(b.multiply(b.k(-1.5, v[0]), v[0]), axes: [0], keepDims: true)
  },
  // The sum may overflow where that of the halves does not.
  RuleCase.shaped("sum-multiple", .f64(.n), fires: false) { b, v in
    b.reduceSum(b.multiply(b.k(0.5, v[0]), v[0]), axes: [0])
  },
  RuleCase.shaped("sum-multiple", .f64(.n), fires: false) { b, v in
    let multiple = b.multiply(b.k(3, v[0]), v[0])
    return b.multiply(multiple, b.reduceSum(multiple, axes: [0]))
  },
].flatMap { $0 }
