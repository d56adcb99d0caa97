package import GraphIR
import LoopIR

extension Operation {
  /// ∂/∂x √x = ½ / √x
  package static let sqrt: Operation = .function(
    "sqrt", domain: .interval(0.2, 4),
    derivative: { b, x, y in [.times(b.literal(0.5, like: x)), .over(y)] },
    reference: { $0.squareRoot() }
  ) { b, x in b.unary(.sqrt, x) }
}
