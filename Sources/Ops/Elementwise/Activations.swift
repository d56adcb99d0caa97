package import GraphIR
import Glibc
import LoopIR
import Mathematics
import Support

extension Operation {
  /// max(x, 0). ∂/∂x = 1 where x > 0, 0 elsewhere, at 0 too.
  package static let relu: Operation = .pointwise(
    "relu", operands: 1, of: .numbers,
    derivative: .pointwise([
      .factors { b, c in
        [.selected(b.greater(c.operands[0], b.literal(0, like: c.operands[0])))]
      }
    ]),
    reference: .numbers(
      floats: { Double.greater($0[0], 0) },
      integers: { type, x in type.isSigned ? max(x[0], 0) : x[0] }),
    domains: [.awayFromZero(0.1, 2)]
  ) { b, c in
    c.resultType.isUnsigned
      ? c.operands[0] : b.binary(.maximum, c.operands[0], b.constant(0, like: c.operands[0]))
  }

  /// x·s(x) with the logistic function s. ∂/∂x = s(x) + x·s(x)·s(−x)
  package static let silu: Operation = .function(
    "silu", domain: .interval(-4, 4),
    derivative: { b, x, y in
      let slope = b.add(b.sigmoid(x), b.multiply(y, b.sigmoid(b.negate(x))))
      return [.times(slope)]
    },
    reference: { SpecialFunctions.silu($0) }
  ) { b, x in b.mathSilu(x) }

  /// x·Φ(x) with the normal distribution Φ(x) = ½ erfc(−x/√2), not its tanh approximation.
  ///
  /// ∂/∂x = Φ(x) + x·e^(−x²/2)/√(2π)
  package static let gelu: Operation = .function(
    "gelu", domain: .interval(-3, 3),
    derivative: { b, x, _ in
      let scaled = b.multiply(x, b.literal(-0.5.squareRoot(), like: x))
      let normal = b.multiply(b.literal(0.5, like: x), b.erfc(scaled))
      let bell = b.exp(b.multiply(b.square(x), b.literal(-0.5, like: x)))
      let density = b.multiply(x, b.multiply(bell, b.literal(0.3989422804014327, like: x)))
      return [.times(b.add(normal, density))]
    },
    reference: { SpecialFunctions.gelu($0) }
  ) { b, x in b.mathGelu(x) }
}
