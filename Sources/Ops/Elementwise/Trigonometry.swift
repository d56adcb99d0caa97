package import GraphIR
import Glibc
import LoopIR

extension Operation {
  /// ∂/∂x sin x = cos x
  package static let sin: Operation = .function(
    "sin", domain: .interval(-4, 4),
    derivative: { b, x, _ in [.times(b.cos(x))] },
    reference: { Glibc.sin($0) }
  ) { b, x in b.call(.sin, x) }

  /// ∂/∂x cos x = −sin x
  package static let cos: Operation = .function(
    "cos", domain: .interval(-4, 4),
    derivative: { b, x, _ in [.negated, .times(b.sin(x))] },
    reference: { Glibc.cos($0) }
  ) { b, x in b.call(.cos, x) }

  /// ∂/∂x tan x = 1 + tan² x
  package static let tan: Operation = .function(
    "tan", domain: .interval(-1.2, 1.2),
    derivative: { b, x, y in [.times(b.add(b.literal(1, like: x), b.square(y)))] },
    reference: { Glibc.tan($0) }
  ) { b, x in b.call(.tan, x) }
}
