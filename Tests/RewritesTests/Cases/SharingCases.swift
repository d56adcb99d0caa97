import GraphIR
import Ops
import Support

let sharingCases: [RuleCase] =
  RuleCase.elementwise("sigmoid-slope", [.f64, .f32], [.number]) { b, v in
    b.multiply(b.sigmoid(v[0]), b.sigmoid(b.negate(v[0])))
  }
  + RuleCase.silent("sigmoid-slope", [.f64], [.number, .number]) { b, v in
    b.multiply(b.sigmoid(v[0]), b.sigmoid(b.negate(v[1])))
  }
  + RuleCase.elementwise("exp-below-mask", [.f64, .f32], [.mask, .number]) { b, v in
    b.exp(b.select(v[0], b.k(0, v[1]), v[1]))
  }
  + RuleCase.silent("exp-below-mask", [.f64], [.mask, .number]) { b, v in
    b.exp(b.select(v[0], b.k(1, v[1]), v[1]))
  }
  + RuleCase.elementwise("any-sigmoid-slope", [.f64, .f32], [.number, .number]) { b, v in
    b.multiply(b.multiply(v[1], b.sigmoid(v[0])), b.sigmoid(b.negate(v[0])))
  }
  + RuleCase.silent("any-sigmoid-slope", [.f64], [.number, .number]) { b, v in
    b.multiply(b.multiply(v[1], b.sigmoid(v[0])), b.sigmoid(v[0]))
  }
  + RuleCase.elementwise("any-sigmoid-slope-negated", [.f64, .f32], [.number, .number]) { b, v in
    b.multiply(b.multiply(v[1], b.sigmoid(b.negate(v[0]))), b.sigmoid(v[0]))
  }
  + RuleCase.silent("any-sigmoid-slope-negated", [.f64], [.number, .number]) { b, v in
    b.multiply(b.multiply(v[1], b.sigmoid(b.negate(v[0]))), b.sigmoid(v[1]))
  }
  + RuleCase.elementwise("tanh-slope", [.f64, .f32], [.number]) { b, v in
    b.subtract(b.k(1, v[0]), b.square(of: b.tanh(v[0])))
  }
  + RuleCase.silent("tanh-slope", [.f64], [.number]) { b, v in
    b.subtract(b.k(2, v[0]), b.square(of: b.tanh(v[0])))
  }
  + RuleCase.elementwise("tanh-slope-negated", [.f64, .f32], [.number]) { b, v in
    b.add(b.k(-1, v[0]), b.square(of: b.tanh(v[0])))
  }
  + RuleCase.silent("tanh-slope-negated", [.f64], [.number]) { b, v in
    b.add(b.k(-1, v[0]), b.tanh(v[0]))
  }
