package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// ∂/∂x 2ˣ = 2ˣ·ln 2
  package static let exp2: Operation = .function(
    "exp2", domain: .interval(-3, 3),
    derivative: { b, x, y in [.times(y), .times(b.literal(M_LN2, like: x))] },
    reference: { Glibc.exp2($0) }
  ) { b, x in b.mathExp2(x) }

  /// eˣ − 1 to full accuracy near 0. ∂/∂x = eˣ
  package static let expm1: Operation = .function(
    "expm1", domain: .interval(-3, 3),
    derivative: { b, x, _ in [.times(b.exp(x))] },
    reference: { Glibc.expm1($0) }
  ) { b, x in b.mathExpm1(x) }
}
