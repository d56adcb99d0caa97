package import GraphIR
import LoopIR

extension Operation {
  /// ∂/∂x x/y = 1/y, ∂/∂y x/y = −x/y²
  package static let divide: Operation = .pointwise(
    "div", operands: 2, of: .floats,
    derivative: .pointwise([
      .factors { _, c in [.over(c.operands[1])] },
      .factors { b, c in
        let y = c.operands[1]
        return [.times(c.operands[0]), .negated, .over(b.multiply(y, y))]
      },
    ]),
    reference: .floats { $0[0] / $0[1] },
    domains: [.interval(-2, 2), .awayFromZero(0.5, 2)], notation: .infix("/")
  ) { b, c in b.divide(c.operands[0], c.operands[1]) }
}
