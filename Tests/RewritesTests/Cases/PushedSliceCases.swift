import GraphIR
import Ops
import Support

/// Slices that move towards the operands, and those that join.
let pushedSliceCases: [RuleCase] = [
  RuleCase.shaped("slice-of-pointwise", .f64(.m, 6), .f64(6)) { b, v in
    let sum = b.add(b.exp(v[0]), v[1])
    return b.slice(sum, [.whole(.m), SliceAxis(start: 5, step: -2, size: 3)])
  },
  RuleCase.shaped("slice-of-pointwise", .f64(.m, 1), .f64(6)) { b, v in
    b.slice(b.multiply(v[0], v[1]), axis: 1, from: 2, size: 3)
  },
  RuleCase.shaped("slice-of-pointwise", .f64(6), fires: false) { b, v in
    let y = b.exp(v[0])
    return b.add(b.slice(y, axis: 0, from: 1, size: 3), b.slice(y, axis: 0, from: 2, size: 3))
  },
  // A long chain stays as it is.
  RuleCase.shaped("slice-of-pointwise", .f64(6), fires: false) { b, v in
    let y = (0..<20).reduce(v[0]) { value, _ in b.emit(.sin, [value]) }
    return b.slice(y, axis: 0, from: 1, size: 3)
  },
  RuleCase.shaped("slice-of-transpose", .f64(.m, 6, .n)) { b, v in
    b.slice(b.transpose(v[0], [1, 2, 0]), axis: 0, from: 1, size: 4)
  },
  RuleCase.shaped("slice-of-transpose", .f64(6, .n), fires: false) { b, v in
    b.slice(b.flip(v[0], axes: [0]), axis: 0, from: 1, size: 4)
  },
  RuleCase.shaped("slice-of-broadcast", .f64(6, 1)) { b, v in
    let wide = b.broadcast(v[0], to: [.m, 6, 5])
    return b.slice(
      wide,
      [.whole(.m), SliceAxis(start: 1, step: 2, size: 2), SliceAxis(start: 0, step: 1, size: 2)])
  },
  RuleCase.shaped("slice-of-broadcast", .f64(6), fires: false) { b, v in
    b.slice(b.flip(v[0], axes: [0]), axis: 0, from: 1, size: 4)
  },
  RuleCase.shaped("concatenate-slices", .f64(9, .n), .f64(2, .n)) { b, v in
    let parts = [(0, 1), (1, 3), (4, 2)].map {
      b.slice(v[0], axis: 0, from: Dim($0), size: Dim($1))
    }
    return b.concatenate([v[1]] + parts + [v[1]], axis: 0)
  },
  RuleCase.shaped("concatenate-slices", .f64(.m, 4)) { b, v in
    b.concatenate((0..<4).map { b.slice(v[0], axis: 1, from: Dim($0), size: 1) }, axis: 1)
  },
  RuleCase.shaped("concatenate-slices", .f64(9), fires: false) { b, v in
    b.concatenate([(0, 2), (3, 2)].map { b.slice(v[0], axis: 0, from: $0, size: $1) }, axis: 0)
  },
  RuleCase.shaped("concatenate-slices", .f64(9, 4), fires: false) { b, v in
    b.concatenate(
      [b.slice(v[0], axis: 0, from: 0, size: 2), b.slice(v[0], axis: 0, from: 2, size: 2)], axis: 1)
  },
].flatMap { $0 }
