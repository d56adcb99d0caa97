import GraphIR
import Ops
import Support

/// Slices that move towards the operands, and those that join.
let pushedSliceCases: [RuleCase] = reshapedSliceCases + gatherCases + [
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

private let reshapedSliceCases: [RuleCase] = [
  // Rows of a matrix that is kept in a vector.
  RuleCase.shaped("slice-of-reshape", .f64(20)) { b, v in
    b.slice(b.reshape(v[0], to: [5, 4]), axis: 0, from: 1, size: 3)
  },
  RuleCase.shaped("slice-of-reshape", .f64(.m, 12, .n)) { b, v in
    let split = b.reshape(v[0], to: [.m, 3, 2, 2, .n])
    return b.slice(
      split,
      [
        SliceAxis(start: 1, step: -1, size: 2), SliceAxis(start: 1, step: 1, size: 2), .whole(2),
        .whole(2), SliceAxis(start: 0, step: 2, size: 1),
      ])
  },
  // The axes that are joined stay whole.
  RuleCase.shaped("slice-of-reshape", .f64(3, 2, .n)) { b, v in
    b.slice(b.reshape(v[0], to: [6, .n]), axis: 1, from: 1, size: 2)
  },
  RuleCase.shaped("slice-of-reshape", .f64(.m, 6)) { b, v in
    b.slice(b.expandDims(v[0], axes: [1]), axis: 2, from: 1, size: 2)
  },
  RuleCase.shaped("slice-of-reshape", .f64(.m, 1, 6)) { b, v in
    b.slice(b.squeeze(v[0], axes: [1]), axis: 1, from: 1, size: 2)
  },
  RuleCase.shaped("slice-of-reshape", .f64(20), fires: false) { b, v in
    b.slice(b.reshape(v[0], to: [5, 4]), axis: 1, from: 1, size: 3)
  },
  RuleCase.shaped("slice-of-reshape", .f64(20), fires: false) { b, v in
    b.slice(
      b.reshape(v[0], to: [5, 4]), [SliceAxis(start: 0, step: 2, size: 3), .whole(4)])
  },
  RuleCase.shaped("slice-of-reshape", .f64(5, 4), fires: false) { b, v in
    b.slice(b.reshape(v[0], to: [20]), axis: 0, from: 4, size: 8)
  },
].flatMap { $0 }

private let gatherCases: [RuleCase] =
  gatheredSliceCases + scatteredCases
  + [
    RuleCase.shaped("gather-of-pointwise", .f64(6, .n), .f64(), .f64(6, .n)) { b, v in
      let y = b.add(b.exp(v[0]), b.multiply(v[1], v[2]))
      return b.pick(y, [b.place(of: v[0])])
    },
    RuleCase.shaped("gather-of-pointwise", .f64(6), fires: false) { b, v in
      b.pick(b.exp(v[0]), [b.data(Tensor(.i64, [2], integers: [3, 1]))])
    },
    RuleCase.shaped("gather-of-pointwise", .f64(6), fires: false) { b, v in
      let y = b.exp(v[0])
      return b.multiply(y, b.pick(y, [b.place(of: y)]))
    },
    RuleCase.shaped("gather-of-pointwise", .f64(6, 3), .f64(3), fires: false) { b, v in
      b.pick(b.add(v[0], v[1]), [b.place(of: v[0])])
    },
  ].flatMap { $0 }

/// Picks of known places.
private let gatheredSliceCases: [RuleCase] = [
  RuleCase.shaped("gather-constant", .f64(.m, 6, .n)) { b, v in
    b.pick(v[0], [b.literal(.int(-2), .i64)], axes: [1], place: 0)
  },
  RuleCase.shaped("gather-constant", .f64(.m + 1, .n)) { b, v in
    b.pick(v[0], [b.arange(.m)])
  },
  RuleCase.shaped("gather-constant", .f64(6), fires: false) { b, v in
    b.pick(v[0], [b.place(of: v[0])])
  },
  // Nobody knows whether there are so many.
  RuleCase.shaped("gather-constant", .f64(.n), fires: false) { b, v in
    b.pick(v[0], [b.literal(.int(2), .i64)])
  },
].flatMap { $0 }

/// Picks of what was put there.
private let scatteredCases: [RuleCase] = [
  RuleCase.shaped("gather-of-set", .f64(6, .n), .f64(.n)) { b, v in
    let place = b.literal(.int(4), .i64)
    return b.pick(b.put(.setAt, v[0], v[1], [place]), [place])
  },
  RuleCase.shaped("gather-of-set", .f64(.n, .n), .f64(.n)) { b, v in
    let rows = b.arange(.n)
    return b.pick(b.put(.setAt, v[0], v[1], [rows, rows]), [rows, rows])
  },
  // A place that may be out of range must be told.
  RuleCase.shaped("gather-of-set", .f64(6), .f64(), fires: false) { b, v in
    let place = b.place(of: v[0])
    return b.pick(b.put(.setAt, v[0], v[1], [place]), [place])
  },
  RuleCase.shaped("gather-of-add", .f64(6), .f64()) { b, v in
    let place = b.place(of: v[0])
    return b.pick(b.put(.addAt, v[0], v[1], [place]), [place])
  },
  // What stands twice is added twice.
  RuleCase.shaped("gather-of-add", .f64(6), .f64(2), fires: false) { b, v in
    let places = b.data(Tensor(.i64, [2], integers: [3, 3]))
    return b.pick(b.put(.addAt, v[0], v[1], [places]), [places])
  },
  RuleCase.shaped("set-of-gather", .f64(.n, .n)) { b, v in
    let rows = b.arange(.n)
    let picked = b.pick(v[0], [rows, rows], axes: [0, 1])
    return b.put(.setAt, v[0], picked, [rows, rows])
  },
  RuleCase.shaped("set-of-gather", .f64(6), fires: false) { b, v in
    let place = b.place(of: v[0])
    return b.put(.setAt, v[0], b.pick(v[0], [place]), [place])
  },
].flatMap { $0 }

extension Builder {
  /// The elements at some positions.
  fileprivate mutating func pick(
    _ x: Value, _ positions: [Value], axes: [Int]? = nil, place: Int = 0
  ) -> Value {
    let axes = axes ?? Array(positions.indices)
    return emit(.gather, [x] + positions, .picking(Picking(axes: axes, place: place)))
  }

  /// What has other elements at some positions.
  fileprivate mutating func put(
    _ operation: Operation, _ x: Value, _ y: Value, _ positions: [Value]
  ) -> Value {
    let picking = Picking(axes: Array(positions.indices), place: 0)
    return emit(operation, [x, y] + positions, .picking(picking))
  }

  /// A position in an axis of 6 that only the run tells.
  fileprivate mutating func place(of x: Value) -> Value {
    let count = total(select(less(x, x), literal(.float(1), .f64), literal(.float(0), .f64)))
    return add(convert(count, to: .i64), literal(.int(1), .i64))
  }
}
