package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// 2/√π ∫₀ˣ e^(−t²) dt. ∂/∂x = 2/√π · e^(−x²)
  package static let erf: Operation = .function(
    "erf", domain: .interval(-2, 2),
    derivative: { b, x, _ in b.bell(x) },
    reference: { Glibc.erf($0) }
  ) { b, x in b.mathErf(x) }

  /// 1 − erf x to full accuracy. ∂/∂x = −2/√π · e^(−x²)
  package static let erfc: Operation = .function(
    "erfc", domain: .interval(-2, 2),
    derivative: { b, x, _ in [.negated] + b.bell(x) },
    reference: { Glibc.erfc($0) }
  ) { b, x in b.mathErfc(x) }

  /// The inverse of erf. ∂/∂x = √π/2 · e^(y²) for the result y
  package static let erfinv: Operation = .function(
    "erfinv", domain: .interval(-0.9, 0.9),
    derivative: { b, x, y in
      [.times(b.literal(0.886226925452758, like: x)), .times(b.exp(b.square(y)))]
    },
    reference: { SpecialFunctions.erfinv($0) }
  ) { b, x in b.mathErfinv(x) }
}

extension Builder {
  /// 2/√π · e^(−x²)
  fileprivate mutating func bell(_ x: Value) -> [Factor] {
    [.times(literal(1.1283791670955126, like: x)), .times(exp(negate(square(x))))]
  }
}
