/// The numbers that asymptotic series of functions around Γ are made of.
package enum Bernoulli {
  /// B₂, B₄, …
  package static let numbers: [Double] = [
    1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510,
    43867.0 / 798, -174611.0 / 330,
  ]
}

/// Derivatives of the cotangent.
package enum CotangentDerivative {
  /// The coefficients, lowest first, of the polynomial in cot t that dⁿ/dtⁿ cot t is.
  package static func coefficients(_ order: Int) -> [Double] {
    var current: [Double] = [0, 1]
    for _ in 0..<order {
      // d/dt cᵏ = −k·cᵏ⁻¹·(1 + c²)
      var next = [Double](repeating: 0, count: current.count + 1)
      for (power, coefficient) in current.enumerated() where power > 0 {
        next[power - 1] -= Double(power) * coefficient
        next[power + 1] -= Double(power) * coefficient
      }
      current = next
    }
    return current
  }
}
