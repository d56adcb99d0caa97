import GraphIR
import Ops
import Support

let canonicalCases: [RuleCase] = spellingCases + foldingCases

private let spellingCases: [RuleCase] = [
  RuleCase.elementwise("canonical-literal", .floats) { b, v in b.add(b.k(2, v[0]), v[0]) },
  RuleCase.elementwise("canonical-literal", [.f32]) { b, v in
    b.add(b.literal(0.1, like: v[0]), v[0])
  },
  RuleCase.silent("canonical-literal", .floats) { b, v in
    b.add(b.literal(2.0, like: v[0]), v[0])
  },
  RuleCase.silent("canonical-literal", .integers) { b, v in b.add(b.k(2, v[0]), v[0]) },
  RuleCase.shaped("uniform-data", .f64(3)) { b, v in
    b.multiply(v[0], b.data(Tensor(.f64, [3], floats: [0.5, 0.5, 0.5])))
  },
  RuleCase.shaped("uniform-data", .f64()) { b, v in
    b.multiply(v[0], b.data(Tensor(.f64, [], floats: [0.5])))
  },
  RuleCase.shaped("uniform-data", .f64(2), fires: false) { b, v in
    b.multiply(v[0], b.data(Tensor(.f64, [2], floats: [0.0, -0.0])))
  },
  RuleCase.shaped("uniform-data", .f64(2), fires: false) { b, v in
    b.concatenate([v[0], b.data(Tensor(.f64, [0], floats: []))], axis: 0)
  },
  RuleCase.shaped("constant-size", .f64()) { b, v in
    b.multiply(v[0], b.convert(b.emit(.size, [], .shape([7])), to: .f64))
  },
  RuleCase.shaped("constant-size", .f64(.m), fires: false) { b, v in
    b.multiply(v[0], b.convert(b.emit(.size, [], .shape([.m])), to: .f64))
  },
  RuleCase.elementwise("constants-first", .numbers) { b, v in b.multiply(v[0], b.k(3, v[0])) },
  RuleCase.silent("constants-first", .numbers) { b, v in b.multiply(b.k(3, v[0]), v[0]) },
  RuleCase.silent("constants-first", .floats) { b, v in b.subtract(v[0], b.k(3, v[0])) },
].flatMap { $0 }

private let foldingCases: [RuleCase] = [
  RuleCase.elementwise("fold", .numbers) { b, v in
    b.multiply(b.add(b.k(2, v[0]), b.k(3, v[0])), v[0])
  },
  RuleCase.elementwise("fold", .floats) { b, v in
    b.multiply(b.divide(b.k(1, v[0]), b.k(0, v[0])), v[0])
  },
  RuleCase.elementwise("fold", [.f16, .bf16, .f32]) { b, v in
    b.multiply(b.divide(b.literal(0.1, like: v[0]), b.k(3, v[0])), v[0])
  },
  RuleCase.shaped("fold", .f64(3)) { b, v in
    let data = b.data(Tensor(.f64, [3], floats: [1, .nan, -0.0]))
    return b.divide(v[0], b.flip(b.multiply(data, b.literal(2.0, like: v[0])), axes: [0]))
  },
  RuleCase.shaped("fold", .f64(2)) { b, v in
    let row = [1.0, 2.0].map { b.expandDims(b.literal(.float($0), .f64), axes: [0]) }
    return b.add(v[0], b.stackRow(row))
  },
  RuleCase.silent("fold", .floats) { b, v in b.multiply(b.exp(b.k(1, v[0])), v[0]) },
  RuleCase.silent("fold", .numbers) { b, v in b.add(b.k(2, v[0]), v[0]) },
  // The product of a column with a row is larger than both together.
  RuleCase.shaped("fold", .f64(), fires: false) { b, v in
    let column = b.data(Tensor(.f64, [3, 1], floats: [1, 2, 3]))
    let row = b.data(Tensor(.f64, [1, 3], floats: [4, 5, 6]))
    return b.add(v[0], b.multiply(column, row))
  },
  RuleCase.shaped("fold", .f64(), fires: false) { b, v in
    b.add(v[0], b.convert(b.arange(5), to: .f64))
  },
  RuleCase.elementwise("fold-function", .floats) { b, v in
    b.multiply(b.exp(b.k(1, v[0])), v[0])
  },
  RuleCase.silent("fold-function", .floats) { b, v in
    b.multiply(b.add(b.k(1, v[0]), b.k(2, v[0])), b.exp(v[0]))
  },
  RuleCase.shaped("fold-sum", .f64()) { b, v in
    let data = b.data(Tensor(.f64, [3], floats: [1, 2.5, 3]))
    return b.multiply(v[0], b.reduceSum(data, axes: [0]))
  },
  RuleCase.shaped("fold-sum", .f64(3), fires: false) { b, v in b.reduceSum(v[0], axes: [0]) },
].flatMap { $0 }

let identityCases: [RuleCase] = [
  RuleCase.elementwise("copy", [.f64, .i64, .bool]) { b, v in b.emit(.copy, [v[0]]) },
  RuleCase.silent("copy", [.f64]) { b, v in b.emit(.stopGradient, [v[0]]) },
  RuleCase.elementwise("stop-gradient", [.f64, .i64]) { b, v in b.emit(.stopGradient, [v[0]]) },
  RuleCase.silent("stop-gradient", [.f64]) { b, v in b.emit(.copy, [v[0]]) },
  RuleCase.elementwise("grad-scale", [.f64], [.number, .number]) { b, v in
    b.emit(.gradScale, v)
  },
  RuleCase.silent("grad-scale", [.f64], [.number, .number, .number]) { b, v in
    b.emit(.gradClip, v)
  },
  RuleCase.elementwise("grad-clip", [.f64], [.number, .number, .number]) { b, v in
    b.emit(.gradClip, v)
  },
  RuleCase.silent("grad-clip", [.f64], [.number, .number]) { b, v in b.emit(.gradScale, v) },
  RuleCase.shaped("fill", .f64(.m, .n), .f64()) { b, v in b.fill(v[0], with: v[1]) },
  RuleCase.shaped("fill", .f64(.m, .n), .f64(.m, 1)) { b, v in b.fill(v[0], with: v[1]) },
  RuleCase.shaped("fill", .f64(.m), .i64(.m)) { b, v in b.fill(v[0], with: v[1]) },
  RuleCase.shaped("fill", .f64(.m, .n), fires: false) { b, v in
    b.multiply(v[0], b.broadcast(b.k(2, v[0]), to: b.shape(v[0])))
  },
].flatMap { $0 }

let broadcastCases: [RuleCase] = [
  RuleCase.shaped("broadcast-own-shape", .f64(.m)) { b, v in
    b.emit(.broadcastTo, v, .shape([.m]))
  },
  RuleCase.shaped("broadcast-own-shape", .f64(.m), fires: false) { b, v in
    b.emit(.broadcastTo, v, .shape([1, .m]))
  },
  RuleCase.shaped("broadcast-of-broadcast", .f64(.n)) { b, v in
    b.broadcast(b.broadcast(v[0], to: [1, .n]), to: [.k, .m, .n])
  },
  RuleCase.shaped("broadcast-of-broadcast", .f64(.n), fires: false) { b, v in
    b.broadcast(b.expandDims(v[0], axes: [1]), to: [.n, .n])
  },
  RuleCase.shaped("broadcast-sink", .f64(.n), .f64(.m, .n)) { b, v in
    b.multiply(b.broadcast(v[0], to: [.m, .n]), v[1])
  },
  RuleCase.shaped("broadcast-sink", .f64(.n), .f64()) { b, v in
    b.add(b.broadcast(v[0], to: [.m, .n]), b.broadcast(v[1], to: [.m, .n]))
  },
  RuleCase.shaped("broadcast-sink", .f64(.m, 1), .bool(.n)) { b, v in
    let x = b.broadcast(v[0], to: [.m, .n])
    return b.select(b.broadcast(v[1], to: [.k, .m, .n]), b.exp(x), x)
  },
  RuleCase.shaped("broadcast-sink", .f64(.n), .f64(.m, .n), fires: false) { b, v in
    b.multiply(v[0], v[1])
  },
  RuleCase.shaped("move-of-scalar", .f64()) { b, v in
    b.transpose(b.broadcast(v[0], to: [.m, .n]), [1, 0])
  },
  RuleCase.shaped("move-of-scalar", .f64()) { b, v in
    b.slice(b.broadcast(v[0], to: [.m, 3]), axis: 1, from: 1, size: 2)
  },
  RuleCase.shaped("move-of-scalar", .f64()) { b, v in b.expandDims(v[0], axes: [0, 1]) },
  RuleCase.shaped("move-of-scalar", .f64(1), fires: false) { b, v in
    b.transpose(b.broadcast(v[0], to: [.m, .n]), [1, 0])
  },
].flatMap { $0 }

let conversionCases: [RuleCase] = [
  RuleCase.elementwise("convert-own-type", [.f64, .i8, .bool]) { b, v in
    b.emit(.convert, v, .dtype(b.dtype(v[0])))
  },
  RuleCase.silent("convert-own-type", [.f64, .i8]) { b, v in b.convert(v[0], to: .f32) },
  RuleCase.elementwise("convert-widened", [.f32, .f16, .bf16, .i8, .u8, .i16, .u16, .bool]) {
    b, v in b.convert(b.convert(v[0], to: .f64), to: .f16)
  },
  RuleCase.elementwise("convert-widened", [.f32, .f16, .bf16]) { b, v in
    b.convert(b.convert(v[0], to: .f64), to: .i16)
  },
  // A float saturates where an integer wraps.
  RuleCase.silent("convert-widened", [.i8, .u8, .i32, .u32]) { b, v in
    b.convert(b.convert(v[0], to: .f64), to: .i16)
  },
  RuleCase.elementwise("convert-widened", [.f32, .i32, .u32]) { b, v in
    b.convert(b.convert(v[0], to: .f64), to: .bool)
  },
  RuleCase.elementwise("convert-widened", [.i32, .u32, .i8, .u8, .bool]) { b, v in
    b.convert(b.convert(v[0], to: .i64), to: .f32)
  },
  RuleCase.elementwise("convert-widened", [.i32, .u32, .i8, .u8, .bool]) { b, v in
    b.convert(b.convert(v[0], to: .i64), to: .u8)
  },
  RuleCase.elementwise("convert-widened", [.u32, .u8, .bool]) { b, v in
    b.convert(b.convert(v[0], to: .u64), to: .bf16)
  },
  RuleCase.silent("convert-widened", [.i64, .u64]) { b, v in
    b.convert(b.convert(v[0], to: .f64), to: .f32)
  },
  RuleCase.silent("convert-widened", [.f64]) { b, v in
    b.convert(b.convert(v[0], to: .f32), to: .f64)
  },
  RuleCase.silent("convert-widened", [.i64, .i8]) { b, v in
    b.convert(b.convert(v[0], to: .u64), to: .f64)
  },
  RuleCase.silent("convert-widened", [.f16]) { b, v in
    b.convert(b.convert(v[0], to: .bf16), to: .f32)
  },
].flatMap { $0 }

extension Builder {
  /// Constant data.
  mutating func data(_ tensor: Tensor) -> Value {
    graph.data.append(tensor)
    return emit(.data, [], .data(graph.data.count - 1))
  }

  /// Values of one element, one behind the other, each as a broadcast.
  mutating func stackRow(_ values: [Value]) -> Value {
    let scalars = values.map { graph.node(of: $0).operands[0] }
    var row: [Value] = []
    for scalar in scalars { row.append(broadcast(scalar, to: [1])) }
    return concatenate(row, axis: 0)
  }
}
