package import GraphIR

extension Operation {
  /// The operations that draw random numbers.
  package static let random: [Operation] = [
    .randomBits, .normalDeviate, .randomUniform, .randomNormal, .randomBernoulli,
  ]
}
