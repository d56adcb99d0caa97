package import GraphIR
import LoopIR

extension Operation {
  /// |x| with the sign of `y`. ∂/∂x = ±1, 0 at x = 0 as that of `abs`; ∂/∂y = 0
  package static let copysign: Operation = .pointwise(
    "copysign", operands: 2, of: .floats,
    derivative: .pointwise([
      .factors { b, c in
        let (x, y) = (c.operands[0], c.operands[1])
        return [.times(b.sign(x)), .times(b.copysign(b.literal(1, like: x), y))]
      },
      .zero,
    ]),
    reference: .floats { Double(signOf: $0[1], magnitudeOf: $0[0]) },
    domains: [.awayFromZero(0.1, 2), .awayFromZero(0.1, 2)]
  ) { b, c in b.binary(.copysign, c.operands[0], c.operands[1]) }
}
