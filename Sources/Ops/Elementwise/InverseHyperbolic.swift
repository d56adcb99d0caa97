package import GraphIR
import Glibc
import LoopIR

extension Operation {
  /// ∂/∂x asinh x = 1 / √(1 + x²), with a square that cannot overflow.
  package static let asinh: Operation = .function(
    "asinh", domain: .interval(-3, 3),
    derivative: { b, x, _ in [.over(b.hypot(b.literal(1, like: x), x))] },
    reference: { Glibc.asinh($0) }
  ) { b, x in b.call(.asinh, x) }

  /// ∂/∂x acosh x = 1 / (√(x − 1) √(x + 1))
  package static let acosh: Operation = .function(
    "acosh", domain: .interval(1.2, 4),
    derivative: { b, x, _ in
      let one = b.literal(1, like: x)
      let below = b.sqrt(b.subtract(x, one))
      return [.over(b.multiply(below, b.sqrt(b.add(x, one))))]
    },
    reference: { Glibc.acosh($0) }
  ) { b, x in b.call(.acosh, x) }

  /// ∂/∂x atanh x = 1 / ((1 − x)(1 + x))
  package static let atanh: Operation = .function(
    "atanh", domain: .interval(-0.8, 0.8),
    derivative: { b, x, _ in
      let one = b.literal(1, like: x)
      return [.over(b.multiply(b.subtract(one, x), b.add(one, x)))]
    },
    reference: { Glibc.atanh($0) }
  ) { b, x in b.call(.atanh, x) }
}
