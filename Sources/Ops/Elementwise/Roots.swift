package import GraphIR
import Glibc
import LoopIR

extension Operation {
  /// ∂/∂x √x = ½ / √x
  package static let sqrt: Operation = .function(
    "sqrt", domain: .interval(0.2, 4),
    derivative: { b, x, y in [.times(b.literal(0.5, like: x)), .over(y)] },
    reference: { $0.squareRoot() }
  ) { b, x in b.unary(.sqrt, x) }

  /// ∂/∂x 1/√x = −½ · (1/√x) / x
  package static let rsqrt: Operation = .function(
    "rsqrt", domain: .interval(0.2, 4),
    derivative: { b, x, y in [.times(b.literal(-0.5, like: x)), .times(y), .over(x)] },
    reference: { 1 / $0.squareRoot() }
  ) { b, x in b.divide(b.constant(1, like: x), b.unary(.sqrt, x)) }

  /// ∂/∂x ∛x = 1 / (3·∛x²)
  package static let cbrt: Operation = .function(
    "cbrt", domain: .awayFromZero(0.2, 4),
    derivative: { b, x, y in [.over(b.multiply(b.literal(3, like: x), b.square(y)))] },
    reference: { Glibc.cbrt($0) }
  ) { b, x in b.call(.cbrt, x) }
}
