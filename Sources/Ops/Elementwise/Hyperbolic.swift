package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// ∂/∂x sinh x = cosh x
  package static let sinh: Operation = .function(
    "sinh", domain: .interval(-2, 2),
    derivative: { b, x, _ in [.times(b.cosh(x))] },
    reference: { Glibc.sinh($0) }
  ) { b, x in b.mathSinh(x) }

  /// ∂/∂x cosh x = sinh x
  package static let cosh: Operation = .function(
    "cosh", domain: .interval(-2, 2),
    derivative: { b, x, _ in [.times(b.sinh(x))] },
    reference: { Glibc.cosh($0) }
  ) { b, x in b.mathCosh(x) }

  /// ∂/∂x tanh x = 1 − tanh² x
  package static let tanh: Operation = .function(
    "tanh", domain: .interval(-2, 2),
    derivative: { b, x, y in [.times(b.subtract(b.literal(1, like: x), b.square(y)))] },
    reference: { Glibc.tanh($0) }
  ) { b, x in b.mathTanh(x) }

  /// t′(x) = 1 − tanh² x = 4e⁻²ˣ / (1 + e⁻²ˣ)², which keeps its digits in both tails.
  /// ∂/∂x t′(x) = −2·tanh x·t′(x)
  package static let tanhSlope: Operation = .function(
    "tanh_slope", domain: .interval(-2, 2),
    derivative: { b, x, y in
      [.times(b.literal(-2, like: x)), .times(b.tanh(x)), .times(y)]
    },
    reference: { x in
      let power = Glibc.exp(-2 * x.magnitude)
      return 4 * power / ((1 + power) * (1 + power))
    }
  ) { b, x in b.mathTanhSlope(x) }
}
