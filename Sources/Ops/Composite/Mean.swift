package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The sum along axes over the number of elements; of none NaN. Linear; its transpose fills with
  /// the share of each element.
  package static let mean: Operation = .init(
    "mean", arity: .exactly(1),
    infer: { query throws(TypeError) in try Composite.reduced("mean", query) },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      let axes = c.attributes.reducedAxes
      let share = b.divide(ct, byCountOf: c.operands[0], axes: axes)
      return b.fill(c.operands[0], with: b.restoringAxes(share, of: c))
    },
    evaluate: { context in [Composite.summarize(context, Composite.mean)] },
    lowering: Composite.expansion { b, c in
      let x = c.operands[0]
      let axes = c.attributes.reducedAxes
      return b.divide(b.emit(.sum, [x], c.attributes), byCountOf: x, axes: axes)
    },
    samples: Composite.reductionSamples(.interval(-2, 2)), notation: .function)
}

extension Composite {
  /// The mean of some numbers.
  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

extension Builder {
  /// A value over the number of elements of `x` along axes, in the type of arithmetic: a half type
  /// may not hold the number. A mask, which has no number, stays.
  fileprivate mutating func divide(_ value: Value, byCountOf x: Value, axes: [Int]) -> Value {
    let dtype = dtype(value)
    if dtype == .bool { return value }
    let count = count(of: x, axes: axes, dtype.arithmetic)
    return convert(divide(convert(value, to: dtype.arithmetic), count), to: dtype)
  }
}
