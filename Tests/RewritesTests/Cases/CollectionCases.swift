import GraphIR
import Ops
import Support

let collectionCases: [RuleCase] = [
  RuleCase.elementwise("collect-terms", .floats, [.number, .number]) { b, v in
    b.add(b.subtract(b.add(v[0], b.k(4, v[0])), v[1]), b.k(1, v[0]))
  },
  RuleCase.elementwise("collect-terms", .floats, [.number, .number]) { b, v in
    b.subtract(b.k(2, v[0]), b.subtract(b.subtract(b.k(3, v[0]), v[0]), v[1]))
  },
  RuleCase.elementwise("collect-terms", [.f64, .f32], [.number, .number]) { b, v in
    b.add(b.add(b.multiply(b.k(3, v[0]), v[0]), v[1]), b.multiply(b.k(2, v[0]), v[0]))
  },
  RuleCase.elementwise("collect-terms", [.i64, .i32, .u8], [.number, .number]) { b, v in
    b.subtract(b.add(v[0], v[1]), v[0])
  },
  RuleCase.elementwise("collect-terms", [.i64, .u16], [.number, .number]) { b, v in
    b.subtract(b.subtract(v[0], v[1]), v[0])
  },
  // Of infinity minus infinity a number would be made, and of a sum that is rounded another one.
  RuleCase.silent("collect-terms", [.f64], [.number, .number]) { b, v in
    b.subtract(b.add(v[0], v[1]), v[0])
  },
  RuleCase.silent("collect-terms", [.f64], [.number, .number]) { b, v in
    b.add(b.add(b.add(v[0], b.k(0x1p60, v[0])), v[1]), b.k(1, v[0]))
  },
  RuleCase.elementwise("collect-factors", [.f64, .f32], [.number, .number]) { b, v in
    b.multiply(b.multiply(b.k(2, v[0]), v[0]), b.multiply(b.k(3, v[0]), v[1]))
  },
  RuleCase.elementwise("collect-factors", [.f64, .f32], [.number, .number]) { b, v in
    b.multiply(b.k(0.5, v[0]), b.multiply(b.multiply(b.k(0.25, v[0]), v[0]), v[1]))
  },
  RuleCase.silent("collect-factors", [.f64], [.number, .number]) { b, v in
    b.multiply(b.multiply(b.k(2, v[0]), v[0]), b.multiply(b.k(0.5, v[0]), v[1]))
  },
].flatMap { $0 }
