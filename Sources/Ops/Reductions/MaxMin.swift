package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The greatest element along axes; NaN where one is NaN; of none the least number there is.
  ///
  /// ∂/∂xᵢ max x = 1 where xᵢ is the greatest, also where several are, and exactly 0 elsewhere.
  package static let greatest: Operation = .extreme(
    "max", .maximum, beginning: { $0.leastNumber }, floats: Double.maximum,
    integers: { max($0, $1) })

  /// The least element along axes; NaN where one is NaN; of none the greatest number there is.
  ///
  /// ∂/∂xᵢ min x = 1 where xᵢ is the least, also where several are, and exactly 0 elsewhere.
  package static let least: Operation = .extreme(
    "min", .minimum, beginning: { $0.greatestNumber }, floats: Double.minimum,
    integers: { min($0, $1) })

  /// A reduction that picks elements of its operand.
  private static func extreme(
    _ name: String, _ combine: BinaryOperation, beginning: @escaping @Sendable (DType) -> Literal,
    floats: @escaping @Sendable (Double, Double) -> Double,
    integers: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> Operation {
    reduction(
      name, of: .all, reduction: Reduction(combine: combine, identity: beginning),
      reference: .numbers(
        floats: { x in x[0].isNaN || x[1].isNaN ? .nan : floats(x[0], x[1]) },
        integers: { $0.ordered(integers($0.ordered($1[0]), $0.ordered($1[1]))) }),
      domain: .interval(-2, 2), withEmpty: false,
      derivative: .picking { b, c in
        b.equal(c.operands[0], b.restoringAxes(c.result, of: c))
      })
  }
}

extension DType {
  /// The least number of the type.
  var leastNumber: Literal {
    if isFloat { return .float(-.infinity) }
    return self == .bool ? .bool(false) : .int(integerRange.0)
  }

  /// The greatest number of the type.
  fileprivate var greatestNumber: Literal {
    if isFloat { return .float(.infinity) }
    if self == .bool { return .bool(true) }
    return .int(self == .u64 ? -1 : integerRange.1)
  }
}
