package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Whether x is not a number.
  package static let isnan: Operation = .classification("isnan", { $0.isNaN }) { b, x in
    b.compare(.notEqual, x, x)
  }

  /// Whether x is ∞ or −∞.
  package static let isinf: Operation = .classification("isinf", { $0.isInfinite }) { b, x in
    b.compare(.equal, b.unary(.abs, x), b.constant(.infinity, like: x))
  }

  /// Whether x is neither infinite nor NaN.
  package static let isfinite: Operation = .classification("isfinite", { $0.isFinite }) { b, x in
    b.compare(.less, b.unary(.abs, x), b.constant(.infinity, like: x))
  }

  /// A question about one floating number.
  private static func classification(
    _ name: String, _ reference: @escaping @Sendable (Double) -> Bool,
    _ body: @escaping @Sendable (inout LoopBuilder, ScalarID) -> ScalarID
  ) -> Operation {
    pointwise(
      name, operands: 1, of: .floats, result: { _ in .bool }, derivative: .zero,
      reference: .predicate(floats: { reference($0[0]) }, integers: { _, _ in false }),
      domains: [.interval(-2, 2)]
    ) { b, c in body(&b, c.operands[0]) }
  }
}
