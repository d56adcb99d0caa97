package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// ∂/∂x eˣ = eˣ
  package static let exp: Operation = .function(
    "exp", domain: .interval(-3, 3),
    derivative: { _, _, y in [.times(y)] },
    reference: { Glibc.exp($0) }
  ) { b, x in b.mathExp(x) }
}
