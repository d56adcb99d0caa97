package import GraphIR
import Glibc
import LoopIR
import Mathematics
import Support

extension Operation {
  /// ln erfc x to full accuracy, also where erfc x is 1 but for rounding, or 0. ∂/∂x is the negated
  /// hazard of erfc.
  package static let logErfc: Operation = .function(
    "log_erfc", domain: .interval(-2, 3),
    derivative: { b, x, _ in [.negated, .times(b.emit(.erfcHazard, [x]))] },
    reference: { SpecialFunctions.logErfc($0) }
  ) { b, x in b.mathLogErfc(x) }

  /// 2/√π · e^(−x²) / erfc x: at what rate erfc decays. ∂/∂x h(x) = h(x)·(h(x) − 2x), which loses
  /// up to 8 bits below x = 16.
  package static let erfcHazard: Operation = .function(
    "erfc_hazard", domain: .interval(-2, 3),
    derivative: { b, x, y in [.times(y), .times(b.hazardExcess(x, y))] },
    reference: { SpecialFunctions.erfcHazard($0) }
  ) { b, x in b.mathErfcHazard(x) }

  /// ln(1 − eˣ) for x ≤ 0 to full accuracy. ∂/∂x = eˣ / (eˣ − 1), whose own slope is finite far out
  /// too.
  package static let log1mexp: Operation = .function(
    "log1mexp", domain: .interval(-4, -0.1),
    derivative: { b, x, _ in [.times(b.exp(x)), .over(b.expm1(x))] },
    reference: { x in
      x > -M_LN2 ? Glibc.log(-Glibc.expm1(x)) : Glibc.log1p(-Glibc.exp(x))
    }
  ) { b, x in b.mathLog1mexp(x) }
}

extension Builder {
  /// h − 2x for the hazard h of erfc: far out, where both are nearly equal, by its own series.
  fileprivate mutating func hazardExcess(_ x: Value, _ hazard: Value) -> Value {
    let far = literal(dtype(x) == .f64 ? 16 : 8, like: x)
    let u = divide(literal(0.5, like: x), square(x))
    var series = literal(29_752_066, like: x)
    for coefficient in [-1_708_394, 110_410, -8162, 706, -74, 10, -2, 1.0] {
      series = add(multiply(series, u), literal(coefficient, like: x))
    }
    let difference = subtract(hazard, multiply(literal(2, like: x), x))
    return select(greater(x, far), divide(series, x), difference)
  }
}
