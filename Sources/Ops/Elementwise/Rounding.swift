package import GraphIR
import LoopIR
import Support

extension Operation {
  /// ⌊x⌋; integers stay as they are. ∂ = 0
  package static let floor: Operation = .rounding("floor", .floor, .down)

  /// ⌈x⌉; integers stay as they are. ∂ = 0
  package static let ceil: Operation = .rounding("ceil", .ceil, .up)

  /// The nearest whole number, ties to even; integers stay as they are. ∂ = 0
  package static let round: Operation = .rounding("round", .roundEven, .toNearestOrEven)

  /// The whole number next to x on the side of 0; integers stay as they are. ∂ = 0
  package static let trunc: Operation = .rounding("trunc", .trunc, .towardZero)

  /// A rounding to whole numbers.
  private static func rounding(
    _ name: String, _ operation: UnaryOperation, _ rule: FloatingPointRoundingRule
  ) -> Operation {
    pointwise(
      name, operands: 1, of: .numbers, derivative: .zero,
      reference: .numbers(floats: { $0[0].rounded(rule) }, integers: { $1[0] }),
      domains: [.awayFromZero(0.1, 0.4)]
    ) { b, c in
      c.resultType.isFloat ? b.unary(operation, c.operands[0]) : c.operands[0]
    }
  }
}
