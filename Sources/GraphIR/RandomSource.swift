package import Support

/// Random numbers that are the same on every run: SplitMix64 (Steele, Lea and Flood 2014).
package struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A generator of its own for each text, as for each case of a table.
  package init(seed: UInt64, _ text: String) {
    state = text.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of `low ..< high`.
  package mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }

  /// An integer of `low ... high`.
  package mutating func integer(_ low: Int, _ high: Int) -> Int {
    Int.random(in: low...high, using: &self)
  }

  /// A tensor of a type, its elements drawn from a domain and rounded to the type.
  package mutating func tensor(
    _ dtype: DType, _ shape: [Int], _ domain: Sample.Domain = .interval(-1, 1)
  ) -> Tensor {
    let count = shape.reduce(1, *)
    if dtype.isFloat {
      var numbers = (0..<count).map { _ in number(domain) }
      domain.addStripe(to: &numbers, shape)
      return Tensor(dtype, shape, floats: numbers.map { dtype.rounded($0) })
    }
    return Tensor(
      dtype, shape, integers: (0..<count).map { _ in dtype.wrapped(Int64(number(domain))) })
  }

  /// A number of a domain.
  private mutating func number(_ domain: Sample.Domain) -> Double {
    switch domain {
    case .interval(let low, let high): uniform(low, high)
    case .integers(let low, let high): Double(integer(low, high))
    case .booleans: Double(integer(0, 1))
    case .awayFromZero(let low, let high): uniform(low, high) * (integer(0, 1) == 0 ? -1 : 1)
    case .matrices: uniform(-1, 1)
    }
  }
}
