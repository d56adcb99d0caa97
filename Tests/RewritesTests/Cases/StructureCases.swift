import GraphIR
import Ops
import Support

let layoutCases: [RuleCase] = transposeCases + reshapeCases

private let transposeCases: [RuleCase] = [
  RuleCase.shaped("transpose-identity", .f64(.m, .n)) { b, v in
    b.emit(.transpose, v, .axes([0, 1]))
  },
  RuleCase.shaped("transpose-identity", .f64(.m, .n), fires: false) { b, v in
    b.transpose(v[0], [1, 0])
  },
  RuleCase.shaped("transpose-transpose", .f64(.m, .n, .k)) { b, v in
    b.transpose(b.transpose(v[0], [1, 2, 0]), [0, 2, 1])
  },
  RuleCase.shaped("transpose-transpose", .f64(.m, .n)) { b, v in
    b.transpose(b.transpose(v[0], [1, 0]), [1, 0])
  },
  RuleCase.shaped("transpose-transpose", .f64(.m, .n), fires: false) { b, v in
    b.transpose(b.exp(v[0]), [1, 0])
  },
].flatMap { $0 }

private let reshapeCases: [RuleCase] = [
  RuleCase.shaped("reshape-to-own-shape", .f64(.m, .n)) { b, v in
    b.reshape(b.reshape(v[0], to: [.m * .n]), to: [.m, .n])
  },
  RuleCase.shaped("reshape-to-own-shape", .f64(.m, .n)) { b, v in
    b.squeeze(b.expandDims(v[0], axes: [1]), axes: [1])
  },
  RuleCase.shaped("reshape-to-own-shape", .f64(.m)) { b, v in b.emit(.reshape, v, .shape([.m])) },
  RuleCase.shaped("reshape-to-own-shape", .f64(.m, .n), fires: false) { b, v in
    b.reshape(b.reshape(v[0], to: [.m * .n]), to: [.n, .m])
  },
  RuleCase.shaped("reshape-reshape", .f64(.m, .n)) { b, v in
    b.reshape(b.reshape(v[0], to: [.m * .n]), to: [.n, .m])
  },
  RuleCase.shaped("reshape-reshape", .f64(.m, .n)) { b, v in
    b.reshape(b.expandDims(v[0], axes: [1]), to: [.n * .m])
  },
  RuleCase.shaped("reshape-reshape", .f64(.m, .n), fires: false) { b, v in
    b.reshape(b.transpose(v[0], [1, 0]), to: [.n * .m])
  },
  RuleCase.shaped("expand-expand", .f64(.m, .n)) { b, v in
    b.expandDims(b.expandDims(v[0], axes: [0, 2]), axes: [1, 5])
  },
  RuleCase.shaped("expand-expand", .f64(.m, .n), fires: false) { b, v in
    b.expandDims(b.exp(v[0]), axes: [1])
  },
  RuleCase.shaped("squeeze-squeeze", .f64(1, .m, 1, 1, .n)) { b, v in
    b.squeeze(b.squeeze(v[0], axes: [0, 3]), axes: [1])
  },
  RuleCase.shaped("squeeze-squeeze", .f64(1, .m, 1), fires: false) { b, v in
    b.squeeze(v[0], axes: [0, 2])
  },
  RuleCase.shaped("squeeze-expand", .f64(.m, 1, .n)) { b, v in
    b.squeeze(b.expandDims(v[0], axes: [0, 2]), axes: [0, 3])
  },
  RuleCase.shaped("squeeze-expand", .f64(.m, 1, .n)) { b, v in
    b.squeeze(b.expandDims(v[0], axes: [0, 2]), axes: [2])
  },
  RuleCase.shaped("squeeze-expand", .f64(.m, 1), fires: false) { b, v in
    b.expandDims(b.squeeze(v[0], axes: [1]), axes: [0])
  },
  RuleCase.shaped("expand-in-broadcast", .f64(.m, .n)) { b, v in
    b.broadcast(b.expandDims(v[0], axes: [0]), to: [.k, .m, .n])
  },
  RuleCase.shaped("expand-in-broadcast", .f64(.m, .n), fires: false) { b, v in
    b.broadcast(b.expandDims(v[0], axes: [1]), to: [.m, .k, .n])
  },
].flatMap { $0 }

let sliceCases: [RuleCase] = [
  RuleCase.shaped("slice-whole", .f64(.m, .n)) { b, v in
    b.emit(.slice, v, .slice([.whole(.m), .whole(.n)]))
  },
  RuleCase.shaped("slice-whole", .f64(.m, 5), fires: false) { b, v in
    b.slice(v[0], axis: 1, from: 0, size: 4)
  },
  RuleCase.shaped("slice-slice", .f64(.m, 9)) { b, v in
    let inner = b.slice(v[0], [.whole(.m), SliceAxis(start: 8, step: -2, size: 4)])
    return b.slice(inner, [.whole(.m), SliceAxis(start: 3, step: -1, size: 3)])
  },
  RuleCase.shaped("slice-slice", .f64(6), fires: false) { b, v in
    b.slice(b.flip(v[0], axes: [0]), axis: 0, from: 1, size: 3)
  },
  RuleCase.shaped("slice-of-pad", .f64(3), .f64()) { b, v in
    let padded = b.pad(v[0], with: v[1], [PadAxis(low: 2, high: 1, interior: 1)])
    return b.slice(padded, [SliceAxis(start: 2, step: 2, size: 3)])
  },
  RuleCase.shaped("slice-of-pad", .f64(3), .f64(), fires: false) { b, v in
    let padded = b.pad(v[0], with: v[1], [PadAxis(low: 2, high: 1, interior: 0)])
    return b.slice(padded, axis: 0, from: 1, size: 3)
  },
  RuleCase.shaped("slice-of-concatenate", .f64(.m, .n), .f64(.m, 3)) { b, v in
    let both = b.concatenate([v[1], v[0], v[1]], axis: 1)
    return b.slice(both, axis: 1, from: 3, size: .n)
  },
  RuleCase.shaped("slice-of-concatenate", .f64(4), .f64(3)) { b, v in
    let both = b.concatenate([v[0], v[1]], axis: 0)
    return b.slice(both, [SliceAxis(start: 6, step: -1, size: 2)])
  },
  RuleCase.shaped("slice-of-concatenate", .f64(4), .f64(3), fires: false) { b, v in
    b.slice(b.concatenate([v[0], v[1]], axis: 0), axis: 0, from: 3, size: 2)
  },
  RuleCase.shaped("flip-flip", .f64(.m, .n)) { b, v in
    b.flip(b.flip(v[0], axes: [0, 1]), axes: [1])
  },
  RuleCase.shaped("flip-flip", .f64(.m, .n)) { b, v in
    b.flip(b.flip(v[0], axes: [1]), axes: [1])
  },
  RuleCase.shaped("flip-flip", .f64(.m), fires: false) { b, v in b.flip(v[0], axes: [0]) },
  RuleCase.shaped("flip-axis-of-one", .f64(.m, 1)) { b, v in b.flip(v[0], axes: [0, 1]) },
  RuleCase.shaped("flip-axis-of-one", .f64(1)) { b, v in b.flip(v[0], axes: [0]) },
  RuleCase.shaped("flip-axis-of-one", .f64(.m, 1), fires: false) { b, v in
    b.flip(v[0], axes: [0])
  },
].flatMap { $0 }

private let nothing = PadAxis(low: 0, high: 0)

let joinCases: [RuleCase] = [
  RuleCase.shaped("pad-nothing", .f64(.m), .f64()) { b, v in b.emit(.pad, v, .pad([nothing])) },
  RuleCase.shaped("pad-nothing", .f64(1), .f64(), fires: false) { b, v in
    b.pad(v[0], with: v[1], [PadAxis(low: 1, high: 0)])
  },
  RuleCase.shaped("pad-pad", .f64(.m), .f64()) { b, v in
    let inner = b.pad(v[0], with: v[1], [PadAxis(low: 1, high: 2, interior: 1)])
    return b.pad(inner, with: v[1], [PadAxis(low: 3, high: 0)])
  },
  RuleCase.shaped("pad-pad", .f64(.m), .f64(), fires: false) { b, v in
    let inner = b.pad(v[0], with: v[1], [PadAxis(low: 1, high: 2)])
    return b.pad(inner, with: v[1], [PadAxis(low: 3, high: 0, interior: 1)])
  },
  RuleCase.shaped("pad-pad", .f64(.m), .f64(), fires: false) { b, v in
    let inner = b.pad(v[0], with: v[1], [PadAxis(low: 1, high: 2)])
    return b.pad(inner, with: b.k(0, v[1]), [PadAxis(low: 3, high: 0)])
  },
  RuleCase.shaped("pad-same", .f64()) { b, v in
    b.pad(b.broadcast(v[0], to: [.m]), with: v[0], [PadAxis(low: 1, high: 2)])
  },
  RuleCase.shaped("pad-same", .f64(), .f64(), fires: false) { b, v in
    b.pad(b.broadcast(v[0], to: [.m]), with: v[1], [PadAxis(low: 1, high: 2)])
  },
  RuleCase.shaped("add-pads", .f64(.m), .f64(.m)) { b, v in
    let zero = b.literal(.float(0), .f64)
    let pads = v.map { b.pad($0, with: zero, [PadAxis(low: 1, high: 2, interior: 1)]) }
    return b.add(pads[0], pads[1])
  },
  RuleCase.shaped("add-pads", .f64(.m), .f64(.m), fires: false) { b, v in
    let zero = b.literal(.float(0), .f64)
    return b.add(
      b.pad(v[0], with: zero, [PadAxis(low: 1, high: 0)]),
      b.pad(v[1], with: zero, [PadAxis(low: 0, high: 1)]))
  },
  RuleCase.shaped("concatenate-one", .f64(.m)) { b, v in b.emit(.concatenate, v, .axis(0)) },
  RuleCase.shaped("concatenate-one", .f64(.m), fires: false) { b, v in
    b.concatenate([v[0], v[0]], axis: 0)
  },
  RuleCase.shaped("concatenate-empty", .f64(.m), .f64(0)) { b, v in
    b.concatenate([v[1], v[0], v[1]], axis: 0)
  },
  RuleCase.shaped("concatenate-empty", .f64(0), fires: false) { b, v in
    b.concatenate([v[0], v[0]], axis: 0)
  },
  RuleCase.shaped("concatenate-same", .f64()) { b, v in
    b.concatenate([b.broadcast(v[0], to: [.m]), b.broadcast(v[0], to: [2])], axis: 0)
  },
  RuleCase.shaped("concatenate-same", .f64(), .f64(), fires: false) { b, v in
    b.concatenate([b.broadcast(v[0], to: [.m]), b.broadcast(v[1], to: [2])], axis: 0)
  },
].flatMap { $0 }

let reductionCases: [RuleCase] = [
  RuleCase.shaped("reduce-axes-of-one", .f64(.m, 1, .n)) { b, v in
    b.reduceMax(v[0], axes: [0, 1])
  },
  RuleCase.shaped("reduce-axes-of-one", .f64(.m, 1)) { b, v in b.reduceProduct(v[0], axes: [1]) },
  RuleCase.shaped("reduce-axes-of-one", .bool(.m, 1)) { b, v in
    b.reduceAny(v[0], axes: [1], keepDims: true)
  },
  RuleCase.shaped("reduce-axes-of-one", .f64(.m, .n), fires: false) { b, v in
    b.reduceMin(v[0], axes: [1])
  },
  RuleCase.shaped("sum-axes-of-one", .f64(.m, 1, .n)) { b, v in b.reduceSum(v[0], axes: [1, 2]) },
  RuleCase.shaped("sum-axes-of-one", .f64(.m, 1, .n)) { b, v in
    b.reduceSum(v[0], axes: [1, 2], keepDims: true)
  },
  RuleCase.shaped("sum-axes-of-one", .f64(.m)) { b, v in
    b.emit(.sum, v, .reduction(axes: [], keepDims: false))
  },
  RuleCase.shaped("sum-axes-of-one", .f64(.m, .n), fires: false) { b, v in
    b.reduceSum(v[0], axes: [0])
  },
  RuleCase.shaped("sum-of-scalar", .f64(.n)) { b, v in
    let constant = b.broadcast(b.literal(.float(0.1), .f64), to: [.m, .n])
    return b.multiply(v[0], b.reduceSum(constant, axes: [0]))
  },
  // The half type does not hold the number of elements, but their sum.
  RuleCase.shaped("sum-of-scalar", TensorType(.f16)) { b, v in
    let constant = b.broadcast(b.literal(.float(0.0), .f16), to: [100_000])
    return b.add(v[0], b.reduceSum(constant, axes: [0]))
  },
  RuleCase.shaped("sum-of-scalar", .i64()) { b, v in
    b.add(v[0], b.reduceSum(b.broadcast(b.literal(.int(3), .i64), to: [7]), axes: [0]))
  },
  RuleCase.shaped("sum-of-scalar", .f64(), fires: false) { b, v in
    b.reduceSum(b.broadcast(v[0], to: [.m]), axes: [0])
  },
  RuleCase.shaped("sum-of-scalar", .f64(), fires: false) { b, v in
    b.add(v[0], b.reduceSum(b.broadcast(b.literal(.float(.infinity), .f64), to: [.m]), axes: [0]))
  },
  RuleCase.shaped("reduce-of-scalar", .f64()) { b, v in
    b.reduceMax(b.broadcast(v[0], to: [.m, 3]), axes: [1])
  },
  RuleCase.shaped("reduce-of-scalar", .bool()) { b, v in
    b.reduceAll(b.broadcast(v[0], to: [2, 3]), axes: [0, 1], keepDims: true)
  },
  RuleCase.shaped("reduce-of-scalar", .f64(), fires: false) { b, v in
    b.reduceMax(b.broadcast(v[0], to: [.m, 3]), axes: [0])
  },
  RuleCase.shaped("sum-negated", .f64(.m, .n)) { b, v in
    b.reduceSum(b.negate(v[0]), axes: [1], keepDims: true)
  },
  RuleCase.shaped("sum-negated", .f64(.m), fires: false) { b, v in
    b.negate(b.reduceSum(v[0], axes: [0]))
  },
  RuleCase.shaped("reduce-reduce", .f64(.m, .n, .k)) { b, v in
    b.reduceMax(b.reduceMax(v[0], axes: [1]), axes: [1])
  },
  RuleCase.shaped("reduce-reduce", .f64(.m, .n, .k)) { b, v in
    b.reduceMin(b.reduceMin(v[0], axes: [1], keepDims: true), axes: [0, 1])
  },
  RuleCase.shaped("reduce-reduce", .f64(.m, .n, .k), fires: false) { b, v in
    b.reduceMax(b.reduceMax(v[0], axes: [1], keepDims: true), axes: [2])
  },
  RuleCase.shaped("reduce-reduce", .f64(.m, .n), fires: false) { b, v in
    b.reduceMax(b.reduceMin(v[0], axes: [1]), axes: [0])
  },
  RuleCase.shaped("sum-sum", .f64(.m, .n, .k)) { b, v in
    b.reduceSum(b.reduceSum(v[0], axes: [0]), axes: [1])
  },
  RuleCase.shaped("sum-sum", .f64(.m, .n, .k)) { b, v in
    b.reduceSum(b.reduceSum(v[0], axes: [2], keepDims: true), axes: [1], keepDims: true)
  },
  RuleCase.shaped("sum-sum", .f64(.m, .n), fires: false) { b, v in
    b.reduceSum(b.reduceProduct(v[0], axes: [0]), axes: [0])
  },
  RuleCase.shaped("reduce-transpose", .f64(.m, .n, .k)) { b, v in
    b.reduceMax(b.transpose(v[0], [2, 0, 1]), axes: [0])
  },
  RuleCase.shaped("reduce-transpose", .f64(.m, .n, .k)) { b, v in
    b.reduceMax(b.transpose(v[0], [2, 1, 0]), axes: [0])
  },
  RuleCase.shaped("reduce-transpose", .f64(.m, .n, .k), fires: false) { b, v in
    b.reduceMax(b.transpose(v[0], [2, 1, 0]), axes: [0], keepDims: true)
  },
  RuleCase.shaped("sum-transpose", .f64(.m, .n)) { b, v in
    b.reduceSum(b.transpose(v[0], [1, 0]), axes: [0, 1], keepDims: true)
  },
  RuleCase.shaped("sum-transpose", .f64(.m, .n)) { b, v in
    b.reduceSum(b.transpose(v[0], [1, 0]), axes: [1])
  },
  RuleCase.shaped("sum-transpose", .f64(.m, .n, .k)) { b, v in
    b.reduceSum(b.transpose(v[0], [2, 1, 0]), axes: [1])
  },
  RuleCase.shaped("sum-transpose", .f64(.m, .n), fires: false) { b, v in
    b.reduceSum(b.transpose(v[0], [1, 0]), axes: [1], keepDims: true)
  },
].flatMap { $0 }
