package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// ∂/∂x ln x = 1/x
  package static let log: Operation = .function(
    "log", domain: .interval(0.2, 4),
    derivative: { _, x, _ in [.over(x)] },
    reference: { Glibc.log($0) }
  ) { b, x in b.mathLog(x) }
}
