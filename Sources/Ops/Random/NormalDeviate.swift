package import GraphIR
import LoopIR
import Mathematics
import Support

extension Operation {
  /// √2 · erfinv x: what a normal distribution stays below with probability (1 + x)/2, here to full
  /// accuracy where erfinv times √2 is not. ∂/∂x = √(π/2) · e^(y²/2) for the result y
  package static let normalDeviate: Operation = .pointwise(
    "normal_deviate", operands: 1, of: .floats,
    derivative: .pointwise([
      .factors { b, c in
        let half = b.multiply(b.literal(0.5, like: c.result), b.square(c.result))
        return [.times(b.literal(1.2533141373155003, like: c.result)), .times(b.exp(half))]
      }
    ]),
    reference: .floats { 2.0.squareRoot() * SpecialFunctions.erfinv($0[0]) },
    domains: [.interval(-0.9, 0.9)]
  ) { b, c in b.inDouble(c.operands[0]) { b, x in b.mathNormalDeviate(x) } }
}
