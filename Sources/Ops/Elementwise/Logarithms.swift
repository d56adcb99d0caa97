package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// ∂/∂x log₂ x = 1 / (x·ln 2)
  package static let log2: Operation = .function(
    "log2", domain: .interval(0.2, 4),
    derivative: { b, x, _ in [.over(b.multiply(x, b.literal(M_LN2, like: x)))] },
    reference: { Glibc.log2($0) }
  ) { b, x in b.mathLog2(x) }

  /// ∂/∂x log₁₀ x = 1 / (x·ln 10)
  package static let log10: Operation = .function(
    "log10", domain: .interval(0.2, 4),
    derivative: { b, x, _ in [.over(b.multiply(x, b.literal(M_LN10, like: x)))] },
    reference: { Glibc.log10($0) }
  ) { b, x in b.call(.log10, x) }

  /// ln(1 + x) to full accuracy near 0. ∂/∂x = 1 / (1 + x)
  package static let log1p: Operation = .function(
    "log1p", domain: .interval(-0.8, 3),
    derivative: { b, x, _ in [.over(b.add(b.literal(1, like: x), x))] },
    reference: { Glibc.log1p($0) }
  ) { b, x in b.mathLog1p(x) }
}
